import { bare, CLIENT, defused, denied, HOST, type Hostile, refused, request } from '../case';

const get = (target: string, headers: readonly string[] = []): string => request(`GET ${target} HTTP/1.1`, headers);

/** The admins' pages from a network that isn't named, in every spelling that an app could take for them. */
const spellings: readonly Hostile[] = [
  ['plain', '/admin/'],
  ['without-slash', '/admin'],
  ['below', '/admin/users/1/delete'],
  ['query', '/admin/?next=/'],
  ['query-without-slash', '/admin?x=1'],
  ['letter-encoded', '/%61dmin/'],
  ['all-encoded', '/%61%64%6d%69%6e/'],
  ['slash-encoded', '/admin%2f'],
  ['slash-encoded-below', '/admin%2Fusers'],
  ['leading-slash-encoded', '/%2fadmin/'],
  ['doubled-slash', '//admin/'],
  ['doubled-slash-behind', '/admin//'],
  ['many-slashes', '////admin////users'],
  ['upper-case', '/ADMIN/'],
  ['mixed-case', '/Admin/users'],
  ['mixed-case-encoded', '/%41dmin/'],
  ['parameter', '/admin;x=1/'],
  ['parameter-behind', '/admin/;x=1'],
  ['parameter-without-slash', '/admin;'],
  ['parameter-encoded', '/admin%3b/'],
  ['trailing-dot', '/admin./'],
  ['trailing-dot-without-slash', '/admin.'],
  ['trailing-space', '/admin%20/'],
  ['trailing-space-without-slash', '/admin%20'],
  ['ending-added-below', '/admin/users.css'],
  ['absolute-form', `http://${HOST}/admin/`],
  ['absolute-form-other-host', 'http://other.example/admin/'],
  ['absolute-form-upper-case', `HTTP://${HOST}/admin/`],
  ['absolute-form-doubled', `http://${HOST}//admin/`],
].map(([id = '', target = '']) =>
  denied(
    `admin-${id}`,
    `the admins' pages from elsewhere: ${target}`,
    get(target),
    target.includes('other.example') ? 421 : 403,
  ),
);

/** Steps up and down, backslashes and control characters: refused, since servers disagree on where they lead. */
const ambiguous: readonly Hostile[] = [
  ['dot-segment', '/./admin/'],
  ['dot-segment-behind', '/admin/./users'],
  ['parent-segment', '/page/../admin/'],
  ['parent-encoded', '/page/%2e%2e/admin/'],
  ['parent-slash-encoded', '/page/..%2fadmin/'],
  ['parent-all-encoded', '/page%2f..%2fadmin%2f'],
  ['parent-behind', '/admin/x/../users'],
  ['out-of-static', '/static/../admin/'],
  ['out-of-static-encoded', '/static/..%2fadmin/'],
  ['out-of-health', '/health/../admin/'],
  ['out-of-well-known', '/.well-known/../admin/'],
  ['out-of-login', '/api/auth/login/../../../admin/'],
  ['trailing-tab', '/admin%09/'],
  ['trailing-line-feed', '/admin%0a'],
  ['trailing-carriage-return', '/admin%0d/'],
  ['leading-line-feed', '/%0aadmin/'],
  ['backslash', '/admin\\users'],
  ['backslash-encoded', '/admin%5cusers'],
  ['backslash-leading', '/\\admin/'],
  ['backslash-leading-encoded', '/%5cadmin/'],
  ['backslash-parent', '/page/..\\admin/'],
  ['parent-parameter', '/page/..;/admin/'],
].map(([id = '', target = '']) =>
  refused(`admin-${id}`, `the admins' pages by a path of two meanings: ${target}`, get(target)),
);

/** Other addresses for whoever decodes once, as WSGI servers do: no admin page, so that the app may answer. */
const others: readonly Hostile[] = [
  ['parameter-before', '/;x=1/admin/'],
  ['leading-space', '/%20admin/'],
  ['twice-encoded-letter', '/%2561dmin/'],
  ['twice-encoded-slash', '/admin%252fusers'],
  ['twice-encoded-parent', '/page/%252e%252e/admin/'],
  ['question-mark-encoded', '/admin%3fx'],
  ['number-sign-encoded', '/admin%23x'],
  ['ending-added', '/admin.json'],
].map(([id = '', target = '']) =>
  defused(
    `admin-${id}`,
    `not the admins' page, however much it looks like it: passed on as it came: ${target}`,
    get(target),
    { method: 'GET', target },
  ),
);

/** Who the client says it is doesn't count. */
const claims: readonly Hostile[] = [
  ['chain', `X-Forwarded-For: 203.0.113.7, ${CLIENT}`],
  ['chain-two-lines', `X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: ${CLIENT}`],
  ['real-ip', `X-Real-IP: 203.0.113.7\r\nX-Forwarded-For: ${CLIENT}`],
  ['forwarded', `Forwarded: for=203.0.113.7\r\nX-Forwarded-For: ${CLIENT}`],
  ['client-ip', `True-Client-IP: 203.0.113.7\r\nX-Forwarded-For: ${CLIENT}`],
  ['underscore', `X_Forwarded_For: 203.0.113.7\r\nX-Forwarded-For: ${CLIENT}`],
  ['named-hop', `Connection: X-Forwarded-For\r\nX-Forwarded-For: ${CLIENT}`],
  ['authorization', `Authorization: Basic YWRtaW46YWRtaW4=\r\nX-Forwarded-For: ${CLIENT}`],
  ['cookie', `Cookie: admin=1\r\nX-Forwarded-For: ${CLIENT}`],
  ['referrer', `Referer: https://${HOST}/admin/\r\nX-Forwarded-For: ${CLIENT}`],
  ['origin', `Origin: https://portal.example.com\r\nX-Forwarded-For: ${CLIENT}`],
].map(([id = '', lines = '']) =>
  denied(
    `admin-by-${id}`,
    "the admins' pages by a claim about the client",
    bare('GET /admin/ HTTP/1.1', [`Host: ${HOST}`, lines]),
    403,
  ),
);

const methods: readonly Hostile[] = ['HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].map((method) =>
  denied(
    `admin-${method.toLowerCase()}`,
    `the admins' pages by ${method}`,
    request(`${method} /admin/ HTTP/1.1`, ['POST', 'PUT', 'PATCH'].includes(method) ? ['Content-Length: 0'] : []),
    403,
  ),
);

/** The preflight of a named origin says nothing about the page. */
const preflight = denied(
  'admin-preflight',
  "the admins' pages by a preflight of a named origin",
  request('OPTIONS /admin/ HTTP/1.1', ['Origin: https://portal.example.com', 'Access-Control-Request-Method: POST']),
  403,
);

const nonsense: readonly Hostile[] = [
  refused('admin-nul', 'a NUL behind the name', get('/admin%00/')),
  refused('admin-nul-raw', 'a NUL behind the name', get('/admin\0/')),
  refused('admin-above-root', 'above the root', get('/../admin/')),
  refused('admin-tab', 'a tab in the request line', get('/admin\t/')),
];

export const cases: readonly Hostile[] = [
  ...spellings,
  ...ambiguous,
  ...others,
  ...claims,
  ...methods,
  preflight,
  ...nonsense,
];
