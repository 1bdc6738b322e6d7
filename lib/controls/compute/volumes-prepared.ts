import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import {
  type Container,
  containerNamed,
  containersIn,
  fault,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import { asList, asObject, type JsonObject, type Resource } from '../view';

/** What a container may mount: `volume at path`, with `ro` where it may only read. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  volumes: ['temporary /breakwater/tmp', 'static /breakwater/static', 'trust /breakwater/trust'],
  static: ['static /breakwater/static'],
  app: ['temporary /tmp', 'trust /breakwater/trust ro'],
  proxy: [
    'static /breakwater/static ro',
    'proxy-tls /breakwater/tls',
    'proxy-cache /var/cache/nginx',
    'proxy-temporary /tmp',
  ],
};
/** What it can't run without. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  volumes: ['temporary /breakwater/tmp', 'trust /breakwater/trust'],
  static: ['static /breakwater/static'],
  app: ALLOWED.app as readonly string[],
  proxy: ALLOWED.proxy as readonly string[],
};

const point = (SourceVolume: string, ContainerPath: string, ReadOnly = false) => ({
  SourceVolume,
  ContainerPath,
  ReadOnly,
});
const PREPARED = [point('temporary', '/breakwater/tmp'), point('trust', '/breakwater/trust')];
const MOUNTED = [point('temporary', '/tmp'), point('trust', '/breakwater/trust', true)];
const task = (app: JsonObject, volumes: JsonObject = {}) => ({
  Task: sampleTask([
    sampleContainer('volumes', { EntryPoint: ['/bin/true'], MountPoints: PREPARED, ...volumes }),
    sampleContainer('app', { MountPoints: MOUNTED, ...app }),
  ]),
});

export const control: RuleControl = {
  id: 'volumes-prepared',
  title: 'A first container prepares the volumes, and each other container waits for it and mounts what is its own',
  holds: ['C05/enforce'],
  tiers: everyTier,
  why: 'An unprepared volume belongs to root: the app has no /tmp and the database’s authorities are missing. A shared one lets one container change what another trusts.',
  remedy: 'Build tasks with AppTask and WebTask, and read lib/constructs/service/README.md before changing a volume.',
  protects: [
    {
      type: TASK_DEFINITION,
      properties: [
        'Volumes',
        'ContainerDefinitions.MountPoints',
        'ContainerDefinitions.DependsOn',
        'ContainerDefinitions.Essential',
      ],
    },
  ],
  check: (environment) =>
    environment
      .ofType(TASK_DEFINITION)
      .flatMap((each) => [...missing(each), ...undeclared(each), ...containersIn(each).flatMap(faults)]),
  fixtures: {
    pass: [fixture('an app with its volumes', task({}))],
    refuse: [
      fixture('nobody prepares', { Task: sampleTask([sampleContainer('app', { MountPoints: MOUNTED })]) }),
      fixture('the app does not wait', task({ DependsOn: [] })),
      fixture(
        'the app waits for the start only',
        task({ DependsOn: [{ ContainerName: 'volumes', Condition: 'START' }] }),
      ),
      fixture(
        'the app may change the authorities',
        task({ MountPoints: [MOUNTED[0] ?? {}, point('trust', '/breakwater/trust')] }),
      ),
      fixture('no /tmp', task({ MountPoints: [MOUNTED[1] ?? {}] })),
      fixture('a volume of the proxy', task({ MountPoints: [...MOUNTED, point('proxy-tls', '/breakwater/tls')] })),
      fixture('the app may end unnoticed', task({ Essential: false })),
      fixture('the preparing container is essential', task({}, { Essential: true })),
      fixture('the preparing container does something', task({}, { EntryPoint: ['sh', '-c'], Command: ['sleep 1d'] })),
    ],
  },
};

function missing(task: Resource): Finding[] {
  return (['volumes', 'app'] as const)
    .filter((role) => !containerNamed(task, role))
    .map((role) => ({
      resource: task,
      location: 'Properties.ContainerDefinitions',
      found: `no container ${role}`,
      expected: 'volumes and app',
    }));
}

/** A mounted volume that the task doesn't declare would keep it from being registered. */
function undeclared(task: Resource): Finding[] {
  const declared = asList(task.properties.Volumes).map((each) => String(asObject(each).Name));
  const mounted = containersIn(task).flatMap(({ body }) =>
    asList(body.MountPoints).map((each) => String(asObject(each).SourceVolume)),
  );
  const absent = [...new Set(mounted)].filter((name) => !declared.includes(name));
  return absent.length === 0
    ? []
    : [
        {
          resource: task,
          location: 'Properties.Volumes',
          found: `no volume ${absent.join(', ')}`,
          expected: 'each that is mounted',
        },
      ];
}

function faults(container: Container): Finding[] {
  const { name, body } = container;
  const mounted = asList(body.MountPoints)
    .map(asObject)
    .map((each) => `${each.SourceVolume} ${each.ContainerPath}${String(each.ReadOnly) === 'true' ? ' ro' : ''}`);
  const allowed = ALLOWED[name] ?? [];
  const strange = mounted.filter((each) => !allowed.includes(each));
  const served = name === 'volumes' && containerNamed(container.task, 'proxy') ? ['static /breakwater/static'] : [];
  const absent = [...(NEEDED[name] ?? []), ...served].filter((each) => !mounted.includes(each));
  const wrong: Finding[] = [];
  if (strange.length + absent.length > 0 || new Set(mounted).size !== mounted.length) {
    wrong.push(fault(container, 'MountPoints', mounted.join(', ') || 'nothing', (NEEDED[name] ?? []).join(', ')));
  }
  const lasting = name === 'app' || name === 'proxy';
  if (body.Essential !== lasting) wrong.push(fault(container, 'Essential', String(body.Essential), String(lasting)));
  return [...wrong, ...waitFaults(container), ...idleFaults(container)];
}

/** On whom each container waits; the proxy for an app that answers, so that no request comes before. */
function waitFaults(container: Container): Finding[] {
  const { name, body, task } = container;
  const waits = asList(body.DependsOn)
    .map(asObject)
    .map((each) => `${each.ContainerName} ${each.Condition}`)
    .sort();
  const others = name === 'app' && containerNamed(task, 'static') ? ['static SUCCESS'] : [];
  const wanted = {
    volumes: [],
    static: ['volumes SUCCESS'],
    app: [...others, 'volumes SUCCESS'],
    proxy: ['app HEALTHY', 'volumes SUCCESS'],
  }[name];
  return wanted && waits.join() !== wanted.join()
    ? [fault(container, 'DependsOn', waits.join(', ') || 'nothing', wanted.join(', ') || 'nothing')]
    : [];
}

/** Mounting is all that the first container is for. */
function idleFaults(container: Container): Finding[] {
  const { name, body } = container;
  if (name !== 'volumes') return [];
  const runs = [...asList(body.EntryPoint), ...asList(body.Command)].join(' ');
  return runs === '/bin/true'
    ? []
    : [fault(container, 'EntryPoint', runs || 'the entry point of the image', '/bin/true')];
}
