import { HOST, type Ordinary, passes } from '../case';

const CHROME = [
  'sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"',
  'sec-ch-ua-mobile: ?0',
  'sec-ch-ua-platform: "Windows"',
  'Upgrade-Insecure-Requests: 1',
  'User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Sec-Fetch-Site: none',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-User: ?1',
  'Sec-Fetch-Dest: document',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
];
const FIREFOX = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0',
  'Accept: text/html,*/*;q=0.8',
  'Accept-Language: fr,en;q=0.5',
  'Accept-Encoding: gzip, deflate, br',
  'DNT: 1',
  'Priority: u=0, i',
];
const SAFARI = [
  'User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  'Accept: text/html',
  'Accept-Language: de-DE',
];
const form = (body: string): string[] => [
  'Content-Type: application/x-www-form-urlencoded',
  `Content-Length: ${Buffer.byteLength(body, 'latin1')}`,
];
const FORM = 'name=J%C3%BCrgen+M%C3%BCller&text=1+%2B+1+%3D+2&agree=on';
const MULTIPART = [
  '--X-boundary-7MA4YWxk',
  'Content-Disposition: form-data; name="caption"',
  '',
  'a "picture"',
  '--X-boundary-7MA4YWxk',
  'Content-Disposition: form-data; name="file"; filename="../photo 1.png"',
  'Content-Type: image/png',
  '',
  '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xfe',
  '--X-boundary-7MA4YWxk--',
  '',
].join('\r\n');
const login = 'username=anna&password=correct+horse';

export const cases: readonly Ordinary[] = [
  passes('chrome-page', 'Chrome opens a page', 'GET / HTTP/1.1', CHROME),
  passes('firefox-page', 'Firefox opens a page', 'GET /page HTTP/1.1', FIREFOX),
  passes('safari-page', 'a telephone opens a page', 'GET /page HTTP/1.1', SAFARI),
  passes('reload', 'a page reloaded', 'GET /page HTTP/1.1', [...CHROME, 'Cache-Control: max-age=0']),
  passes('reload-forced', 'a page reloaded past every cache', 'GET /page HTTP/1.1', [
    ...CHROME,
    'Pragma: no-cache',
    'Cache-Control: no-cache',
  ]),
  passes('session-cookie', 'a page with a session', 'GET /account HTTP/1.1', [
    'Cookie: session=eyJfcGVybWFuZW50Ijp0cnVlfQ.ZyX-1A.k3J_8s; theme=dark',
  ]),
  passes('cookies-quoted', 'a cookie in quotes', 'GET /account HTTP/1.1', ['Cookie: prefs="a,b c"; _ga=GA1.2.3.4']),
  passes('cookies-large', 'three kilobytes of cookies', 'GET /account HTTP/1.1', [
    `Cookie: session=${'x'.repeat(3000)}`,
  ]),
  passes('referrer', 'a link followed', 'GET /page HTTP/1.1', [`Referer: https://${HOST}/search?q=a%20b&page=2`]),
  passes('referrer-elsewhere', 'a link from a search engine', 'GET /page HTTP/1.1', [
    'Referer: https://www.google.com/',
  ]),
  passes('conditional-etag', 'a page asked for again', 'GET /page HTTP/1.1', ['If-None-Match: "abc", W/"def"']),
  passes('conditional-date', 'a page asked for again', 'GET /page HTTP/1.1', [
    'If-Modified-Since: Wed, 21 Oct 2026 07:28:00 GMT',
  ]),
  passes('range', 'a download continued', 'GET /files/report.pdf HTTP/1.1', [
    'Range: bytes=1000-1999',
    'If-Range: "abc"',
  ]),
  passes('range-suffix', 'the end of a video', 'GET /files/film.mp4 HTTP/1.1', ['Range: bytes=-500']),
  passes('search', 'a search in a form', 'GET /search?q=caf%C3%A9+%26+bar&lang=fr&page=2 HTTP/1.1', CHROME),
  passes('form', 'a form sent', 'POST /contact HTTP/1.1', form(FORM), FORM),
  passes('form-empty', 'a button without fields', 'POST /logout HTTP/1.1', form(''), ''),
  passes(
    'form-origin',
    'a form with its origin',
    'POST /contact HTTP/1.1',
    [`Origin: https://${HOST}`, ...form(FORM)],
    FORM,
  ),
  passes(
    'form-latin-1',
    'a form in an old encoding',
    'POST /contact HTTP/1.1',
    form('name=J\xfcrgen'),
    'name=J\xfcrgen',
  ),
  passes(
    'form-large',
    'a long text, just below the limit',
    'POST /contact HTTP/1.1',
    form(`text=${'a'.repeat(8000)}`),
    `text=${'a'.repeat(8000)}`,
  ),
  passes(
    'form-exactly-8-kib',
    'a body of exactly the limit',
    'POST /contact HTTP/1.1',
    form('a'.repeat(8192)),
    'a'.repeat(8192),
  ),
  passes('login', 'a person logs in', 'POST /api/auth/login HTTP/1.1', form(login), login),
  passes('login-page', 'the login page', 'GET /api/auth/login?next=%2Faccount HTTP/1.1', CHROME),
  passes(
    'upload',
    'a file with a form',
    'POST /upload HTTP/1.1',
    ['Content-Type: multipart/form-data; boundary=X-boundary-7MA4YWxk', `Content-Length: ${MULTIPART.length}`],
    MULTIPART,
  ),
  passes(
    'fetch-json',
    'a script of the page',
    'POST /api/items HTTP/1.1',
    ['Content-Type: application/json', 'X-Requested-With: XMLHttpRequest', 'X-CSRF-Token: 5f2b', 'Content-Length: 12'],
    '{"name":"ä"}',
  ),
  passes('fetch-same-origin', 'a script of the page', 'GET /api/items?limit=10 HTTP/1.1', [
    `Origin: https://${HOST}`,
    'Sec-Fetch-Mode: cors',
    'Sec-Fetch-Site: same-origin',
  ]),
  passes('fetch-portal', 'a script of the portal', 'GET /api/items HTTP/1.1', [
    'Origin: https://portal.example.com',
    'Sec-Fetch-Site: same-site',
  ]),
  passes(
    'fetch-portal-write',
    'a script of the portal',
    'PUT /api/items/1 HTTP/1.1',
    ['Origin: https://portal.example.com', 'Content-Type: application/json', 'Content-Length: 2'],
    '{}',
  ),
  passes(
    'beacon',
    'a page that is left',
    'POST /api/beacon HTTP/1.1',
    ['Content-Type: text/plain;charset=UTF-8', 'Content-Length: 4'],
    'left',
  ),
  passes('prefetch', 'a page fetched ahead', 'GET /page HTTP/1.1', ['Sec-Purpose: prefetch', 'Purpose: prefetch']),
  passes('favicon', 'the icon', 'GET /favicon.ico HTTP/1.1', ['Accept: image/avif,image/webp,*/*']),
  passes('manifest', 'a web app', 'GET /manifest.webmanifest HTTP/1.1'),
  passes('service-worker', 'a service worker', 'GET /service-worker.js HTTP/1.1', ['Service-Worker: script']),
  passes('event-stream', 'events from the server', 'GET /events HTTP/1.1', [
    'Accept: text/event-stream',
    'Last-Event-ID: 41',
  ]),
  passes('save-data', 'a client that spares data', 'GET /page HTTP/1.1', [
    'Save-Data: on',
    'Accept-Encoding: identity',
  ]),
  passes('head', 'a link checked', 'HEAD /page HTTP/1.1'),
  passes('private-network', 'a preview', 'GET /page?preview=true&token=a.b-c_d~e HTTP/1.1'),
];
