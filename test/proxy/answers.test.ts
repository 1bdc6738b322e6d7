import { gunzipSync } from 'node:zlib';
import { environmentOf } from '../support/environments';
import { Http1Client, Http2Client, type Response } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';
import { SECURITY, security, WIDENED } from '../support/nginx/security-headers';

const PORTAL = 'https://portal.example.com';
const environment = environmentOf('production', {
  app: {
    corsOrigins: [PORTAL, 'https://second.example.com:8443'],
    staticFiles: [{ path: '/static/', folder: '/app/static' }],
    contentSecurityPolicy: WIDENED,
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
    app.says(200, {
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
    app.says(200, { Vary: 'Accept, Origin' });
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
  beforeEach(() => app.says(200, { 'Content-Type': 'text/html' }, long));

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
    app.says(500, { 'Content-Type': 'text/html' }, 'Traceback');
    const response = await http1.get('/', { Cookie: 'session=abc' });
    expect([response.status, response.text.includes('Traceback')]).toEqual([500, false]);
    expect(security(response)).toEqual(SECURITY);
    app.says(200, { 'Set-Cookie': 'a=1' });
    expect((await http1.get('/', { Cookie: 'session=abc' })).header('Set-Cookie')).toMatch(/secure/i);
  });

  it('is always for static files, and for JSON but not for images', async () => {
    expect(await encoding('/static/app.css', { Cookie: 'session=abc' })).toBe('gzip');
    app.says(200, { 'Content-Type': 'application/json' }, JSON.stringify(long));
    expect(await encoding('/api/users', {})).toBe('gzip');
    app.says(200, { 'Content-Type': 'image/png' }, long);
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
    app.says(200, { 'Cache-Control': 'public, max-age=60' });
    expect((await http1.get('/')).header('Cache-Control')).toBe('public, max-age=60');
    app.says(404, {});
    expect((await http1.get('/')).header('Cache-Control')).toBe('no-store');
  });

  it('that are 4xx pass unchanged, redirects and 503 too', async () => {
    for (const status of [302, 400, 401, 403, 404, 405, 409, 410, 415, 422, 428, 429, 431, 503]) {
      const body = `{"field":"the app's own ${status}"}`;
      app.says(status, { 'Content-Type': 'application/json', Location: '/next', RateLimit: '"app";r=0;t=3' }, body);
      const response = await http1.get('/api/users');
      expect([response.status, response.text]).toEqual([status, body]);
      expect([response.header('Location'), response.header('RateLimit')]).toEqual(['/next', '"app";r=0;t=3']);
    }
  });

  it.each([500, 501, 504, 505, 507, 511])('that are %d give way to our page', async (status) => {
    app.says(status, { 'Content-Type': 'text/html', 'Cache-Control': 'public' }, 'Traceback (most recent call last)');
    for (const path of ['/page', '/api/users']) {
      const response = await http1.get(path);
      expect([response.status, response.header('Cache-Control')]).toEqual([status, 'no-store']);
      expect(response.text).not.toContain('Traceback');
      expect(await proxy.logged(response)).toMatchObject({ path, status, app_status: status });
    }
  });

  it('steer nginx in no way', async () => {
    app.says(200, { 'X-Accel-Redirect': '/static/app.css' }, 'own');
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
