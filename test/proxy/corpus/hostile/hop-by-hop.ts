import { defused, HOST, type Hostile, request, type Seen } from '../case';

const GET = 'GET /page HTTP/1.1';
const OURS = /^198\.18\.\d+\.\d+$/;
const seen = (headers: Seen['headers'] = {}): Seen => ({
  method: 'GET',
  target: '/page',
  headers: {
    Host: HOST,
    'X-Forwarded-For': OURS,
    'X-Real-IP': OURS,
    'X-Forwarded-Proto': 'https',
    'X-Request-ID': /^[0-9a-f]{32}$/,
    ...headers,
  },
});

/** Connection names headers for the next hop to drop; it must not make it drop what the proxy itself says. */
const named: readonly Hostile[] = [
  'X-Forwarded-For',
  'X-Real-IP',
  'X-Forwarded-Proto',
  'X-Forwarded-Host',
  'Host',
  'X-Request-ID',
  'Content-Length',
  'Content-Type',
  'x-forwarded-for, x-real-ip, host',
  'Connection',
  ',,,',
].map((names, index) =>
  defused(
    `connection-names-${index + 1}`,
    `Connection would have the next hop drop: ${names}`,
    request(GET, [`Connection: keep-alive, ${names}`]),
    seen({ Connection: null }),
  ),
);

/** What the client says of a credential is passed on, though Connection asks to drop it. */
const credentials: readonly Hostile[] = [
  ['Authorization', 'Bearer token'],
  ['Cookie', 'session=one'],
].map(([name = '', value = '']) =>
  defused(
    `connection-names-${name.toLowerCase()}`,
    'a credential that would be lost on the way',
    request(GET, [`Connection: keep-alive, ${name}`, `${name}: ${value}`]),
    seen({ Connection: null, [name]: value }),
  ),
);

/** Headers that concern one connection only. */
const own: readonly Hostile[] = [
  ['keep-alive', 'Keep-Alive: timeout=3600, max=100000', 'Keep-Alive'],
  ['proxy-connection', 'Proxy-Connection: close', 'Proxy-Connection'],
  ['te', 'TE: trailers, chunked', 'TE'],
  ['trailer', 'Trailer: X-Forwarded-For', 'Trailer'],
  ['proxy-authorization', 'Proxy-Authorization: Basic YTpi', 'Proxy-Authorization'],
].map(([id = '', line = '', name = '']) =>
  defused(
    `hop-${id}`,
    'a header for one connection, which is not the one to the app',
    request(GET, [line]),
    seen({ [name]: null, Connection: null }),
  ),
);

export const cases: readonly Hostile[] = [
  ...named,
  ...credentials,
  ...own,
  {
    ...defused(
      'connection-close',
      'the client ends its connection, and the one to the app stays',
      request(GET, ['Connection: close, X-Real-IP']),
      seen({ Connection: null }),
    ),
    connection: 'closed',
  },
  {
    ...defused(
      'connection-close-upper-case',
      'the same in other letters',
      request(GET, ['CONNECTION: CLOSE']),
      seen({ Connection: null }),
    ),
    connection: 'closed',
  },
];
