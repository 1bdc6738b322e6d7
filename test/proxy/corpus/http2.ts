import type { Field } from '../../support/raw-http/http2';
import { CLIENT, HOST, type Seen, SMUGGLED } from './case';

/** A request on a stream of its own. */
export interface Http2Request {
  readonly fields: readonly Field[];
  readonly body?: string;
}

/** What comes back on a stream: a status, or its reset; `gone` when the connection is given up. */
export type Http2Answer = number | 'reset' | 'gone';
/** What must come: `refused` is a reset, as nginx 1.22 has it, or a status that says no, as 1.30 has it. */
export type Http2Expected = number | 'refused' | 'gone';
/** Statuses that say so of a request that nobody should send. */
export const NO: readonly Http2Answer[] = ['reset', 400, 421];

export interface HostileHttp2 {
  readonly id: string;
  readonly why: string;
  readonly requests: readonly Http2Request[];
  /** How many streams get which answer, in any order. */
  readonly answers: readonly Http2Expected[];
  readonly app: readonly Seen[];
}

const base = (changes: Readonly<Record<string, string | null>> = {}): Field[] =>
  Object.entries({ ':method': 'GET', ':scheme': 'https', ':authority': HOST, ':path': '/page', ...changes }).flatMap(
    ([name, value]): Field[] => (value === null ? [] : [[name, value]]),
  );
const client: Field = ['x-forwarded-for', CLIENT];

const one = (
  id: string,
  why: string,
  answer: Http2Expected,
  fields: readonly Field[],
  body?: string,
  app: readonly Seen[] = [],
): HostileHttp2 => ({
  id: `http2-${id}`,
  why,
  requests: [{ fields: [...fields, client], body }],
  answers: [answer],
  app,
});
/** Base fields with one more. */
const field = (id: string, why: string, answer: Http2Expected, name: string, value: string): HostileHttp2 =>
  one(id, why, answer, [...base(), [name, value]]);
const post = (...fields: Field[]): Field[] => [...base({ ':method': 'POST', ':path': '/submit' }), ...fields];
const passed = (id: string, why: string, fields: readonly Field[], headers: Seen['headers']): HostileHttp2 =>
  one(id, why, 200, fields, undefined, [{ method: 'GET', target: '/page', headers }]);

/** Framing that belongs to HTTP/1.1 and would count again on the way to the app. */
const framing: readonly HostileHttp2[] = [
  // nginx counts frames, whatever the header says: the app gets their content as plain bytes with their length.
  one('te-chunked', 'chunks inside frames', 200, post(['transfer-encoding', 'chunked']), `0\r\n\r\n${SMUGGLED}`, [
    { method: 'POST', target: '/submit', headers: { 'Transfer-Encoding': null }, body: `0\r\n\r\n${SMUGGLED}` },
  ]),
  one(
    'te-chunked-cl',
    'chunks and a length inside frames',
    400,
    post(['content-length', '4'], ['transfer-encoding', 'chunked']),
    '0\r\n\r\n',
  ),
  one('cl-zero', 'a body that would be the next request', 400, post(['content-length', '0']), SMUGGLED),
  one('cl-short', 'a length that ends before the body', 400, post(['content-length', '3']), 'hello'),
  one('cl-long', 'a length that takes in the next request', 400, post(['content-length', '500']), 'hello'),
  one('cl-twice', 'two lengths', 400, post(['content-length', '5'], ['content-length', '0']), 'hello'),
  one('cl-negative', 'a length below nothing', 400, post(['content-length', '-5']), 'hello'),
  one('cl-word', 'a length that is no number', 400, post(['content-length', '5x']), 'hello'),
  one('oversize-told', 'a body that says it is too large', 413, post(['content-length', '9000'])),
  one('oversize-sent', 'a body that is too large', 413, post(), 'a'.repeat(9000)),
];

/** Line ends and other characters that would be syntax in HTTP/1.1. */
const characters: readonly HostileHttp2[] = [
  field('crlf-in-value', 'a header that becomes two', 'refused', 'x-a', 'b\r\nTransfer-Encoding: chunked'),
  field('crlf-ends-head', 'a header that becomes a request', 'refused', 'x-a', `b\r\n\r\n${SMUGGLED}`),
  field('lf-in-value', 'a header that becomes two', 'refused', 'x-a', 'b\nx-real-ip: 203.0.113.7'),
  field('cr-in-value', 'a header that may become two', 'refused', 'x-a', 'b\rx-real-ip: 203.0.113.7'),
  field('nul-in-value', 'a value that ends early in C', 'refused', 'x-a', 'b\0c'),
  field('crlf-in-name', 'a name that becomes a header', 'refused', 'x-a: b\r\nx-real-ip', '203.0.113.7'),
  field('colon-in-name', 'a name with its value', 'refused', 'transfer-encoding: chunked', ''),
  field('space-in-name', 'a name of two words', 'refused', 'x a', 'b'),
  field('upper-case-name', 'names have no capitals here', 'refused', 'X-Real-IP', '203.0.113.7'),
  field('empty-name', 'no name', 'gone', '', 'b'),
  field('nul-in-name', 'a name that ends early in C', 'refused', 'x-a\0', 'b'),
  one(
    'path-crlf',
    'a target that becomes a header',
    'refused',
    base({ ':path': '/page HTTP/1.1\r\nHost: evil.example\r\n\r\n' }),
  ),
  one('path-space', 'a target that becomes a version', 400, base({ ':path': '/page HTTP/1.0' })),
  one('path-nul', 'a target that ends early in C', 'refused', base({ ':path': '/.env\0' })),
  one('path-none', 'an empty target', 400, base({ ':path': '' })),
  one('path-no-slash', 'a target without its slash', 400, base({ ':path': 'page' })),
  one('path-asterisk', 'the server as a whole', 400, base({ ':method': 'OPTIONS', ':path': '*' })),
  one('path-absolute', 'a whole address as the target', 400, base({ ':path': 'http://evil.example/' })),
  one(
    'method-crlf',
    'a method that becomes a request',
    'refused',
    base({ ':method': 'GET /.env HTTP/1.1\r\nHost: a\r\n\r\nGET' }),
  ),
  one('method-space', 'a method that becomes a request line', 400, base({ ':method': 'GET /.env' })),
  one('method-lower-case', 'a method has its case', 400, base({ ':method': 'get' })),
  one('method-unknown', 'a method that is not served', 405, base({ ':method': 'PROPFIND' })),
  one('method-trace', 'cookies sent back as a page', 405, base({ ':method': 'TRACE' })),
  one('authority-crlf', 'a name that becomes a header', 'refused', base({ ':authority': `${HOST}\r\nx-a: b` })),
];

/** The fields that stand for a request line. */
const pseudo: readonly HostileHttp2[] = [
  one('method-none', 'no method', 400, base({ ':method': null })),
  one('path-missing', 'no target', 400, base({ ':path': null })),
  one('scheme-none', 'no scheme', 400, base({ ':scheme': null })),
  one('method-twice', 'who takes the first, who the last', 400, [...base(), [':method', 'POST']]),
  one('path-twice', 'who takes the first, who the last', 400, [...base(), [':path', '/.env']]),
  one('scheme-twice', 'who takes the first, who the last', 400, [...base(), [':scheme', 'http']]),
  one('authority-twice', 'who takes the first, who the last', 400, [...base(), [':authority', 'evil.example']]),
  one('pseudo-unknown', 'a field that nobody knows', 400, [...base(), [':proto', 'x']]),
  one('connect', 'a tunnel', 400, [
    [':method', 'CONNECT'],
    [':authority', 'evil.example:443'],
  ]),
  one('connect-protocol', 'a tunnel for another protocol', 400, [
    ...base({ ':method': 'CONNECT' }),
    [':protocol', 'websocket'],
  ]),
  one('authority-other', 'a name that is not ours', 421, base({ ':authority': 'evil.example' })),
  one('authority-none', 'no name', 400, base({ ':authority': null })),
  one(
    'authority-userinfo',
    'our name as the user of another',
    'refused',
    base({ ':authority': `${HOST}@evil.example` }),
  ),
];

/** The fences stand in this protocol too. */
const fences: readonly HostileHttp2[] = [
  ...(
    [
      ['/.env', 404],
      ['/%2eenv', 404],
      ['//.git/HEAD', 404],
      ['/dump.sql', 404],
      ['/admin/', 403],
      ['/%61dmin/', 403],
      ['//admin//', 403],
      ['/ADMIN', 403],
      ['/page/../admin/', 400],
      ['/page/..%2fadmin/', 400],
      ['/admin%5cusers', 400],
      ['/static/..%2f..%2fetc/passwd', 400],
    ] as const
  ).map(([path, status], index) =>
    one(`fence-${index + 1}`, `a fenced address: ${path}`, status, base({ ':path': path })),
  ),
  one('header-oversize', 'a header of 40 kB', 'gone', [...base(), ['x-long', 'a'.repeat(40_000)]]),
  one('headers-oversize', 'ten thousand headers', 431, [
    ...base(),
    ...Array.from({ length: 10_000 }, (_, at): Field => [`x-${at}`, 'a']),
  ]),
];

const spoofs: readonly HostileHttp2[] = [
  passed('spoof-real-ip', 'the client says who it is', [...base(), ['x-real-ip', '203.0.113.7']], {}),
  passed('spoof-forwarded', 'the client says who it is', [...base(), ['forwarded', 'for=203.0.113.7']], {
    Forwarded: null,
  }),
  passed('spoof-chain', 'an address before the one that counts', [...base(), ['x-forwarded-for', '203.0.113.7']], {}),
  passed('spoof-original-url', 'another address than the fences see', [...base(), ['x-original-url', '/admin/']], {
    'X-Original-URL': null,
  }),
  passed(
    'spoof-underscore',
    'a name that becomes another in a WSGI environment',
    [...base(), ['x_real_ip', '203.0.113.7']],
    { x_real_ip: null },
  ),
  passed('upgrade', 'another protocol behind this one', [...base(), ['upgrade', 'h2c']], { Upgrade: null }),
  passed('connection', 'headers for the next hop to drop', [...base(), ['connection', 'x-real-ip']], {
    Connection: null,
  }),
  passed('te', 'codings of the next hop', [...base(), ['te', 'trailers, chunked']], { TE: null }),
];

const LOGINS = 5;
const login = (path: string): Http2Request => ({
  fields: [...base({ ':method': 'POST', ':path': path }), ['content-length', '2'], client],
  body: '{}',
});
const times = <T>(count: number, each: T): T[] => Array.from({ length: count }, () => each);

/** Many at once are counted as one after the other. */
const multiplexed: readonly HostileHttp2[] = [
  ['http2-logins', 'passwords guessed all at once', times(20, '/api/auth/login')],
  [
    'http2-logins-spelled',
    'the same in several spellings',
    times(10, ['/api/auth/login', '/API//auth/%6cogin']).flat(),
  ],
].map(([id, why, paths]) => ({
  id: String(id),
  why: String(why),
  requests: (paths as string[]).map(login),
  answers: [...times(LOGINS, 200), ...times(20 - LOGINS, 429)],
  // Which ones come first is nobody's promise.
  app: [],
}));

export const hostileHttp2: readonly HostileHttp2[] = [
  ...framing,
  ...characters,
  ...pseudo,
  ...fences,
  ...spoofs,
  ...multiplexed,
];
