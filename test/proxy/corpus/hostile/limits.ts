import { bare, CLIENT, HOST, type Hostile, request, type Seen } from '../case';

const LOGINS = 5;
const WRITES = 10;
const BODY = 'user=a&password=b';

const login = (target: string, headers: readonly string[] = []): string =>
  request(`POST ${target} HTTP/1.1`, [`Content-Length: ${BODY.length}`, ...headers], BODY);

/** More requests than the limit on one connection, of which only the first may reach the app. */
function limited(
  id: string,
  why: string,
  requests: readonly { target: string; bytes: string; method?: string }[],
  allowed: number,
): Hostile {
  return {
    id: `limit-${id}`,
    why,
    send: [requests.map(({ bytes }) => bytes).join('')],
    answers: requests.map((_, index) => ({
      status: index < allowed ? 200 : 429,
      ...(index < allowed ? {} : { headers: { 'Retry-After': /^\d+$/ } }),
    })),
    connection: 'open',
    app: requests.slice(0, allowed).map(({ target, method = 'POST' }): Seen => ({ method, target })),
  };
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const PATH = '/api/auth/login';
const same = (headers: (index: number) => readonly string[]) =>
  times(8, (index) => ({ target: PATH, bytes: login(PATH, headers(index)) }));
const spelled = (targets: readonly string[]) => targets.map((target) => ({ target, bytes: login(target) }));

const logins: readonly Hostile[] = [
  limited(
    'login',
    'passwords guessed one after the other',
    same(() => []),
    LOGINS,
  ),
  limited(
    'login-agents',
    'each time as another browser',
    same((index) => [`User-Agent: agent-${index}`]),
    LOGINS,
  ),
  limited(
    'login-cookies',
    'each time in another session',
    same((index) => [`Cookie: session=${index}`]),
    LOGINS,
  ),
  limited(
    'login-real-ip',
    "each time from another address, by the client's own word",
    same((index) => [`X-Real-IP: 192.0.2.${index}`]),
    LOGINS,
  ),
  limited(
    'login-forwarded',
    "each time from another address, by the client's own word",
    same((index) => [`Forwarded: for=192.0.2.${index}`]),
    LOGINS,
  ),
  limited(
    'login-chain',
    "each time from another address before the load balancer's",
    times(8, (index) => ({
      target: PATH,
      bytes: bare(
        `POST ${PATH} HTTP/1.1`,
        [`Host: ${HOST}`, `X-Forwarded-For: 192.0.2.${index}, ${CLIENT}`, `Content-Length: ${BODY.length}`],
        BODY,
      ),
    })),
    LOGINS,
  ),
  limited(
    'login-override',
    'each time said to be another method',
    same(() => ['X-HTTP-Method-Override: GET']),
    LOGINS,
  ),
  limited(
    'login-queries',
    'each time with another query',
    spelled(times(8, (index) => `${PATH}?try=${index}`)),
    LOGINS,
  ),
  limited(
    'login-slashes',
    'doubled slashes',
    spelled([
      '//api/auth/login',
      '/api//auth/login',
      '/api/auth//login',
      '///api/auth/login',
      '//api//auth//login',
      '/api///auth/login',
      '/api/auth///login',
      '////api/auth/login',
    ]),
    LOGINS,
  ),
  limited(
    'login-escapes',
    'encoded letters',
    spelled([
      '/api/auth/%6cogin',
      '/api/auth/l%6fgin',
      '/%61pi/auth/login',
      '/api/%61uth/login',
      '/api/auth/logi%6e',
      '/api/auth/%6c%6f%67%69%6e',
      '/api%2fauth%2flogin',
      '/api/auth%2Flogin',
    ]),
    LOGINS,
  ),
  limited(
    'login-trailing-slash',
    'a slash behind it, or several',
    spelled([`${PATH}/`, PATH, `${PATH}//`, PATH, `${PATH}///`, PATH, `${PATH}/`, PATH]),
    LOGINS,
  ),
  limited(
    'login-case',
    'other letters, for an app that folds case',
    spelled([
      '/API/AUTH/LOGIN',
      '/Api/Auth/Login',
      '/api/auth/LOGIN',
      '/api/Auth/login',
      '/aPI/auth/login',
      '/api/auth/logiN',
      PATH,
      '/api/auth/Login',
    ]),
    LOGINS,
  ),
  limited(
    'login-parameters',
    'path parameters, for an app that drops them',
    spelled([
      `${PATH};a`,
      `${PATH};b`,
      `${PATH};c=1`,
      `${PATH};d=2`,
      `${PATH}/;e`,
      `${PATH};`,
      `${PATH}%3b`,
      `${PATH};/`,
    ]),
    LOGINS,
  ),
  limited(
    'login-blanks',
    'blanks and dots behind it, for an app that trims',
    spelled([
      `${PATH}%20`,
      `${PATH}%20%20`,
      `${PATH}.`,
      `${PATH}..`,
      `${PATH}%2e`,
      `${PATH}. .`.replaceAll(' ', '%20'),
      `${PATH}%20.`,
      `${PATH}%20/`,
    ]),
    LOGINS,
  ),
  limited(
    'login-absolute',
    'whole addresses as targets: the app gets their path',
    ['', '/', '?x', '', '/', '?y', '', '?z'].map((end) => ({
      target: `${PATH}${end}`,
      bytes: login(`http://${HOST}${PATH}${end}`),
    })),
    LOGINS,
  ),
  limited(
    'login-put',
    'another method',
    times(8, () => ({ method: 'PUT', target: PATH, bytes: login(PATH).replace('POST', 'PUT') })),
    LOGINS,
  ),
];

const write = (method: string, target: string, headers: readonly string[] = []) => ({
  method,
  target,
  bytes: request(
    `${method} ${target} HTTP/1.1`,
    ['Content-Length: 2', 'Content-Type: application/json', ...headers],
    '{}',
  ),
});
const writes: readonly Hostile[] = [
  limited(
    'writes',
    'more writes than a person makes',
    times(14, () => write('POST', '/api/items')),
    WRITES,
  ),
  limited(
    'writes-methods',
    'by every method that writes',
    times(14, (index) => write(['POST', 'PUT', 'PATCH', 'DELETE'][index % 4] ?? '', '/api/items/1')),
    WRITES,
  ),
  limited(
    'writes-targets',
    'each to another address',
    times(14, (index) => write('POST', `/api/items/${index}`)),
    WRITES,
  ),
  limited(
    'writes-slashes',
    'doubled slashes',
    times(14, (index) => write('POST', `/${'/'.repeat(index)}api/items`)),
    WRITES,
  ),
  limited(
    'writes-case',
    'other letters, for an app that folds case',
    times(14, (index) => write('POST', index % 2 ? '/API/items' : '/Api/items')),
    WRITES,
  ),
  limited(
    'writes-escapes',
    'encoded letters',
    times(14, (index) => write('POST', index % 2 ? '/%61pi/items' : '/api%2fitems')),
    WRITES,
  ),
  limited(
    'writes-override',
    'said to be reads',
    times(14, () => write('POST', '/api/items', ['X-HTTP-Method-Override: GET'])),
    WRITES,
  ),
  limited(
    'writes-chain',
    "each time from another address before the load balancer's",
    times(14, (index) => ({
      target: '/api/items',
      bytes: bare(
        'POST /api/items HTTP/1.1',
        [`Host: ${HOST}`, `X-Forwarded-For: 192.0.2.${index}, ${CLIENT}`, 'Content-Length: 2'],
        '{}',
      ),
    })),
    WRITES,
  ),
];

export const cases: readonly Hostile[] = [...logins, ...writes];
