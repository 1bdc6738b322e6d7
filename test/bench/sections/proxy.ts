import { findNginx, type NginxBinary } from '../../../lib/commands/try/find-nginx';
import { environment as prod } from '../../../lib/config/environments/prod';
import { parseEnvironment } from '../../../lib/config/parse';
import type { Environment } from '../../../lib/config/schema';
import { table } from '../../support/sabotage/report';
import { type Idle, idle } from '../proxy/idle';
import { findWrk, type Load, load, type Sample } from '../proxy/load';
import { PARTS } from '../proxy/parts';
import { startRealApp } from '../proxy/real-app';
import { type Server, startApp, startMinimal, startOurs } from '../proxy/servers';
import { numberOf, type Output } from '../section';
import { median } from '../synth/measure';

export const title = "what the environment's nginx costs, beside the app alone and beside a minimal nginx";

const ROUNDS = 5;
const SECONDS = 2;
/** Runs in front of an app that computes. */
const APP_ROUNDS = 3;
/** Where parts are compared. */
const SATURATED: Shape = { label: '32 connections', connections: 32, pauseMs: 0 };
/** As fast as answers come, where one core is the limit; and at about 1,000 requests a second, where it isn't. */
const LOADS: readonly Shape[] = [
  { label: '1 connection', connections: 1, pauseMs: 0 },
  SATURATED,
  { label: '256 connections', connections: 256, pauseMs: 0 },
  { label: '32, paced', connections: 32, pauseMs: 30 },
];
/** In front of an app that computes: one user, more than it has threads, and what it can take with ease. */
const APP_LOADS: readonly Shape[] = [
  { label: '1 connection', connections: 1, pauseMs: 0 },
  SATURATED,
  { label: '32, paced', connections: 32, pauseMs: 250 },
];
const IDLE = 1000;
/** Of the minimal nginx's throughput. */
const LARGEST_COST = 0.1;
const LARGEST_DELAY_MS = 1;

export const usage = [
  `--rounds=<n>   runs of each kind, whose median counts (default ${ROUNDS})`,
  `--seconds=<n>  seconds of each run (default ${SECONDS})`,
  '--app=<n>      runs of each kind in front of the sample application, as users would see it (default 3)',
  '--parts=<n>    runs of ours without one part at a time, at 32 connections, to see where the time goes (default 0)',
];

/** How many ask, and how often. */
type Shape = Pick<Load, 'connections' | 'pauseMs'> & { readonly label: string };

/** Something that load is put on. */
interface Subject {
  readonly name: string;
  /** Whose processor time counts. */
  readonly server: Pick<Server, 'cpuMs'>;
  readonly url: string;
}

const APP = 'the app alone';
const MINIMAL = 'minimal nginx';
const OURS = 'ours';

/** Medians, and each run of them. */
interface Figure extends Sample {
  readonly name: string;
  readonly load: string;
  readonly samples: readonly Sample[];
}

/**
 * One worker each, as a task of one vCPU has; nginx keeps one core and load and app share the others. The app is nginx
 * too and answers from memory without TLS, so that the proxies' own work is all that shows: beside an app that computes
 * for milliseconds no difference would.
 *
 * Where the machine does other work besides, figures of time are mostly of that work: `chrt -r 1 npm run bench proxy`
 * has these processes go first. Processor time for each request says much the same either way.
 */
export async function run(args: readonly string[], output: Output): Promise<unknown> {
  const rounds = Math.max(1, numberOf(args, 'rounds', ROUNDS));
  const seconds = Math.max(1, numberOf(args, 'seconds', SECONDS));
  const appRounds = numberOf(args, 'app', APP_ROUNDS);
  const partRounds = numberOf(args, 'parts', 0);
  const [nginx, wrk] = [findNginx(), findWrk()];
  const environment = parseEnvironment(prod, 'lib/config/environments/prod.ts');
  const bench: Bench = { environment, nginx, wrk, seconds, progress: output.progress };
  const app = await startApp(environment, nginx);
  try {
    const figures = await compare(bench, app, rounds);
    const memory = await memories(bench, app);
    report(figures, memory, output);
    const real = appRounds > 0 ? await beforeRealApp(bench, appRounds, output) : undefined;
    const parts = partRounds > 0 ? await withoutParts(bench, app, partRounds, output) : undefined;
    return { nginx: nginx.version, rounds, seconds, targets: targets(figures), figures, memory, real, parts };
  } finally {
    await app.remove();
  }
}

interface Bench {
  readonly environment: Environment;
  readonly nginx: NginxBinary;
  readonly wrk: string;
  readonly seconds: number;
  readonly progress: Output['progress'];
}

const addressOf = (app: Server): string => `127.0.0.1:${app.port}`;
const behind = (name: string, server: Server): Subject & { readonly server: Server } => ({
  name,
  server,
  url: `https://127.0.0.1:${server.port}`,
});

async function compare(bench: Bench, app: Server, rounds: number): Promise<readonly Figure[]> {
  return measureInFrontOf(bench, addressOf(app), app, (subjects) => measure(bench, subjects, LOADS, rounds));
}

/** Has the app alone measured, and both proxies in front of it. */
async function measureInFrontOf<T>(
  { environment, nginx }: Bench,
  address: string,
  app: Subject['server'],
  measured: (subjects: readonly Subject[]) => Promise<T>,
): Promise<T> {
  const proxies: Server[] = [];
  try {
    proxies.push(await startMinimal(environment, nginx, address));
    proxies.push(await startOurs(environment, nginx, address));
    return await measured([
      { name: APP, server: app, url: `http://${address}` },
      ...proxies.map((proxy, index) => behind(index === 0 ? MINIMAL : OURS, proxy)),
    ]);
  } finally {
    for (const proxy of proxies) await proxy.remove();
  }
}

/** What users see: the sample application computes each answer. Of it no processor time is read, only of the proxies. */
async function beforeRealApp(bench: Bench, rounds: number, { print }: Output): Promise<readonly Figure[]> {
  const app = await startRealApp(bench.environment);
  try {
    print(`The sample application, ${app.servedBy}:\n`);
    const figures = await measureInFrontOf(bench, app.address, { cpuMs: () => 0 }, (subjects) =>
      measure(bench, subjects, APP_LOADS, rounds, app.path),
    );
    compareWithMinimal(figures, APP_LOADS, print);
    return figures;
  } finally {
    await app.remove();
  }
}

/** Every subject once in each round, so that what else the machine does falls on all alike. */
async function measure(
  { wrk, seconds, environment, progress }: Bench,
  subjects: readonly Subject[],
  shapes: readonly Shape[],
  rounds: number,
  path?: string,
): Promise<readonly Figure[]> {
  const kinds = shapes.flatMap((shape) => subjects.map((subject) => ({ ...subject, shape, samples: [] as Sample[] })));
  const { name } = environment.domain;
  for (const { url, server } of subjects)
    await load(wrk, url, server, { connections: 32, pauseMs: 0, seconds: 1, name, path });
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    for (const { url, server, shape, samples } of kinds)
      samples.push(await load(wrk, url, server, { ...shape, seconds, name, path }));
  }
  return kinds.map(({ name: subject, shape, samples }) => {
    const of = (field: keyof Sample): number => median(samples.map((sample) => sample[field]));
    return {
      name: subject,
      load: shape.label,
      samples,
      perSecond: of('perSecond'),
      p50Ms: of('p50Ms'),
      p99Ms: of('p99Ms'),
      cpuUs: of('cpuUs'),
    };
  });
}

async function memories({ environment, nginx, progress }: Bench, app: Server): Promise<Readonly<Record<string, Idle>>> {
  const memory: Record<string, Idle> = {};
  for (const [name, start] of [
    [MINIMAL, startMinimal],
    [OURS, startOurs],
  ] as const) {
    progress(`${IDLE} idle connections: ${name}`);
    const server = await start(environment, nginx, addressOf(app));
    try {
      memory[name] = await idle(server, environment.domain.name, IDLE);
    } finally {
      await server.remove();
    }
  }
  return memory;
}

/** What the other does to a figure: the median of what each round says, in which the machine was as busy for both. */
const compared = (figure: Figure, other: Figure, by: (one: Sample, other: Sample) => number): number =>
  median(figure.samples.map((sample, round) => by(sample, other.samples[round] ?? sample)));
const throughput = (figure: Figure, other: Figure): number =>
  compared(figure, other, (a, b) => a.perSecond / b.perSecond);
const later = (figure: Figure, other: Figure): number => compared(figure, other, (a, b) => a.p99Ms - b.p99Ms);

const found = (figures: readonly Figure[], name: string, label: string): Figure => {
  const figure = figures.find((each) => each.name === name && each.load === label);
  if (!figure) throw new Error(`nothing was measured for ${name} at ${label}`);
  return figure;
};

const targets = (figures: readonly Figure[]) =>
  LOADS.map(({ label }) => {
    const [ours, minimal] = [found(figures, OURS, label), found(figures, MINIMAL, label)];
    const [cost, delayMs] = [1 - throughput(ours, minimal), later(ours, minimal)];
    return { load: label, cost, delayMs, held: cost <= LARGEST_COST && delayMs <= LARGEST_DELAY_MS };
  });

function compareWithMinimal(figures: readonly Figure[], shapes: readonly Shape[], print: Output['print']): void {
  for (const { label } of shapes) {
    const minimal = found(figures, MINIMAL, label);
    const rows = [APP, MINIMAL, OURS].map((name) => row(found(figures, name, label), minimal));
    print(`${table([[label, 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', '× minimal', 'p99 + ms'], ...rows])}\n`);
  }
}

function report(figures: readonly Figure[], memory: Readonly<Record<string, Idle>>, { print }: Output): void {
  compareWithMinimal(figures, LOADS, print);
  for (const { load: label, cost, delayMs, held } of targets(figures))
    print(
      `${label}: ours costs ${percent(cost)} of the throughput and ${delayMs.toFixed(2)} ms at p99; at most ${percent(LARGEST_COST)} and ${LARGEST_DELAY_MS} ms: ${held ? 'held' : 'missed'}`,
    );
  const cells = Object.entries(memory).map(([name, { beforeMiB, withMiB, connections }]) => [
    name,
    beforeMiB.toFixed(1),
    withMiB.toFixed(1),
    (((withMiB - beforeMiB) * 1024) / connections).toFixed(1),
  ]);
  print(`\n${table([[`${IDLE} idle connections`, 'MiB before', 'MiB with', 'KiB each'], ...cells])}\n`);
}

const row = (figure: Figure, minimal: Figure): string[] => [
  figure.name,
  figure.perSecond.toFixed(0),
  figure.p50Ms.toFixed(2),
  figure.p99Ms.toFixed(2),
  figure.cpuUs > 0 ? figure.cpuUs.toFixed(1) : '',
  throughput(figure, minimal).toFixed(2),
  later(figure, minimal).toFixed(2),
];

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Ours without one part at a time. */
async function withoutParts(bench: Bench, app: Server, rounds: number, { print }: Output): Promise<readonly Figure[]> {
  const servers: ReturnType<typeof behind>[] = [];
  try {
    servers.push(behind(OURS, await startOurs(bench.environment, bench.nginx, addressOf(app))));
    for (const { name, without } of PARTS)
      servers.push(behind(`without ${name}`, await startOurs(bench.environment, bench.nginx, addressOf(app), without)));
    servers.push(behind(MINIMAL, await startMinimal(bench.environment, bench.nginx, addressOf(app))));
    const figures = await measure(bench, servers, [SATURATED], rounds);
    const ours = found(figures, OURS, SATURATED.label);
    const saved = (figure: Figure): string => compared(ours, figure, (a, b) => a.cpuUs - b.cpuUs).toFixed(1);
    print(
      table([
        ['32 connections', 'requests/s', '× ours', 'CPU µs', 'µs saved'],
        ...figures.map((each) => [
          each.name,
          each.perSecond.toFixed(0),
          throughput(each, ours).toFixed(2),
          each.cpuUs.toFixed(1),
          saved(each),
        ]),
      ]),
    );
    return figures;
  } finally {
    for (const { server } of servers) await server.remove();
  }
}
