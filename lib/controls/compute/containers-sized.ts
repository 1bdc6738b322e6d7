import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import {
  type Container,
  containerNamed,
  containersIn,
  fault,
  hasRole,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import type { Json, JsonObject, Resource } from '../view';

/** MiB: nginx with a few hundred connections needs a quarter of it, and buffers of large answers the rest. */
const LEAST_PROXY_MEMORY = 128;
/** Shares of the task's CPU that are the proxy's when both are busy, and of its memory that are kept for the app. */
const LEAST_PROXY_CPU = 1 / 8;
const HALF = 1 / 2;

const SIZES = ['Cpu', 'Memory', 'MemoryReservation'] as const;

const web = (proxy: JsonObject, app: JsonObject = {}, volumes: JsonObject = {}) => ({
  Task: sampleTask([
    sampleContainer('volumes', volumes),
    sampleContainer('app', { MemoryReservation: 1920, ...app }),
    sampleContainer('proxy', { Cpu: 128, Memory: 128, ...proxy }),
  ]),
});
const worker = (app: JsonObject) => ({
  Task: sampleTask([sampleContainer('volumes'), sampleContainer('app', app)]),
});

export const control: RuleControl = {
  id: 'containers-sized',
  title: 'The proxy has room for its connections, and the app has the rest of the task',
  holds: ['C02/enforce', 'C14/enforce'],
  tiers: everyTier,
  why: 'A proxy without memory is killed under load and takes the copy with it; one without CPU makes every request wait for the app that it serves.',
  remedy: 'Leave the shares of WebTask as they are, and give the whole task more by app.cpu and app.memory.',
  protects: [{ type: TASK_DEFINITION, properties: SIZES.map((size) => `ContainerDefinitions.${size}`) }],
  check: (environment) => environment.ofType(TASK_DEFINITION).flatMap(faults),
  fixtures: {
    pass: [
      fixture('as the kit shares it', web({})),
      fixture('a larger proxy', web({ Cpu: 512, Memory: 512 }, { MemoryReservation: 1536 })),
      fixture('a worker has the whole task', worker({ MemoryReservation: 2048 })),
    ],
    refuse: [
      fixture('a proxy of 16 MiB', web({ Memory: 16 })),
      fixture('a proxy without a limit', web({ Memory: null })),
      fixture('a proxy that takes the task', web({ Memory: 2000 })),
      fixture('a proxy with a sliver of the CPU', web({ Cpu: 2 })),
      fixture('a proxy without a share of the CPU', web({ Cpu: null })),
      fixture('a proxy that leaves the app no CPU', web({ Cpu: 1000 })),
      fixture('a proxy with a second measure', web({ MemoryReservation: 16 })),
      fixture('an app that is killed at 64 MiB', web({}, { Memory: 64 })),
      fixture('an app with a sliver of the CPU', web({}, { Cpu: 2 })),
      fixture('an app for which little is kept', web({}, { MemoryReservation: 64 })),
      fixture('more kept than there is', web({}, { MemoryReservation: 2000 })),
      fixture('a first container that is killed', web({}, {}, { Memory: 4 })),
      fixture('a worker for which nothing is kept', worker({})),
    ],
  },
};

function faults(task: Resource): Finding[] {
  const cpu = Number(task.properties.Cpu);
  const memory = Number(task.properties.Memory);
  const proxyMemory = Number(containerNamed(task, 'proxy')?.body.Memory ?? 0);
  return containersIn(task).flatMap((container) => {
    if (hasRole('proxy')(container)) {
      return [
        ...sized(container, 'Cpu', Math.floor(cpu * LEAST_PROXY_CPU), cpu * HALF),
        ...sized(container, 'Memory', LEAST_PROXY_MEMORY, memory * HALF),
        ...unsized(container, 'MemoryReservation'),
      ];
    }
    if (!hasRole('app')(container)) return unsized(container, ...SIZES);
    return [
      ...sized(container, 'MemoryReservation', memory * HALF, memory - proxyMemory),
      ...unsized(container, 'Cpu', 'Memory'),
    ];
  });
}

type Size = (typeof SIZES)[number];

function sized(container: Container, size: Size, least: number, most: number): Finding[] {
  const value = container.body[size];
  return isWhole(value) && Number(value) >= least && Number(value) <= most
    ? []
    : [fault(container, size, shown(value), `from ${least} to ${most}`)];
}

/** What has no measure of its own takes what it needs of the task. */
const unsized = (container: Container, ...sizes: readonly Size[]): Finding[] =>
  sizes
    .filter((size) => container.body[size] !== undefined)
    .map((size) => fault(container, size, shown(container.body[size]), 'nothing: what the task has'));

const isWhole = (value: Json | undefined): boolean =>
  (typeof value === 'number' || typeof value === 'string') && /^\d+$/.test(String(value));
