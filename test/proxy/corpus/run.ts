import { setTimeout as sleep } from 'node:timers/promises';
import type { Received } from '../../support/nginx/recording-app';
import { RawConnection } from '../../support/raw-http/connection';
import { type RawResponse, readResponses, type Stream } from '../../support/raw-http/responses';
import type { StrictAnswer, StrictApp } from '../../support/raw-http/strict-app';
import { CLIENT, type Hostile, type Ordinary, request, type Step } from './case';

/** Longest wait for an answer; the slow cases pause for less than that. */
const PATIENCE_MS = 10_000;
/** Connections at once: enough to keep both ends busy, few enough that none waits for the other. */
const AT_ONCE = 24;
/** What the app does for a target of this name: answers with more than any buffer holds. */
export const LARGE = '/large';
export const LARGE_BYTES = 8 * 1024 * 1024;

/** What happened to a case. */
export interface Outcome {
  readonly answers: readonly RawResponse[];
  /** The answer to the request that followed on the same connection. */
  readonly next?: RawResponse;
  /** How many responses came beyond those. */
  readonly unasked: number;
  /** Bytes that are no whole response. */
  readonly rest: Buffer;
  /** Whether the connection still served, was closed, or did nothing in time. */
  readonly end: 'open' | 'closed' | 'late';
  /** What the app got of it, without the request that followed. */
  readonly app: readonly Received[];
}

/** The address of a case's client, from 198.18.0.0/15 (RFC 2544), always of the same length. */
export const clientOf = (index: number): string => `198.18.${100 + Math.floor(index / 100)}.${100 + (index % 100)}`;

export const AFTER = '/after-this';

/** What the app answers: whose request it was. It sets the cookie that it is asked for, as apps do. */
export function answerWithName(request: Received): StrictAnswer {
  const cookie = request.headers['x-set-cookie'];
  return {
    headers: cookie === undefined ? [] : [`Set-Cookie: ${cookie}`],
    body: request.target === LARGE ? 'a'.repeat(LARGE_BYTES) : nameOf(request),
  };
}

export const nameOf = ({ headers, method, target }: Pick<Received, 'headers' | 'method' | 'target'>): string =>
  `${headers['x-real-ip']} ${method} ${target}`;

/** Runs a case on a connection of its own, and another request after it where the connection still serves. */
export async function run(
  { send, methods, expected, open, plain }: Sent,
  client: string,
  port: number,
  app: StrictApp,
): Promise<Outcome> {
  const connection = await RawConnection.open({ port, plain });
  const read = (): Stream => readResponses(connection.received, methods, connection.closed);
  for (const step of send) await take(connection, step, client);
  let end = await connection.until(() => open && read().responses.length >= expected, PATIENCE_MS);
  const before = read().responses.length;
  if (end === 'enough') {
    connection.send(request(`GET ${AFTER} HTTP/1.1`).replaceAll(CLIENT, client));
    // The last answer may be at hand before the end of the connection is.
    end = await connection.until(() => read().responses.length > before, PATIENCE_MS);
    // Whatever comes without having been asked for comes at once.
    await connection.until(() => read().responses.length > before + 1, 20);
  }
  const { responses, rest } = read();
  connection.destroy();
  return {
    answers: responses.slice(0, before),
    next: responses[before],
    unasked: responses.slice(before + 1).length,
    rest,
    end: end === 'enough' ? 'open' : end,
    app: app.received.filter(({ headers, target }) => headers['x-real-ip'] === client && target !== AFTER),
  };
}

/** What is sent, and how long to wait. */
export interface Sent {
  readonly send: readonly Step[];
  readonly methods: readonly string[];
  readonly expected: number;
  readonly open: boolean;
  readonly plain?: boolean;
}

export const hostileBytes = ({ send, answers, connection, plain }: Hostile): Sent => ({
  send,
  methods: send.some((step) => typeof step === 'string' && step.startsWith('HEAD ')) ? ['HEAD'] : [],
  expected: answers.length,
  open: connection === 'open',
  plain,
});

export const ordinaryBytes = ({ send, method, target, headers, body }: Ordinary): Sent => ({
  send: send ?? [request(`${method} ${target} HTTP/1.1`, headers, body)],
  methods: [method],
  expected: 1,
  open: true,
});

/** Runs many, a few at a time, and gives what came of each in their order. */
export async function runAll<T>(tasks: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const results: T[] = [];
  const waiting = [...tasks.entries()];
  const work = async (): Promise<void> => {
    for (let task = waiting.shift(); task; task = waiting.shift()) results[task[0]] = await task[1]();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

async function take(connection: RawConnection, step: Step, client: string): Promise<void> {
  const filled = (bytes: string): string => bytes.replaceAll(CLIENT, client);
  if (typeof step === 'string') connection.send(filled(step));
  else if ('slowly' in step) await connection.sendSlowly(filled(step.slowly), step);
  else if ('halfClose' in step) connection.halfClose();
  else if ('stopReadingMs' in step) {
    connection.pause();
    await sleep(step.stopReadingMs);
    connection.resume();
  } else await connection.until(() => false, step.pauseMs);
}
