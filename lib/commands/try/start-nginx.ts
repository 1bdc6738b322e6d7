import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../config/schema';
import { renderNginxConf } from '../../constructs/proxy/nginx-conf';
import { inTask, type ProxyPlace } from '../../constructs/proxy/place';
import { UserError } from '../shared/command';
import { makeCertificate } from './certificate';
import { findNginx, type NginxBinary } from './find-nginx';

/** Milliseconds that nginx may take until it listens, or until new workers have taken over after a reload. */
const PATIENCE = 10_000;
const PAUSE = 20;
/** A free port may be taken by somebody else before nginx has it. */
const ATTEMPTS = 3;

export interface NginxOptions {
  readonly environment: Environment;
  /** An empty folder for everything that nginx reads and writes; the caller deletes it. */
  readonly folder: string;
  /** Where the app listens, as `address:port`. */
  readonly app: string;
  /** Port on loopback. @default - a free one */
  readonly port?: number;
  /** Host name that requests must carry. @default - localhost */
  readonly name?: string;
  /** Further differences from a task, or from the trial's own place. */
  readonly place?: Partial<ProxyPlace>;
  /** @default - what `findNginx` finds */
  readonly nginx?: NginxBinary;
}

/** The environment's nginx on loopback. */
export interface RunningNginx {
  readonly port: number;
  /** Such as `https://localhost:8443`. */
  readonly url: string;
  readonly version: string;
  readonly folder: string;
  /** The self-signed certificate as PEM. */
  readonly certificate: string;
  readonly accessLogFile: string;
  readonly errorLogFile: string;
  /** Process id of the master. */
  readonly pid: number;
  /** Resolves when it has ended, however that came about. */
  readonly ended: Promise<void>;
  /** Reads the configuration again and waits until new workers have taken over. */
  reload(): Promise<void>;
  /** Finishes the requests in flight, as a leaving copy does, and waits for the end. */
  stop(): Promise<void>;
  /** Ends it at once, requests in flight or not. */
  kill(): Promise<void>;
}

/**
 * Starts the environment's nginx in a folder of this machine with a self-signed certificate, and waits until it listens.
 *
 * @throws UserError when there is no nginx, or when it does not start: with what it said
 */
export async function startNginx(options: NginxOptions): Promise<RunningNginx> {
  const nginx = options.nginx ?? findNginx();
  const name = options.name ?? options.place?.name ?? 'localhost';
  for (const each of ['tls', 'static', 'cache']) mkdirSync(join(options.folder, each), { recursive: true });
  const certificate = makeCertificate(join(options.folder, 'tls'), name === 'localhost' ? [] : [name]);
  await beFree(options.port);
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    writeFileSync(confFile(options.folder), renderNginxConf(options.environment, placeOf(options, name, port)));
    const started = launch(nginx, options.folder);
    if (await listens(started, port)) return running(started, { nginx, name, port, certificate });
    const said = readFileSync(started.errorLogFile, 'utf8').trim();
    const taken = options.port === undefined && said.includes('Address already in use');
    if (!taken || attempt === ATTEMPTS) throw new UserError(`nginx did not start:\n${said}`);
  }
}

/** Asked before nginx is: whoever holds the port would answer in its place while it still tries. */
async function beFree(port: number | undefined): Promise<void> {
  if (port === undefined) return;
  const free = await freePort(port).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EACCES' ? 'is for administrators only' : `can't be had (${error.message})`;
    throw new UserError(`Port ${port} ${why}. Expected one from 1024 up, for example --port 8443.`);
  });
  if (free !== port) throw new UserError(`Port ${port} is taken. Expected a free one, for example --port ${free}.`);
}

const confFile = (folder: string): string => join(folder, 'nginx.conf');

/** A task's place, moved to a folder and to loopback. */
function placeOf({ environment, folder, app, place }: NginxOptions, name: string, port: number): ProxyPlace {
  return {
    ...inTask(environment),
    listen: `127.0.0.1:${port}`,
    http2: true,
    app,
    name,
    host: `${name}:${port}`,
    publicPort: port,
    trustedPeers: [],
    tlsFolder: join(folder, 'tls'),
    staticFolder: join(folder, 'static'),
    cacheFolder: join(folder, 'cache'),
    pidFile: join(folder, 'nginx.pid'),
    accessLog: join(folder, 'access.log'),
    ...place,
  };
}

interface Launched {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly binary: string;
  readonly folder: string;
  readonly errorLogFile: string;
}

const argumentsOf = (folder: string): string[] => [
  ...['-e', 'stderr', '-p', folder, '-c', confFile(folder)],
  // Workers of a master that is root would become nobody, who can't read the folder.
  ...['-g', `daemon off;${process.getuid?.() === 0 ? ' user root;' : ''}`],
];

function launch({ path: binary }: NginxBinary, folder: string): Launched {
  const errorLogFile = join(folder, 'error.log');
  // A file and no pipe: nobody must drain it, and it is there to read when nginx has ended.
  const errors = openSync(errorLogFile, 'w');
  const child = spawn(binary, argumentsOf(folder), { stdio: ['ignore', 'ignore', errors] });
  closeSync(errors);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { child, ended, binary, folder, errorLogFile };
}

/** Waits until a connection is taken, or until nginx has ended without. */
async function listens({ child, ended }: Launched, port: number): Promise<boolean> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (const end = Date.now() + PATIENCE; Date.now() < end && !over; await sleep(PAUSE)) {
    // Between the bind and the start of the workers a connection waits; by then the pid file is written.
    if (await connects(port)) return !over;
  }
  child.kill('SIGKILL');
  await ended;
  return false;
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function running(
  launched: Launched,
  { nginx, name, port, certificate }: { nginx: NginxBinary; name: string; port: number; certificate: string },
): RunningNginx {
  const { child, ended, folder, errorLogFile } = launched;
  const signal = async (which: NodeJS.Signals) => {
    child.kill(which);
    await ended;
  };
  return {
    port,
    url: `https://${name}:${port}`,
    version: nginx.version,
    folder,
    certificate,
    accessLogFile: join(folder, 'access.log'),
    errorLogFile,
    pid: child.pid as number,
    ended,
    reload: () => reload(launched),
    stop: () => signal('SIGQUIT'),
    // TERM, not KILL: a killed master leaves its workers behind.
    kill: () => signal('SIGTERM'),
  };
}

async function reload({ child, binary, folder }: Launched): Promise<void> {
  const tested = spawnSync(binary, [...argumentsOf(folder), '-t', '-q'], { encoding: 'utf8' });
  if (tested.status !== 0) throw new UserError(`nginx refuses its configuration:\n${tested.stderr.trim()}`);
  const before = new Set(workersOf(child.pid as number));
  child.kill('SIGHUP');
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(PAUSE)) {
    if (workersOf(child.pid as number).some((worker) => !before.has(worker))) return;
  }
  throw new UserError(`nginx has not taken its configuration over within ${PATIENCE / 1000} s.`);
}

/** Process ids of a master's workers. */
const workersOf = (master: number): number[] =>
  spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .stdout.split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid = 0, parent]) => (parent === master ? [pid] : []));

/**
 * A port on loopback that nobody uses at the moment.
 *
 * @param preferred taken where it is free @default - any
 */
export function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      preferred !== 0 && error.code === 'EADDRINUSE' ? resolve(freePort()) : reject(error),
    );
    server.listen(preferred, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
