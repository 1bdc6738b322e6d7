import { defused, type Hostile, orRefused, refused, request, type Seen, SMUGGLED } from '../case';

const chunked = (body: string, headers: readonly string[] = []): string =>
  request('POST /submit HTTP/1.1', ['Transfer-Encoding: chunked', ...headers], body);
/** The app never sees chunks: it gets the body whole, with its length. */
const seen = (body: string, headers = {}): Seen => ({
  method: 'POST',
  target: '/submit',
  headers: { 'Transfer-Encoding': null, 'Content-Length': String(body.length), ...headers },
  body,
});
const END = '0\r\n\r\n';

/** Sizes that are no hexadecimal number, or chunks that don't end where they said. */
const malformed: readonly Hostile[] = [
  ['chunk-size-0x', '0x5\r\nhello\r\n'],
  ['chunk-size-plus', '+5\r\nhello\r\n'],
  ['chunk-size-minus', '-5\r\nhello\r\n'],
  ['chunk-size-word', 'five\r\nhello\r\n'],
  ['chunk-size-none', '\r\nhello\r\n'],
  ['chunk-size-underscore', '0_5\r\nhello\r\n'],
  ['chunk-size-leading-space', ' 5\r\nhello\r\n'],
  ['chunk-size-leading-tab', '\t5\r\nhello\r\n'],
  ['chunk-size-quoted', '"5"\r\nhello\r\n'],
  ['chunk-size-nul', '5\0\r\nhello\r\n'],
  ['chunk-size-point', '5.0\r\nhello\r\n'],
  ['chunk-size-comma', '5,5\r\nhello\r\n'],
  ['chunk-size-17-digits', 'fffffffffffffffff\r\nhello\r\n'],
  ['chunk-size-64-bit', 'ffffffffffffffff\r\nhello\r\n'],
  ['chunk-longer-than-said', '3\r\nhello\r\n'],
  ['chunk-without-end', '5\r\nhello5\r\nhello\r\n'],
  ['chunk-end-two-characters', '5\r\nhelloXX5\r\nhello\r\n'],
  ['chunk-end-cr-only', '5\r\nhello\r5\r\nhello\r\n'],
  ['chunk-size-cr-only', '5\rhello\r\n'],
  ['chunk-size-cr-cr-lf', '5\r\r\nhello\r\n'],
  ['chunk-size-funky-white-space', '5\x0b\r\nhello\r\n'],
].map(([id = '', chunk]) =>
  refused(id, `a chunk that parsers end at different places: ${JSON.stringify(chunk)}`, chunked(`${chunk}${END}`)),
);

/** Accepted, and safe: the proxy reads the whole body by one rule and tells it on as plain bytes with their length. */
const normalised: readonly Hostile[] = [
  defused(
    'chunk-extension',
    'an extension that only one side skips',
    chunked(`5;name=value\r\nhello\r\n${END}`),
    seen('hello'),
  ),
  defused('chunk-extension-no-name', 'an empty extension', chunked(`5;\r\nhello\r\n${END}`), seen('hello')),
  defused(
    'chunk-extension-quoted-end',
    'a line end between quotes',
    chunked(`5;a="\r\nhello\r\n${END}`),
    seen('hello'),
  ),
  defused(
    'chunk-extension-on-last',
    'an extension of the last chunk',
    chunked('5\r\nhello\r\n0;a=b\r\n\r\n'),
    seen('hello'),
  ),
  defused(
    'chunk-extension-long',
    'an extension of 60 kB',
    chunked(`5;${'x'.repeat(60_000)}\r\nhello\r\n${END}`),
    seen('hello'),
  ),
  defused(
    'chunk-size-space-after',
    'white space that some servers refuse',
    chunked(`5 \r\nhello\r\n${END}`),
    seen('hello'),
  ),
  defused('chunk-size-leading-zeros', 'a size in many digits', chunked(`0000000005\r\nhello\r\n${END}`), seen('hello')),
  defused(
    'chunk-size-upper-case',
    'hexadecimal digits in capitals',
    chunked(`A\r\n0123456789\r\n${END}`),
    seen('0123456789'),
  ),
  defused(
    'chunks-of-one-byte',
    'a thousand chunks of a byte',
    chunked(`${'1\r\nx\r\n'.repeat(1000)}${END}`),
    seen('x'.repeat(1000)),
  ),
  defused(
    'chunk-holds-request',
    'a request as the content of a chunk',
    chunked(`${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n${END}`),
    seen(SMUGGLED),
  ),
  defused('chunk-holds-end', 'the end of a body as its content', chunked(`5\r\n${END}\r\n${END}`), seen(END)),
  defused(
    'chunked-get',
    'a body where some servers expect none',
    request('GET /page HTTP/1.1', ['Transfer-Encoding: chunked'], `5\r\nhello\r\n${END}`),
    { method: 'GET', target: '/page', headers: { 'Transfer-Encoding': null, 'Content-Length': '5' }, body: 'hello' },
  ),
];

/** Fields after the body: none of them counts. */
const trailers: readonly Hostile[] = [
  ['trailer-client-address', 'X-Forwarded-For: 203.0.113.7', { 'X-Forwarded-For': /^198\.18\./ }],
  ['trailer-length', 'Content-Length: 0', {}],
  ['trailer-coding', 'Transfer-Encoding: identity', {}],
  ['trailer-host', 'Host: evil.example', { Host: 'ums.example.com' }],
  ['trailer-authorization', 'Authorization: Bearer stolen', { Authorization: null }],
  ['trailer-cookie', 'Cookie: session=stolen', { Cookie: null }],
  ['trailer-request-line', 'GET /smuggled HTTP/1.1', {}],
].map(([id, line, headers]) =>
  defused(
    String(id),
    `a field after the body that counts as none: ${line}`,
    chunked(`5\r\nhello\r\n0\r\n${line}\r\n\r\n`),
    seen('hello', headers),
  ),
);

const unfinished: readonly Hostile[] = [
  {
    ...refused('chunks-never-end', 'a body that never comes whole: nothing of it reaches the app', [
      chunked('5\r\nhello\r\n'),
      { halfClose: true },
    ]),
    answers: [],
  },
  {
    ...refused('chunk-cut-off', 'a chunk that never comes whole', [chunked('ff\r\nhello'), { halfClose: true }]),
    answers: [],
  },
  refused('chunk-size-63-bit', 'a chunk larger than any body may be', chunked('7ffffffffffffff0\r\nhello\r\n'), 400),
  {
    id: 'chunks-then-request',
    why: 'what follows the last chunk is a request of its own, and fenced',
    send: [chunked(`5\r\nhello\r\n${END}${SMUGGLED}`)],
    answers: [{ status: 200 }, { status: 404 }],
    connection: 'open',
    app: [seen('hello')],
  },
  {
    id: 'chunks-then-garbage',
    why: 'what follows the last chunk is no request',
    send: [chunked(`5\r\nhello\r\n${END}5\r\nhello\r\n${END}`)],
    answers: [{ status: 200 }, { status: 400 }],
    connection: 'closed',
    app: [seen('hello')],
  },
];

/**
 * A lone line feed after a size or a chunk. nginx 1.22 takes it for a line end, as RFC 9112 allows for lines of the
 * head; 1.30 refuses it. The app never sees one: it gets the body with its length.
 */
const bareLineFeeds: readonly Hostile[] = [
  defused('chunk-size-bare-lf', 'a size that ends in a line feed alone', chunked(`5\nhello\r\n${END}`), seen('hello')),
  defused('chunk-end-bare-lf', 'a chunk that ends in a line feed alone', chunked(`5\r\nhello\n${END}`), seen('hello')),
  defused(
    'chunk-extension-bare-lf',
    'an extension that ends in a line feed alone',
    chunked(`5;a\nhello\r\n${END}`),
    seen('hello'),
  ),
  defused(
    'last-chunk-bare-lf',
    'a last chunk that ends in line feeds alone',
    chunked('5\r\nhello\r\n0\n\n'),
    seen('hello'),
  ),
].map((each) => orRefused(each));

export const cases: readonly Hostile[] = [...malformed, ...normalised, ...trailers, ...unfinished, ...bareLineFeeds];
