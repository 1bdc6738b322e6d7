import { bare, CLIENT, defused, HOST, type Hostile, refused, request, type Seen, SMUGGLED } from '../case';

const GET = 'GET /page HTTP/1.1';
const seen = (headers: Seen['headers'] = {}): Seen => ({ method: 'GET', target: '/page', headers });

/** Lines that parsers divide differently. */
const lines: readonly Hostile[] = [
  ['fold-space', 'X-A: b\r\n c', 'a value continued with a space (obs-fold)'],
  ['fold-tab', 'X-A: b\r\n\tc', 'a value continued with a tab (obs-fold)'],
  ['fold-hides-header', 'X-A: b\r\n X-Real-IP: 203.0.113.7', 'a header that may be a continuation'],
  ['fold-blank', 'X-A: b\r\n \r\nX-C: d', 'a line of white space that may end the head'],
  ['bare-cr-in-value', 'X-A: b\rX-Real-IP: 203.0.113.7', 'a carriage return that one side takes for a line end'],
  ['bare-cr-in-name', 'X-A\rX-B: c', 'a carriage return in a name'],
  ['nul-in-value', 'X-A: b\0c', 'a value that ends early in C'],
  ['nul-in-name', 'X-A\0B: c', 'a name that ends early in C'],
  ['space-in-name', 'X A: b', 'a name of two words'],
  ['space-before-colon', 'X-A : b', 'a name that only one side recognises'],
  ['tab-before-colon', 'X-A\t: b', 'a name that only one side recognises'],
  ['leading-space-in-name', ' X-A: b', 'a header that may be a continuation'],
  ['no-name', ': value', 'a value without a name'],
  ['colon-only', ':', 'a line of a colon'],
  ['second-request-line', 'GET /smuggled HTTP/1.1', 'a request line among the headers'],
  ['control-in-name', 'X-\x01A: b', 'a control character in a name'],
  ['delete-in-name', 'X-\x7fA: b', 'a control character in a name'],
].map(([id = '', line, why = '']) => refused(id, why, request(GET, [String(line)])));

/** The head's beginning and end. */
const heads: readonly Hostile[] = [
  refused('fold-first-line', 'the first header continues the request line', bare(GET, [` Host: ${HOST}`])),
  refused('space-before-request', 'white space before the request line', ` ${request(GET)}`),
  refused('tab-before-request', 'white space before the request line', `\t${request(GET)}`),
  refused('nul-before-request', 'a NUL before the request line', `\0${request(GET)}`),
  refused(
    'request-line-bare-cr',
    'a request line that ends in a carriage return alone',
    `GET /page HTTP/1.1\rHost: ${HOST}\r\n\r\n`,
  ),
  defused(
    'head-of-bare-line-feeds',
    'lines that end in a line feed alone, as RFC 9112 lets a server accept: told on well-formed',
    request(GET).replaceAll('\r\n', '\n'),
    seen(),
  ),
  defused(
    'value-ends-in-bare-lf',
    'one line that ends in a line feed alone: two headers for both sides',
    request(GET, ['X-A: b\nX-C: d']),
    seen({ 'X-A': 'b', 'X-C': 'd' }),
  ),
  defused(
    'bare-lf-then-client-address',
    'a client address behind a line feed: replaced like any other',
    request(GET, ['X-A: b\nX-Real-IP: 203.0.113.7']),
    seen({ 'X-A': 'b', 'X-Real-IP': /^198\.18\./ }),
  ),
  defused(
    'blank-lines-first',
    'empty lines before the request line, which RFC 9112 has servers skip',
    `\r\n\r\n${request(GET)}`,
    seen(),
  ),
  {
    id: 'bare-lf-ends-head',
    why: 'a head that ends in line feeds alone: what follows is a request, and fenced',
    send: [`GET /page HTTP/1.1\nHost: ${HOST}\nX-Forwarded-For: ${CLIENT}\n\n${SMUGGLED}`],
    answers: [{ status: 200 }, { status: 404 }],
    connection: 'open',
    app: [seen()],
  },
  refused(
    'cr-lf-cr-ends-head',
    'a head that never quite ends',
    `GET /page HTTP/1.1\r\nHost: ${HOST}\r\n\rX: y\r\n\r\n`,
  ),
];

/** Names with characters besides letters, digits and hyphens: dropped, since a WSGI environment can't tell them apart. */
const names: readonly Hostile[] = [
  ['name-underscore-for', 'X_Forwarded_For'],
  ['name-underscore-real-ip', 'X_Real_IP'],
  ['name-underscore-mixed', 'X-Forwarded_For'],
  ['name-underscore-proto', 'X_Forwarded_Proto'],
  ['name-underscore-host', 'X_Forwarded_Host'],
  ['name-underscore-cookie', '_Cookie'],
  ['name-point', 'X.Real.IP'],
  ['name-bang', 'X-Real-IP!'],
  ['name-non-ascii', 'X-R\xe9al-IP'],
  ['name-parentheses', 'X-(Real)-IP'],
  ['name-quote', '"X-Real-IP"'],
  ['name-slash', 'X/Real'],
  ['name-at', '@X-Real-IP'],
].map(([id = '', name = '']) =>
  defused(
    id,
    `a name that may become another in a WSGI environment: ${JSON.stringify(name)}`,
    request(GET, [`${name}: 203.0.113.7`]),
    seen({ [name]: null }),
  ),
);

/** Accepted by nginx, which tells them on in a form that nobody can misread. */
const tidied: readonly Hostile[] = [
  defused(
    'bare-cr-at-end',
    'two carriage returns before the line feed: one line end',
    request(GET, ['X-A: b\r']),
    seen({ 'X-A': 'b' }),
  ),
  defused('no-colon', 'a name alone: a header without a value', request(GET, ['X-A']), seen({ 'X-A': '' })),
];

/** Twins of headers that there may be only one of: the first is nginx's to judge, the others it doesn't read. */
const twins: readonly Hostile[] = [
  refused(
    'two-authorization',
    'who takes the first, who the last',
    request(GET, ['Authorization: Bearer a', 'Authorization: Bearer b']),
  ),
  refused(
    'two-if-modified-since',
    'who takes the first, who the last',
    request(GET, [
      'If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT',
      'If-Modified-Since: Sun, 02 Jan 2000 00:00:00 GMT',
    ]),
  ),
  defused(
    'two-content-type',
    'who takes the first, who the last: the app gets both, as a list that is no type',
    request(
      'POST /submit HTTP/1.1',
      ['Content-Type: text/plain', 'Content-Type: application/json', 'Content-Length: 2'],
      '{}',
    ),
    {
      method: 'POST',
      target: '/submit',
      headers: { 'Content-Type': 'text/plain, application/json' },
    },
  ),
  defused(
    'two-ranges',
    'who takes the first, who the last: the app gets both',
    request(GET, ['Range: bytes=0-1', 'Range: bytes=2-3']),
    seen({ Range: 'bytes=0-1, bytes=2-3' }),
  ),
];

export const cases: readonly Hostile[] = [...lines, ...heads, ...names, ...tidied, ...twins];
