import { bare, CLIENT, defused, HOST, type Hostile, refused, request, SMUGGLED } from '../case';

/** A request line alone, as before there were headers. The answer has none either, and comes from the stranger's server. */
const ancient: readonly Hostile[] = ['/', '/.env', '/admin/', '/static/app.css', '/health', `http://${HOST}/page`].map(
  (target, index) => ({
    id: `http-0.9-${index + 1}`,
    why: `HTTP/0.9 knows no Host, so that fences by name would be passed: ${target}`,
    send: [`GET ${target}\r\n`],
    answers: [],
    bare: /^(?!HTTP)/,
    connection: 'closed',
    app: [],
  }),
);

const versions: readonly Hostile[] = [
  ['version-0.9', 'HTTP/0.9', 400],
  ['version-2.0', 'HTTP/2.0', 505],
  ['version-2', 'HTTP/2', 505],
  ['version-3.0', 'HTTP/3.0', 505],
  ['version-lower-case', 'http/1.1', 400],
  ['version-no-minor', 'HTTP/1.', 400],
  ['version-no-point', 'HTTP/11', 505],
  ['version-letters', 'HTTP/1.1x', 400],
  ['version-other-protocol', 'ICAP/1.0', 400],
  ['version-rtsp', 'RTSP/1.0', 400],
  ['version-two-words', 'HTTP/1.1 HTTP/1.1', 400],
  ['version-inner-space', 'HTTP/ 1.1', 400],
  ['version-minus', 'HTTP/-1.1', 400],
  ['version-1000', 'HTTP/1.1000', 400],
].map(([id, version, status]) =>
  refused(String(id), `a version that isn't ours: ${version}`, request(`GET /page ${version}`), Number(status)),
);

/** Other protocols spoken to an HTTP port. */
const languages: readonly Hostile[] = [
  refused('http2-preface', 'HTTP/2 without having been chosen', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  refused(
    'http2-preface-then-request',
    'HTTP/2 without having been chosen, and a request behind it',
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SMUGGLED}`,
  ),
  refused(
    'proxy-protocol',
    'a client address in a line before the request',
    `PROXY TCP4 203.0.113.7 10.0.0.1 40000 443\r\n${request('GET /page HTTP/1.1')}`,
  ),
  refused(
    'proxy-protocol-2',
    'the same in its binary form',
    `\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x07\x0a\0\0\x01\x9c\x40\x01\xbb${request('GET /page HTTP/1.1')}`,
  ),
  refused('tls-inside-tls', 'a handshake where a request belongs', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'),
  refused('redis-command', 'commands for a cache', '*1\r\n$8\r\nFLUSHALL\r\n'),
  refused('smtp-command', 'commands for a mail server', 'EHLO evil.example\r\nMAIL FROM:<a@evil.example>\r\n'),
  refused('ssh-banner', 'a shell', 'SSH-2.0-OpenSSH_9.6\r\n'),
  refused('null-bytes', 'nothing at all', '\0'.repeat(64)),
  { ...refused('plain-http', 'HTTP without TLS', request('GET /page HTTP/1.1')), plain: true },
  { ...refused('plain-http-fenced', 'HTTP without TLS', request('GET /admin/ HTTP/1.1')), plain: true },
  {
    id: 'status-line',
    why: 'a response where a request belongs',
    send: ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    answers: [{ status: 400 }],
    connection: 'closed',
    app: [],
  },
];

const upgrade = (...headers: string[]): string => request('GET /page HTTP/1.1', headers);
const page = { method: 'GET', target: '/page' };

/** Wishes to speak something else, through which later bytes would pass unread. */
const upgrades: readonly Hostile[] = [
  defused(
    'upgrade-h2c',
    'HTTP/2 to the app, past every fence',
    upgrade('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'),
    { ...page, headers: { Upgrade: null } },
  ),
  defused(
    'upgrade-h2c-case',
    'the same in other letters',
    upgrade('connection: UPGRADE', 'upgrade: H2C', 'HTTP2-Settings: AAMAAABk'),
    { ...page, headers: { Upgrade: null } },
  ),
  defused('upgrade-tls', 'TLS inside the connection to the app', upgrade('Connection: Upgrade', 'Upgrade: TLS/1.0'), {
    ...page,
    headers: { Upgrade: null },
  }),
  defused('upgrade-list', 'several protocols at once', upgrade('Connection: Upgrade', 'Upgrade: h2c, websocket'), {
    ...page,
    headers: { Upgrade: null },
  }),
  defused('upgrade-unknown', 'a protocol that nobody knows', upgrade('Connection: Upgrade', 'Upgrade: tunnel'), {
    ...page,
    headers: { Upgrade: null },
  }),
  defused('upgrade-without-connection', 'Upgrade without Connection', upgrade('Upgrade: h2c'), {
    ...page,
    headers: { Upgrade: null },
  }),
  defused(
    'http2-settings-alone',
    'settings of a protocol that was not asked for',
    upgrade('HTTP2-Settings: AAMAAABk'),
    page,
  ),
  {
    id: 'upgrade-h2c-then-request',
    why: 'bytes behind an upgrade that never happened are a request, and fenced',
    send: [upgrade('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk') + SMUGGLED],
    answers: [{ status: 200 }, { status: 404 }],
    connection: 'open',
    app: [page],
  },
  {
    id: 'upgrade-websocket-refused-then-request',
    why: 'the app did not switch protocols, so what follows is a request, and fenced',
    send: [
      upgrade(
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 777',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ) + SMUGGLED,
    ],
    answers: [{ status: 200 }, { status: 404 }],
    connection: 'open',
    app: [page],
  },
];

const body = 'Content-Length: 5';
const post = (...headers: string[]): string => request('POST /submit HTTP/1.1', headers, 'hello');
const submitted = { method: 'POST', target: '/submit', headers: { Expect: null }, body: 'hello' };

/** Expectations, which make some servers answer early and read the body as the next request. */
const expectations: readonly Hostile[] = [
  defused('expect-unknown', 'an expectation that nobody knows', post(body, 'Expect: 200-ok'), submitted),
  defused('expect-prefixed', 'an expectation with a word before it', post(body, 'Expect: y 100-continue'), submitted),
  defused('expect-upper-case', 'the body comes without waiting', post(body, 'EXPECT: 100-CONTINUE'), submitted),
  defused('expect-list', 'the same expectation twice', post(body, 'Expect: 100-continue, 100-continue'), submitted),
  defused('expect-not-waited-for', 'the body comes without waiting', post(body, 'Expect: 100-continue'), submitted),
  defused('expect-on-get', 'an expectation without a body', request('GET /page HTTP/1.1', ['Expect: 100-continue']), {
    ...page,
    headers: { Expect: null },
  }),
  {
    id: 'expect-zero-then-request',
    why: 'no body, and a request behind it, which is fenced',
    send: [request('POST /submit HTTP/1.1', ['Content-Length: 0', 'Expect: 100-continue']) + SMUGGLED],
    answers: [{ status: 200 }, { status: 404 }],
    connection: 'open',
    app: [{ method: 'POST', target: '/submit', body: '' }],
  },
  refused(
    'expect-oversize',
    'a body that is refused before it is sent',
    request('POST /submit HTTP/1.1', ['Content-Length: 999999999', 'Expect: 100-continue']),
    413,
  ),
];

/** HTTP/1.0, which has neither Host nor kept connections of its own. */
const old: readonly Hostile[] = [
  {
    ...refused(
      'http-1.0-no-host',
      'no Host: nobody knows whom it is for',
      bare('GET /page HTTP/1.0', [`X-Forwarded-For: ${CLIENT}`]),
      421,
    ),
  },
  { ...refused('http-1.0-fenced', 'the fence stands in every version', request('GET /.env HTTP/1.0'), 404) },
  { ...refused('http-1.0-admin', 'the fence stands in every version', request('GET /admin/ HTTP/1.0'), 403) },
  {
    ...defused(
      'http-1.0-pipelined',
      'a second request where there is none in this version',
      request('GET /page HTTP/1.0') + SMUGGLED,
      page,
    ),
    connection: 'closed',
  },
];

export const cases: readonly Hostile[] = [...ancient, ...versions, ...languages, ...upgrades, ...expectations, ...old];
