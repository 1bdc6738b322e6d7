import type { Received } from '../../support/nginx/recording-app';
import { type RawResponse, valuesOf } from '../../support/raw-http/responses';
import { type Answer, CLIENT, type Headers, HOST, type Hostile, type Ordinary, refused, type Seen } from './case';
import { AFTER, nameOf, type Outcome } from './run';

/** What was otherwise than stated, a line each; none when all is well. */
export function complaintsAbout(hostile: Hostile, outcome: Outcome, client: string): readonly string[] {
  const complaints = differences(hostile, outcome, client);
  if (complaints.length === 0 || hostile.orRefused === undefined) return complaints;
  const { id, why, send, orRefused } = hostile;
  return differences(refused(id, why, send, orRefused), outcome, client).length === 0 ? [] : complaints;
}

function differences({ answers, bare, connection, app }: Hostile, outcome: Outcome, client: string): readonly string[] {
  return [
    ...listed(
      'answers',
      answers.length,
      outcome.answers.map(({ status }) => status),
    ),
    ...answers.flatMap((answer, index) => answered(answer, outcome.answers[index])),
    ...(outcome.end === connection ? [] : [`connection: expected ${connection}, found ${outcome.end}`]),
    ...remainder(outcome, bare),
    ...(connection === 'open' ? followed(outcome, client) : []),
    ...listed(
      'requests to the app',
      app.length,
      outcome.app.map(({ method, target }) => `${method} ${target}`),
    ),
    ...outcome.app.flatMap((received) => wellFormed(received, client)),
    ...app.flatMap((seen, index) => sameRequest(filledIn(seen, client), outcome.app[index])),
  ];
}

/** The same of an ordinary request: it reaches the app unchanged, and the app's answer comes back. */
export function changesOf(ordinary: Ordinary, outcome: Outcome, client: string): readonly string[] {
  const { method, target, body, headers, answer, answeredByProxy } = ordinary;
  const [received] = outcome.app;
  const own = new RegExp(
    `^${method === 'HEAD' ? '' : escaped(nameOf({ headers: { 'x-real-ip': client }, method, target }))}$`,
  );
  return [
    ...listed(
      'answers',
      1,
      outcome.answers.map(({ status }) => status),
    ),
    ...answered(answer ?? { status: 200, body: own }, outcome.answers[0]),
    ...(outcome.end === 'open' ? [] : [`connection: expected open, found ${outcome.end}`]),
    ...remainder(outcome),
    ...followed(outcome, client),
    ...listed(
      'requests to the app',
      answeredByProxy ? 0 : 1,
      outcome.app.map((each) => `${each.method} ${each.target}`),
    ),
    ...(received ? [...wellFormed(received, client), ...sameRequest({ method, target, body }, received)] : []),
    ...(received ? different('headers', passedOn(headers.map(pairOf)), passedOn(received.headerLines)) : []),
  ];
}

/** Headers that the proxy writes itself, or that concern one connection. Compression is between it and the client. */
const REWRITTEN = new Set([
  'host',
  'x-forwarded-for',
  'x-real-ip',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-request-id',
  'content-length',
  'transfer-encoding',
  'connection',
  'expect',
  'accept-encoding',
]);
type Line = readonly [name: string, value: string];
const passedOn = (lines: readonly Line[]): readonly string[] =>
  lines.filter(([name]) => !REWRITTEN.has(name.toLowerCase())).map(([name, value]) => `${name}: ${value}`);
const pairOf = (line: string): Line => {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
};

/** Headers of which the app must find exactly one. */
const ONE_EACH = ['host', 'x-forwarded-for', 'x-real-ip', 'x-forwarded-proto', 'x-request-id'];

/** Whatever reaches the app is one request of HTTP/1.1 that nobody can read in two ways. */
export function wellFormed({ headerLines, httpVersion, body, headers }: Received, client: string): readonly string[] {
  const names = headerLines.map(([name]) => name.toLowerCase());
  return [
    ...different('version', '1.1', httpVersion),
    ...different('Host', HOST, headers.host),
    ...different('X-Forwarded-For', client, headers['x-forwarded-for']),
    ...different('X-Forwarded-Proto', 'https', headers['x-forwarded-proto']),
    ...ONE_EACH.flatMap((name) => different(`lines of ${name}`, 1, names.filter((each) => each === name).length)),
    ...names.filter((name) => !/^[a-z0-9-]+$/.test(name)).map((name) => `a header's name: ${name}`),
    ...different('Transfer-Encoding', undefined, headers['transfer-encoding']),
    ...(headers['content-length'] === undefined
      ? different('body without a length', 0, body.length)
      : different('Content-Length', String(body.length), headers['content-length'])),
  ];
}

export function sameRequest(seen: Seen, received: Received | undefined): readonly string[] {
  if (!received) return [];
  return [
    ...different('method', seen.method, received.method),
    ...different('target', seen.target, received.target),
    ...(seen.body === undefined ? [] : different('body', seen.body, received.body)),
    ...headersOf(seen.headers, (name) => received.headers[name.toLowerCase()]),
  ];
}

/** A body may hold the client's address, since it holds a request. */
export const filledIn = (seen: Seen, client: string): Seen => ({
  ...seen,
  body: seen.body?.replaceAll(CLIENT, client),
});

function answered(expected: Answer, found: RawResponse | undefined): readonly string[] {
  if (!found) return [];
  const body = found.body.toString('latin1');
  return [
    ...different('status', expected.status, found.status),
    ...headersOf(expected.headers, (name) => valuesOf(found, name).join(', ') || undefined),
    ...(expected.body && !expected.body.test(body)
      ? [`body: expected ${expected.body}, found ${body.slice(0, 200)}`]
      : []),
    ...(expected.without?.test(body)
      ? [`body: expected nothing like ${expected.without}, found ${body.slice(0, 200)}`]
      : []),
  ];
}

const headersOf = (expected: Headers = {}, read: (name: string) => string | undefined): readonly string[] =>
  Object.entries(expected).flatMap(([name, value]) => {
    const found = read(name);
    const holds = value instanceof RegExp ? found !== undefined && value.test(found) : found === (value ?? undefined);
    return holds ? [] : [`${name}: expected ${value ?? 'none'}, found ${found ?? 'none'}`];
  });

/** The connection isn't poisoned: the next request on it gets its own answer, and nothing else comes. */
const followed = ({ next, unasked }: Outcome, client: string): readonly string[] => {
  const own = nameOf({ headers: { 'x-real-ip': client }, method: 'GET', target: AFTER });
  return [
    ...different('answer to the next request', own, next?.body.toString('latin1')),
    ...different('answers beyond', 0, unasked),
  ];
};

function remainder({ rest }: Outcome, bare?: RegExp): readonly string[] {
  const text = rest.toString('latin1');
  if (bare)
    return text.length > 0 && bare.test(text)
      ? []
      : [`bytes that are no response: expected ${bare}, found ${text.slice(0, 200)}`];
  return text === '' ? [] : [`bytes that are no response: ${JSON.stringify(text.slice(0, 200))}`];
}

const listed = (what: string, count: number, found: readonly unknown[]): readonly string[] =>
  found.length === count ? [] : [`${what}: expected ${count}, found ${JSON.stringify(found).slice(0, 300)}`];

const different = (what: string, expected: unknown, found: unknown): readonly string[] =>
  JSON.stringify(expected) === JSON.stringify(found)
    ? []
    : [`${what}: expected ${JSON.stringify(expected)?.slice(0, 300)}, found ${JSON.stringify(found)?.slice(0, 300)}`];

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
