import { type Hostile, refused, request } from '../case';

const KIB = 1024;
/** Production takes bodies of 8 KiB, which is what the firewall reads of one. */
const BODY_KIB = 8;
const long = 'a'.repeat(40 * KIB);
const get = (target: string, headers: readonly string[] = []): string => request(`GET ${target} HTTP/1.1`, headers);
const tooLarge = BODY_KIB * KIB + 1;

const uris: readonly Hostile[] = [
  refused('uri-path', 'a path of 40 kB', get(`/${long}`), 414),
  refused('uri-query', 'a query of 40 kB', get(`/page?${long}`), 414),
  refused('uri-segments', 'ten thousand segments', get(`/${'a/'.repeat(10_000)}`), 414),
  refused('uri-escapes', 'a path of escapes', get(`/${'%61'.repeat(10_000)}`), 414),
  refused('uri-absolute', 'a whole address of 40 kB', get(`http://ums.example.com/${long}`), 414),
  refused('uri-host', 'a host of 40 kB in the target', get(`http://${long}/`), 414),
  refused('uri-never-ends', 'a request line without its end', [`GET /${long}`], 414),
];

const headers: readonly Hostile[] = [
  refused('header-one', 'a header of 40 kB', get('/page', [`X-Long: ${long}`]), 431),
  refused('header-name', 'a name of 40 kB', get('/page', [`X-${long}: a`]), 431),
  refused('header-cookie', 'a cookie of 40 kB', get('/page', [`Cookie: a=${long}`]), 431),
  refused('header-authorization', 'a token of 40 kB', get('/page', [`Authorization: Bearer ${long}`]), 431),
  refused('header-referrer', 'a referrer of 40 kB', get('/page', [`Referer: https://a.example/${long}`]), 431),
  refused(
    'header-many',
    'ten thousand headers',
    get(
      '/page',
      Array.from({ length: 10_000 }, (_, index) => `X-${index}: a`),
    ),
    431,
  ),
  refused(
    'header-many-empty',
    'ten thousand headers without a value',
    get(
      '/page',
      Array.from({ length: 10_000 }, (_, index) => `X-${index}:`),
    ),
    431,
  ),
  refused(
    'header-many-same',
    'ten thousand times the same header',
    get(
      '/page',
      Array.from({ length: 10_000 }, () => 'X-A: b'),
    ),
    431,
  ),
  refused(
    'header-many-cookies',
    'five thousand cookie headers',
    get(
      '/page',
      Array.from({ length: 5000 }, (_, index) => `Cookie: a${index}=b`),
    ),
    431,
  ),
  refused(
    'header-never-ends',
    'a header without its end',
    [`GET /page HTTP/1.1\r\nHost: ums.example.com\r\nX-Long: ${long}`],
    431,
  ),
  refused('header-host', 'a host of 40 kB', `GET /page HTTP/1.1\r\nHost: ${long}\r\n\r\n`, 431),
  refused(
    'header-forwarded-for',
    'a chain of 40 kB',
    `GET /page HTTP/1.1\r\nHost: ums.example.com\r\nX-Forwarded-For: ${'10.0.0.1, '.repeat(4000)}10.0.0.2\r\n\r\n`,
    431,
  ),
];

const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
const bodies: readonly Hostile[] = [
  refused(
    'body-told',
    'a body that says it is too large',
    request('POST /submit HTTP/1.1', [`Content-Length: ${tooLarge}`]),
    413,
  ),
  refused(
    'body-told-sent',
    'a body that is too large, and sent',
    request('POST /submit HTTP/1.1', [`Content-Length: ${tooLarge}`], 'a'.repeat(tooLarge)),
    413,
  ),
  refused('body-told-terabyte', 'a terabyte', request('PUT /submit HTTP/1.1', ['Content-Length: 1099511627776']), 413),
  refused(
    'body-told-api',
    'a body that is too large for the API',
    request('POST /api/items HTTP/1.1', [`Content-Length: ${tooLarge}`, 'Content-Type: application/json']),
    413,
  ),
  refused(
    'body-told-get',
    'a large body where none is expected',
    request('GET /page HTTP/1.1', [`Content-Length: ${tooLarge}`]),
    413,
  ),
  refused(
    'body-told-delete',
    'a large body where none is expected',
    request('DELETE /api/items/1 HTTP/1.1', [`Content-Length: ${tooLarge}`]),
    413,
  ),
  refused(
    'body-chunks',
    'a body in chunks that is too large in sum',
    request('POST /submit HTTP/1.1', ['Transfer-Encoding: chunked'], chunk.repeat(20)),
    413,
  ),
  refused(
    'body-one-chunk',
    'a chunk that is too large',
    request('POST /submit HTTP/1.1', ['Transfer-Encoding: chunked'], `${tooLarge.toString(16)}\r\na`),
    413,
  ),
  refused(
    'body-multipart',
    'a file that is too large',
    request('POST /upload HTTP/1.1', ['Content-Type: multipart/form-data; boundary=b', `Content-Length: ${tooLarge}`]),
    413,
  ),
];

export const cases: readonly Hostile[] = [...uris, ...headers, ...bodies];
