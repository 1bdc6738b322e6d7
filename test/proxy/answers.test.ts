import { gunzipSync } from 'node:zlib';
import { environmentOf } from '../support/environments';
import { Http1Client, Http2Client, type Response } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';

const PORTAL = 'https://portal.example.com';
const environment = environmentOf('production', {
  app: {
    corsOrigins: [PORTAL, 'https://second.example.com:8443'],
    staticFiles: [{ path: '/static/', folder: '/app/static' }],
    contentSecurityPolicy: { 'img-src': ['data:'] },
  },
});
const CSS = `body { color: red }\n${'/* filler */\n'.repeat(200)}`;

let app: RecordingApp;
let proxy: TestProxy;
let http1: Http1Client;
let http2: Http2Client;
beforeAll(async () => {
  app = await startRecordingApp();
  proxy = await startProxy(environment, {
    app,
    files: {
      'static/app.css': CSS,
      'static/app.3f2a9c1b77.css': CSS,
      'static/report-20261121.txt': 'dated',
      'static/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'static/deep/er/module.mjs': 'export {}',
      'static/.env': 'SECRET=1',
      'secret.txt': 'not below a prefix',
    },
  });
  http1 = new Http1Client(proxy);
  http2 = new Http2Client(proxy);
});
beforeEach(() => app.reset());
afterAll(async () => {
  http1?.close();
  await http2?.close();
  await proxy?.remove();
  await app?.close();
});

/** From now on the app answers so. */
const appSays = (status: number, headers: Record<string, string | string[]>, body = '') =>
  app.answer((_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  });

const SECURITY = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'content-security-policy':
    "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; img-src 'self' data:",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
};
const security = (response: Response) =>
  Object.fromEntries(Object.keys(SECURITY).map((name) => [name, response.header(name)]));

describe('security headers', () => {
  it.each([
    ['of the app', '/'],
    ['of a file', '/static/app.css'],
    ['of a file that is not there', '/static/none.css'],
    ['of a blocked address', '/.git/HEAD'],
    ['of a fenced page', '/admin/'],
    ['of a bad request', '/a/%2e%2e/b'],
  ])('stand once on an answer %s', async (_what, path) => {
    for (const client of [http1, http2]) expect(security(await client.get(path))).toEqual(SECURITY);
  });

  it('stand once when the app sets its own, and on its errors', async () => {
    for (const status of [200, 301, 400, 404, 500, 503]) {
      appSays(status, {
        'Strict-Transport-Security': 'max-age=1',
        'X-Frame-Options': ['ALLOWALL', 'SAMEORIGIN'],
        'X-Content-Type-Options': 'sniff',
        'X-XSS-Protection': '0',
        'Referrer-Policy': 'unsafe-url',
        'Permissions-Policy': 'camera=*',
      });
      expect(security(await http1.get('/'))).toEqual(SECURITY);
    }
  });

  const policyBehind = async (ofApp: string): Promise<string | undefined> => {
    appSays(200, { 'Content-Security-Policy': ofApp });
    return (await http1.get('/')).header('Content-Security-Policy');
  };
  const POLICY = SECURITY['content-security-policy'];

  it("have the app's own policy behind ours, where both count and ours can't be widened", async () => {
    for (const policy of ['default-src *', "default-src 'none'", "script-src 'unsafe-inline', default-src *; x"]) {
      expect(await policyBehind(policy)).toBe(`${POLICY}, ${policy}`);
    }
    expect(await policyBehind(`script-src 'nonce-${'n'.repeat(22)}'`)).toBe(
      `${POLICY}, script-src 'nonce-${'n'.repeat(22)}'`,
    );
  });

  it('admit the nonce of each page where the environment says so', async () => {
    const nonces = environmentOf('production', { app: { contentSecurityPolicy: { 'script-src': ["'nonce'"] } } });
    const other = await startProxy(nonces, { app });
    const client = new Http1Client(other);
    const scripts = async (ofApp: string): Promise<string | undefined> => {
      appSays(200, { 'Content-Security-Policy': ofApp });
      const sent = (await client.get('/')).header('Content-Security-Policy') ?? '';
      expect(sent.endsWith(`, ${ofApp}`)).toBe(true);
      return /^[^,]*; script-src ([^;,]*), /.exec(sent)?.[1];
    };
    const nonce = "'nonce-cmFuZG9tIGFuZCBsb25n'";
    expect(await scripts(`default-src 'self'; script-src 'strict-dynamic' ${nonce}`)).toBe(`'self' ${nonce}`);
    for (const odd of ["'nonce-short'", `'nonce-${'a'.repeat(200)}'`, "'nonce-a; script-src *;aaaaaaaaaaa'", 'none']) {
      expect(await scripts(`script-src ${odd}`)).toBe("'self'");
    }
    client.close();
    await other.remove();
  });

  it('leave a page that tells other sites even less about its address', async () => {
    for (const policy of ['no-referrer', 'same-origin']) {
      appSays(200, { 'Referrer-Policy': policy });
      expect((await http1.get('/')).header('Referrer-Policy')).toBe(policy);
    }
    appSays(200, { 'Referrer-Policy': 'no-referrer, unsafe-url' });
    expect(security(await http1.get('/'))).toEqual(SECURITY);
  });

  it('come with no word about what runs here', async () => {
    appSays(200, { Server: 'gunicorn/23', 'X-Powered-By': 'Flask' });
    const response = await http1.get('/');
    expect(response.header('Server')).toBe('nginx');
    expect(response.header('X-Powered-By')).toBeUndefined();
    expect(response.header('X-Request-ID')).toBe(app.received[0]?.headers['x-request-id']);
  });
});

describe('cookies', () => {
  const flagged = async (cookie: string | string[]): Promise<string[]> => {
    appSays(200, { 'Set-Cookie': cookie });
    return ((await http1.get('/')).headers['set-cookie'] ?? []).map((each) =>
      each
        .split('; ')
        .map((part, index) => (index === 0 ? part : part.toLowerCase()))
        .join('; '),
    );
  };

  it.each([
    'session=abc',
    'session=abc; Secure; HttpOnly; SameSite=Lax',
    'session=abc; SameSite=None',
    'session=abc; secure',
    'session=abc; SameSite=Stricter',
  ])('are Secure, HttpOnly and Lax when the app says %s', async (cookie) => {
    const [given = '', ...others] = await flagged(cookie);
    expect(others).toEqual([]);
    expect(given.split('; ').sort()).toEqual(['httponly', 'samesite=lax', 'secure', 'session=abc']);
  });

  it.each([
    'session=abc; SameSite=Strict; HttpOnly',
    'session=a,b=c; Expires=Wed, 21 Oct 2037 07:28:00 GMT; samesite=STRICT',
    ' session = abc; SameSite = Strict ; Path=/',
    `session=${'a,'.repeat(200)}; SameSite=Strict`,
    `session=${'a'.repeat(8000)};${' a;'.repeat(20)} SameSite=Strict`,
  ])('stay Strict when the app says %s', async (cookie) => {
    const [given = '', ...others] = await flagged(cookie);
    expect(others).toEqual([]);
    expect(given).toMatch(/; samesite ?= ?strict/);
    expect(given).not.toMatch(/samesite=lax/);
    expect(given).toMatch(/; secure.*; httponly|; httponly.*; secure/);
  });

  it('are each Strict or not by themselves', async () => {
    const given = await flagged([
      'a=1; SameSite=Strict',
      'b=2; Path=/',
      'ab=3; Expires=Wed, 21 Oct 2037 07:28:00 GMT; SameSite=Strict',
      'c=4; SameSite=None',
    ]);
    const asked = given.map((each) => /samesite=(\w+)/.exec(each)?.[1]);
    // nginx 1.22 shows the first cookie alone: what it does not see is Lax.
    const [, minor = 0] = proxy.version.split('.').map(Number);
    expect(asked).toEqual(minor > 22 ? ['strict', 'lax', 'strict', 'lax'] : ['strict', 'lax', 'lax', 'lax']);
  });

  it('keep what else they say, each on its own line', async () => {
    const given = await flagged(['a=1; Path=/x; Max-Age=5', 'b=2; Domain=example.com']);
    expect(given).toHaveLength(2);
    expect(given[0]).toMatch(/^a=1; path=\/x; max-age=5/);
    expect(given[1]).toMatch(/^b=2; domain=example.com/);
    for (const each of given) expect(each).toMatch(/secure.*httponly.*samesite=lax/);
  });
});

describe('CORS', () => {
  const preflight = (origin: string, path = '/api/users', method = 'PUT') =>
    http1.send({ method: 'OPTIONS', path, headers: { Origin: origin, 'Access-Control-Request-Method': method } });
  const corsOf = (response: Response) =>
    Object.keys(response.headers).filter((name) => name.startsWith('access-control'));

  it('answers the preflight of a named origin without the app', async () => {
    for (const origin of environment.app.corsOrigins) {
      const response = await preflight(origin);
      expect(response.status).toBe(204);
      expect(response.header('Access-Control-Allow-Origin')).toBe(origin);
      expect(response.header('Access-Control-Allow-Methods')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
      expect(response.header('Access-Control-Allow-Headers')).toContain('Authorization, Content-Type');
      expect(response.header('Access-Control-Max-Age')).toBe('600');
      expect(response.header('Access-Control-Allow-Credentials')).toBeUndefined();
      expect(response.header('Vary')).toBe('Origin');
    }
    expect(app.received).toEqual([]);
  });

  it.each([
    'https://evil.example',
    'https://portal.example.com.evil.example',
    'https://evilportal.example.com',
    'http://portal.example.com',
    'https://portal.example.com:8443',
    'https://second.example.com',
    'https://portalxexample.com',
    'null',
  ])('refuses %s', async (origin) => {
    const response = await preflight(origin);
    expect([response.status, corsOf(response)]).toEqual([403, []]);
    expect(await proxy.logged(response)).toMatchObject({ status: 403, blocked: 'origin' });
    expect(app.received).toEqual([]);
    expect(corsOf(await http1.get('/api/users', { Origin: origin }))).toEqual([]);
  });

  it("lets a named origin read the API, in our words and not the app's", async () => {
    appSays(200, {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': '*',
      'Access-Control-Expose-Headers': '*',
      Vary: 'Cookie',
    });
    const response = await http1.get('/api/users', { Origin: PORTAL });
    expect(response.header('Access-Control-Allow-Origin')).toBe(PORTAL);
    expect(corsOf(response).sort()).toEqual(['access-control-allow-origin', 'access-control-expose-headers']);
    expect(response.headers.vary?.join().split(/, ?/).sort()).toEqual(['Cookie', 'Origin']);
    expect(corsOf(await http1.get('/page', { Origin: PORTAL }))).toEqual([]);
  });

  it('says Vary: Origin on every answer of the API, once', async () => {
    expect((await http1.get('/api/users')).header('Vary')).toBe('Origin');
    appSays(200, { Vary: 'Accept, Origin' });
    expect((await http1.get('/api/users')).header('Vary')).toBe('Accept, Origin');
    expect((await http1.get('/page')).header('Vary')).toBe('Accept, Origin');
  });

  it('shows a script of a named origin our errors too', async () => {
    const response = await http1.get('/api/.env', { Origin: PORTAL });
    expect([response.status, response.header('Access-Control-Allow-Origin')]).toEqual([404, PORTAL]);
  });

  it('leaves OPTIONS that is no preflight to the app', async () => {
    expect((await http1.send({ method: 'OPTIONS', path: '/api/users' })).status).toBe(200);
    expect((await preflight(PORTAL, '/page')).status).toBe(200);
    expect(app.received).toHaveLength(2);
  });
});

describe('compression', () => {
  const long = `<p>${'text '.repeat(1000)}`;
  const encoding = async (path: string, headers: Record<string, string>) => {
    const response = await http1.get(path, { 'Accept-Encoding': 'gzip', ...headers });
    if (response.header('Content-Encoding') === 'gzip') expect(gunzipSync(response.body).length).toBeGreaterThan(1024);
    return response.header('Content-Encoding');
  };
  beforeEach(() => appSays(200, { 'Content-Type': 'text/html' }, long));

  it('is for clients that ask, and says so to caches', async () => {
    const response = await http1.get('/', { 'Accept-Encoding': 'gzip' });
    expect(response.header('Content-Encoding')).toBe('gzip');
    expect(response.header('Vary')).toBe('Accept-Encoding');
    expect(gunzipSync(response.body).toString()).toBe(long);
    expect((await http1.get('/')).header('Content-Encoding')).toBeUndefined();
  });

  it('is not for answers to credentials that a browser adds by itself', async () => {
    expect(await encoding('/', { Cookie: 'session=abc' })).toBeUndefined();
    expect(await encoding('/', { Authorization: 'Basic YTpi' })).toBeUndefined();
    expect(await encoding('/', { Authorization: 'Bearer abc' })).toBe('gzip');
    expect(await encoding('/', { Authorization: 'Bearer abc', Cookie: 'session=abc' })).toBeUndefined();
  });

  it('keeps pages and headers where it is off', async () => {
    appSays(500, { 'Content-Type': 'text/html' }, 'Traceback');
    const response = await http1.get('/', { Cookie: 'session=abc' });
    expect([response.status, response.text.includes('Traceback')]).toEqual([500, false]);
    expect(security(response)).toEqual(SECURITY);
    appSays(200, { 'Set-Cookie': 'a=1' });
    expect((await http1.get('/', { Cookie: 'session=abc' })).header('Set-Cookie')).toMatch(/secure/i);
  });

  it('is always for static files, and for JSON but not for images', async () => {
    expect(await encoding('/static/app.css', { Cookie: 'session=abc' })).toBe('gzip');
    appSays(200, { 'Content-Type': 'application/json' }, JSON.stringify(long));
    expect(await encoding('/api/users', {})).toBe('gzip');
    appSays(200, { 'Content-Type': 'image/png' }, long);
    expect(await encoding('/logo', {})).toBeUndefined();
  });
});

describe('static files', () => {
  const YEAR = 'public, max-age=31536000, immutable';
  const HOUR = 'public, max-age=3600';

  it.each([
    ['/static/app.css', HOUR],
    ['/static/app.3f2a9c1b77.css', YEAR],
    ['/static/app.css?v=3f2a9c1b77', YEAR],
    ['/static/app.css?v=20261121', HOUR],
    ['/static/report-20261121.txt', HOUR],
    ['/static/deep/er/module.mjs', HOUR],
  ])('%s may be kept: %s', async (path, kept) => {
    const response = await http1.get(path);
    expect([response.status, response.header('Cache-Control')]).toEqual([200, kept]);
    expect(response.header('ETag')).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/);
    expect(app.received).toEqual([]);
  });

  it('have types with a charset', async () => {
    expect((await http1.get('/static/app.css')).header('Content-Type')).toBe('text/css; charset=utf-8');
    expect((await http1.get('/static/deep/er/module.mjs')).header('Content-Type')).toBe(
      'text/javascript; charset=utf-8',
    );
    expect((await http1.get('/static/logo.svg')).header('Content-Type')).toBe('image/svg+xml');
  });

  it('are asked for by ETag and by range', async () => {
    const etag = (await http1.get('/static/app.css')).header('ETag') ?? '';
    const unchanged = await http1.get('/static/app.css', { 'If-None-Match': etag });
    expect([unchanged.status, unchanged.header('Cache-Control')]).toEqual([304, HOUR]);
    const part = await http1.get('/static/app.css', { Range: 'bytes=0-3' });
    expect([part.status, part.text, part.header('Content-Range')]).toEqual([206, 'body', `bytes 0-3/${CSS.length}`]);
    const beyond = await http1.get('/static/app.css', { Range: 'bytes=999999-' });
    expect([beyond.status, beyond.headers['cache-control']?.includes('no-store')]).toEqual([416, true]);
    expect(security(beyond)).toEqual(SECURITY);
  });

  it.each([
    ['/static/none.css', 404],
    ['/static/.env', 404],
    ['/static/', 403],
    ['/static/../secret.txt', 400],
    ['/static/%2e%2e/secret.txt', 400],
    ['/static/..%2fsecret.txt', 400],
    ['/static//../secret.txt', 400],
    ['/static/../../../../etc/passwd', 400],
  ])('%s is answered with %d and nothing of the volume', async (path, status) => {
    const response = await http1.get(path);
    expect([response.status, response.header('Cache-Control')]).toEqual([status, 'no-store']);
    expect(response.text).not.toMatch(/SECRET|not below|root:/);
    expect(app.received).toEqual([]);
  });

  it('are read only, and never redirect to the port behind the load balancer', async () => {
    expect((await http1.send({ method: 'POST', path: '/static/app.css', body: 'x' })).status).toBe(405);
    const response = await http1.get('/static/deep');
    expect([response.status, response.header('Location')]).toEqual([301, '/static/deep/']);
  });
});

describe('answers of the app', () => {
  it('are kept by nobody unless the app says otherwise', async () => {
    expect((await http1.get('/')).header('Cache-Control')).toBe('no-store');
    appSays(200, { 'Cache-Control': 'public, max-age=60' });
    expect((await http1.get('/')).header('Cache-Control')).toBe('public, max-age=60');
    appSays(404, {});
    expect((await http1.get('/')).header('Cache-Control')).toBe('no-store');
  });

  it('that are 4xx pass unchanged, redirects and 503 too', async () => {
    for (const status of [302, 400, 401, 403, 404, 405, 409, 410, 415, 422, 428, 429, 431, 503]) {
      const body = `{"field":"the app's own ${status}"}`;
      appSays(status, { 'Content-Type': 'application/json', Location: '/next', RateLimit: '"app";r=0;t=3' }, body);
      const response = await http1.get('/api/users');
      expect([response.status, response.text]).toEqual([status, body]);
      expect([response.header('Location'), response.header('RateLimit')]).toEqual(['/next', '"app";r=0;t=3']);
    }
  });

  it.each([500, 501, 504, 505, 507, 511])('that are %d give way to our page', async (status) => {
    appSays(status, { 'Content-Type': 'text/html', 'Cache-Control': 'public' }, 'Traceback (most recent call last)');
    for (const path of ['/page', '/api/users']) {
      const response = await http1.get(path);
      expect([response.status, response.header('Cache-Control')]).toEqual([status, 'no-store']);
      expect(response.text).not.toContain('Traceback');
      expect(await proxy.logged(response)).toMatchObject({ path, status, app_status: status });
    }
  });

  it('steer nginx in no way', async () => {
    appSays(200, { 'X-Accel-Redirect': '/static/app.css' }, 'own');
    expect((await http1.get('/')).text).toBe('own');
  });
});

describe('error pages', () => {
  it('are JSON below the API and HTML elsewhere, with nothing internal', async () => {
    const json = await http1.get('/api/.env');
    expect(json.header('Content-Type')).toBe('application/json');
    expect(JSON.parse(json.text)).toEqual({
      status: 404,
      title: 'Not found',
      request_id: json.header('X-Request-ID'),
    });
    const html = await http1.get('/.env');
    expect(html.header('Content-Type')).toBe('text/html; charset=utf-8');
    expect(html.text).toContain('<h1>Not found</h1>');
    for (const { text } of [json, html]) expect(text).not.toMatch(/nginx|gunicorn|127\.0\.0\.1|:\d{4}/);
  });

  it('are not there when asked for by name', async () => {
    for (const path of ['/.breakwater/error-json', '/.breakwater/error-html', '/.breakwater/other']) {
      expect((await http1.get(path)).status).toBe(404);
    }
  });

  it('come without a body to HEAD', async () => {
    const response = await http1.send({ method: 'HEAD', path: '/api/.env' });
    expect([response.status, response.text]).toEqual([404, '']);
  });
});
