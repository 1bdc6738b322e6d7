import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { executable } from '../../../lib/commands/try/find-nginx';
import { UsageError } from '../section';
import { cores, type Server } from './servers';

const SCRIPT = join(__dirname, 'requests.lua');

/** One run of load against one server. */
export interface Sample {
  readonly perSecond: number;
  /** Latency as the client saw it, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server's worker for each request, microseconds. */
  readonly cpuUs: number;
}

export interface Load {
  readonly connections: number;
  /** Milliseconds, on average, that each connection waits between an answer and its next request. */
  readonly pauseMs: number;
  readonly seconds: number;
  readonly name: string;
  /** What is asked for. @default - a list of the API */
  readonly path?: string;
}

/**
 * The load generator: written in C, because one in JavaScript would be slower than what it measures.
 *
 * @throws UsageError when it isn't installed
 */
export function findWrk(): string {
  const wrk = executable('wrk');
  if (wrk === undefined)
    throw new UsageError('wrk is not installed. Expected it on the PATH, for example from `apt-get install wrk`.');
  return wrk;
}

/**
 * Sends requests as fast as answers come, or after a pause.
 *
 * @throws when a request failed or was refused: the figures would be of something else
 */
export async function load(
  wrk: string,
  url: string,
  server: Pick<Server, 'cpuMs'>,
  { connections, pauseMs, seconds, name, path = '/api/items?page=1' }: Load,
): Promise<Sample> {
  const before = server.cpuMs();
  const said = await output([
    ...(executable('taskset') ? ['taskset', '-c', String(cores.load)] : []),
    ...[wrk, '--threads', '1', '--connections', String(connections)],
    ...['--duration', `${seconds}s`, '--timeout', '5s', '--script', SCRIPT, url, '--', name, String(pauseMs), path],
  ]);
  const used = server.cpuMs() - before;
  const line = said.split('\n').find((each) => each.startsWith('{'));
  if (!line) throw new Error(`wrk said:\n${said}`);
  const { requests, microseconds, p50, p99, failed } = JSON.parse(line) as Report;
  if (failed > 0 || requests === 0)
    throw new Error(`${failed} of ${requests} requests to ${url} failed or were refused`);
  return {
    perSecond: requests / (microseconds / 1e6),
    p50Ms: p50 / 1000,
    p99Ms: p99 / 1000,
    cpuUs: (used * 1000) / requests,
  };
}

interface Report {
  readonly requests: number;
  readonly microseconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

function output([command = '', ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece) => {
        said += piece;
      });
    }
    child.once('error', reject);
    child.once('close', () => resolve(said));
  });
}
