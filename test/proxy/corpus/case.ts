/**
 * Requests as data: what is sent, byte for byte, what must come back, and what the app may see of it.
 *
 * Each case has a client address of its own, which the load balancer would have written as the last entry of
 * X-Forwarded-For. So limits that count by client don't mix cases, and whatever reaches the app says whose it is.
 */

/** The environment's name. */
export const HOST = 'ums.example.com';

/**
 * Stands for the address of the case's client, and is exactly as long as any such address: lengths counted over it
 * stay right when it is replaced.
 */
export const CLIENT = '{{{{client}}}}';

/** Something done on the connection besides sending. */
export type Step =
  | string
  | { readonly pauseMs: number }
  | { readonly slowly: string; readonly size: number; readonly everyMs: number }
  | { readonly halfClose: true }
  | { readonly stopReadingMs: number };

/** A header's value; null when it must be absent. */
export type Headers = Readonly<Record<string, string | RegExp | null>>;

export interface Answer {
  readonly status: number;
  readonly headers?: Headers;
  /** What the body must match. */
  readonly body?: RegExp;
  /** What must stand nowhere in the body. */
  readonly without?: RegExp;
}

/** A request as the app must see it. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  readonly headers?: Headers;
  readonly body?: string;
}

export interface Hostile {
  readonly id: string;
  /** What the attack hopes for, in a line. */
  readonly why: string;
  readonly send: readonly Step[];
  /** Every response that comes, in order; none where the connection is closed without a word. */
  readonly answers: readonly Answer[];
  /** Bytes that are no HTTP/1 response, such as an answer to HTTP/0.9. */
  readonly bare?: RegExp;
  /** Whether the connection still serves: then the next request on it must get its own answer. */
  readonly connection: 'open' | 'closed';
  /** Everything that reaches the app, in order. */
  readonly app: readonly Seen[];
  /** What a later nginx may do instead: refuse it with this status, close the connection and show the app nothing. */
  readonly orRefused?: number;
  /** Sent without TLS. */
  readonly plain?: true;
  /** Sent to an nginx with short timeouts, in a place of its own. */
  readonly impatient?: true;
}

/** A request that must pass unchanged. */
export interface Ordinary {
  readonly id: string;
  /** Who sends such a request. */
  readonly why: string;
  readonly method: string;
  readonly target: string;
  /** Lines as they are sent, after Host and X-Forwarded-For. */
  readonly headers: readonly string[];
  readonly body: string;
  /** How the body goes over the wire. @default - at once, as it is written */
  readonly send?: readonly Step[];
  /** The answer, where it isn't the app's own. */
  readonly answer?: Answer;
  /** Whether the proxy answers for itself: static files, preflights. */
  readonly answeredByProxy?: true;
}

/** The bytes of a request under the environment's name, as the load balancer would pass it on. */
export const request = (line: string, headers: readonly string[] = [], body = ''): string =>
  bare(line, [`Host: ${HOST}`, `X-Forwarded-For: ${CLIENT}`, ...headers], body);

/** The same with no header of our own. */
export const bare = (line: string, headers: readonly string[] = [], body = ''): string =>
  `${[line, ...headers].join('\r\n')}\r\n\r\n${body}`;

/** The request that smuggling wants to put behind another. It is fenced, so that it must not reach the app in any way. */
export const SMUGGLED = request('GET /.env?smuggled HTTP/1.1');

const steps = (send: string | readonly Step[]): readonly Step[] => (typeof send === 'string' ? [send] : send);

/** Not understood: answered with an error, and the connection closed, since nobody knows where the next request begins. */
export const refused = (id: string, why: string, send: string | readonly Step[], status = 400): Hostile => ({
  id,
  why,
  send: steps(send),
  answers: [{ status }],
  connection: 'closed',
  app: [],
});

/** Understood and denied: the connection goes on. */
export const denied = (id: string, why: string, send: string | readonly Step[], status: number): Hostile => ({
  ...refused(id, why, send, status),
  connection: 'open',
});

/** What nginx 1.22 answers as stated, and 1.30 refuses as not understood. Never the other way round. */
export const orRefused = (each: Hostile, status = 400): Hostile => ({ ...each, orRefused: status });

/** Harmless as what the app sees: one request, well-formed. */
export const defused = (
  id: string,
  why: string,
  send: string | readonly Step[],
  seen: Seen,
  answer: Partial<Answer> = {},
): Hostile => ({
  id,
  why,
  send: steps(send),
  answers: [{ status: 200, ...answer }],
  connection: 'open',
  app: [seen],
});

/** An ordinary request without a body. */
export const passes = (id: string, why: string, line: string, headers: readonly string[] = [], body = ''): Ordinary => {
  const [method = '', target = ''] = line.split(' ');
  return { id, why, method, target, headers, body };
};
