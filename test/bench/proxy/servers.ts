import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NginxBinary } from '../../../lib/commands/try/find-nginx';
import { type RunningNginx, startNginx } from '../../../lib/commands/try/start-nginx';
import type { Environment } from '../../../lib/config/schema';

/** What the app answers, to every request: a kibibyte of JSON. */
const ANSWER = JSON.stringify({
  items: Array.from({ length: 24 }, (_, id) => ({ id, name: `an item ${id}`, tag: 'a' })),
});
/** What both proxies have in common, so that neither opens connections more often than the other. */
const REQUESTS_OF_A_CONNECTION = 100_000;

/** Something that answers requests, in a folder of its own. */
export interface Server extends RunningNginx {
  /** Processor time that its worker has used so far, milliseconds. */
  cpuMs(): number;
  /** Memory of master and worker, KiB. */
  residentKiB(): number;
  remove(): Promise<void>;
}

/** Where a process runs: proxy, app and load each on a core of their own, as far as there are enough. */
export const cores = { proxy: 0, app: 1, load: availableParallelism() > 2 ? 2 : 1 } as const;

/**
 * The app: nginx that answers from memory, about ten times as fast as any that computes something, so that it is the
 * proxy that is measured.
 */
export const startApp = (environment: Environment, nginx: NginxBinary): Promise<Server> =>
  start(environment, nginx, cores.app, '127.0.0.1:1', ({ port, folder }) =>
    [
      'worker_processes 1;',
      `pid ${folder}/nginx.pid;`,
      'events { worker_connections 4096; }',
      'http {',
      '  access_log off;',
      `  keepalive_requests ${REQUESTS_OF_A_CONNECTION};`,
      '  server {',
      `    listen 127.0.0.1:${port};`,
      `    location / { default_type application/json; return 200 '${ANSWER}'; }`,
      '  }',
      '}',
    ].join('\n'),
  );

/** The least that could stand there: TLS with kept sessions, connections to the app that are kept, and no log. */
export const startMinimal = (environment: Environment, nginx: NginxBinary, app: string): Promise<Server> =>
  start(environment, nginx, cores.proxy, app, ({ port, folder }) =>
    [
      'worker_processes 1;',
      `pid ${folder}/nginx.pid;`,
      'error_log stderr crit;',
      'events { worker_connections 4096; }',
      'http {',
      '  access_log off;',
      `  keepalive_requests ${REQUESTS_OF_A_CONNECTION};`,
      `  ssl_certificate ${folder}/tls/certificate.pem;`,
      `  ssl_certificate_key ${folder}/tls/key.pem;`,
      '  ssl_protocols TLSv1.2 TLSv1.3;',
      '  ssl_session_cache shared:tls:2m;',
      `  upstream app { server ${app}; keepalive 32; keepalive_requests ${REQUESTS_OF_A_CONNECTION}; }`,
      '  server {',
      `    listen 127.0.0.1:${port} ssl;`,
      '    location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://app; }',
      '  }',
      '}',
    ].join('\n'),
  );

/**
 * Ours, as it is rendered; only the port and the folders are of this machine.
 *
 * @param without takes something out of the rendered text @default - nothing
 */
export const startOurs = (
  environment: Environment,
  nginx: NginxBinary,
  app: string,
  without: (conf: string) => string = (conf) => conf,
): Promise<Server> =>
  start(environment, nginx, cores.proxy, app, ({ folder }) =>
    without(readFileSync(join(folder, 'nginx.conf'), 'utf8'))
      .replace(/keepalive_requests \d+;/, `keepalive_requests ${REQUESTS_OF_A_CONNECTION};`)
      .replace(/(keepalive \d+;)/, `$1 keepalive_requests ${REQUESTS_OF_A_CONNECTION};`),
  );

/** Starts the environment's nginx and has it take over another configuration, under the same binary and certificate. */
async function start(
  environment: Environment,
  nginx: NginxBinary,
  core: number,
  app: string,
  conf: (running: RunningNginx) => string,
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  const { name } = environment.domain;
  const place = { host: name, publicPort: 443, http2: false, trustedPeers: ['127.0.0.1/32'] };
  const running = await startNginx({ environment, nginx, folder, app, name, place });
  const remove = async (): Promise<void> => {
    await running.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    writeFileSync(join(folder, 'nginx.conf'), conf(running));
    pin(running.pid, core);
    await running.reload();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    ...running,
    cpuMs: () => Math.max(...workersOf(running.pid).map(cpuMsOf)),
    residentKiB: () => [running.pid, ...workersOf(running.pid)].reduce((sum, pid) => sum + residentKiBOf(pid), 0),
    remove,
  };
}

/** Keeps a process and those that it starts on one core. Where there is no taskset they share what there is. */
function pin(pid: number, core: number): void {
  spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
}

const workersOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

/** Fields 14 and 15 of /proc/<pid>/stat: ticks of ten milliseconds. */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const residentKiBOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
