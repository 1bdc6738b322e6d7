import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { SAMPLE_APP } from '../../lib/commands/try/flask';
import { type SampleApp, startSampleApp } from '../../lib/commands/try/sample-app';
import { environmentOf } from '../support/environments';
import { type ProxyOptions, startProxy, type TestProxy } from '../support/nginx/proxy';
import { Browser, tokenIn } from '../support/sample-app/browser';
import { flaskPython } from '../support/sample-app/flask';

/** Loopback stands for the load balancer, which adds the address that it saw as the last entry. */
const CLIENT = '198.51.100.7';
/** In the admin networks of the environment. */
const ADMIN = '203.0.113.5';

const environment = environmentOf('production', { app: { loginPaths: ['/login', '/api/auth/login'] } });
const host = environment.domain.name;
const STATIC = join(SAMPLE_APP, 'sample_app', 'static');
const STYLESHEET = readdirSync(STATIC).find((name) => name.endsWith('.css')) ?? '';

let folder: string;
let python: string;
let app: SampleApp;
let proxy: TestProxy;
const lines: string[] = [];

const startApp = () =>
  startSampleApp({ environment, server: 'flask', python, folder, onLine: (line) => lines.push(line) });
const startBefore = (behind: SampleApp, of = environment, options: Partial<ProxyOptions> = {}) =>
  startProxy(of, { app: { address: `127.0.0.1:${behind.port}` }, ...options });
const browser = (client = CLIENT, to: TestProxy = proxy) =>
  new Browser({ port: to.port, host, ca: to.certificate, headers: { 'X-Forwarded-For': client } });

beforeAll(async () => {
  python = await flaskPython();
  folder = mkdtempSync(join(tmpdir(), 'flask-tier-'));
  app = await startApp();
  proxy = await startBefore(app);
});
afterAll(async () => {
  await proxy?.remove();
  await app?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('cookies', () => {
  it('are Secure, HttpOnly and SameSite=Lax, those too that the app gave no attribute', async () => {
    const cookies = (await browser().ask('/')).headers['set-cookie'] ?? [];
    expect(cookies.map((cookie) => cookie.split('=')[0]).sort()).toEqual(['session', 'visited']);
    for (const cookie of cookies) {
      for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax']) {
        const times = cookie.split(/;\s*/).filter((each) => each.toLowerCase() === attribute.toLowerCase());
        expect({ cookie, attribute, times: times.length }).toEqual({ cookie, attribute, times: 1 });
      }
    }
  });
});

describe('a login', () => {
  it('works from the form to the sign-out, with the session and its token', async () => {
    const client = browser(ADMIN);
    const form = await client.ask('/login');
    const forged = await client.post('/login', { ...app.account });
    expect(forged.status).toBe(403);
    const login = await client.post('/login', { ...app.account, token: tokenIn(form.text) });
    expect({ status: login.status, location: login.headers.location }).toEqual({
      status: 303,
      location: `https://${host}/`,
    });
    const home = await client.ask('/');
    expect(home.text).toMatch(/operator/);
    expect((await client.ask('/admin/')).status).toBe(200);
    expect((await client.post('/logout', { token: tokenIn(home.text) })).status).toBe(303);
    expect(JSON.parse((await client.ask('/api/whoami')).text)).toMatchObject({ user: null });
  });

  it('is on record with the client that the load balancer saw and the request of the access log', async () => {
    await browser('198.51.100.20').json('/api/auth/login', app.account);
    const line = await proxy.logged(({ client, path }) => client === '198.51.100.20' && path === '/api/auth/login');
    const events = () => lines.map((each) => JSON.parse(each) as Record<string, unknown>);
    const found = () => events().find(({ event, request_id }) => event === 'login' && request_id === line.request_id);
    for (let tries = 0; tries < 100 && !found(); tries++) await sleep(20);
    expect(found()).toMatchObject({
      user: 'operator',
      ip: '198.51.100.20',
      result: 'success',
      target: '/api/auth/login',
    });
  });

  it('is limited to five a minute for each client, and for no other', async () => {
    const attempt = (client: string) => browser(client).json('/login', { name: 'operator', password: 'wrong' });
    const codes: number[] = [];
    for (let time = 0; time < 5; time++) codes.push((await attempt('198.51.100.30')).status);
    const sixth = await attempt('198.51.100.30');
    expect({ codes, sixth: sixth.status }).toEqual({ codes: [401, 401, 401, 401, 401], sixth: 429 });
    expect(Number(sixth.headers['retry-after'])).toBeGreaterThan(0);
    expect(sixth.headers.ratelimit).toMatch(/"login"/);
    expect((await attempt('198.51.100.31')).status).toBe(401);
    expect((await browser('198.51.100.30').ask('/login')).status).toBe(200);
  });
});

describe('who the client is', () => {
  it('comes through ProxyFix as the load balancer says, whatever the client puts before it', async () => {
    const claims = `127.0.0.1, ${ADMIN}, ${CLIENT}`;
    const answer = await browser(claims).ask('/api/whoami', {
      headers: {
        'X-Real-IP': ADMIN,
        Forwarded: `for=${ADMIN}`,
        'X-Forwarded-Proto': 'http',
        'X-Forwarded-Host': 'evil.example.com',
      },
    });
    expect(JSON.parse(answer.text)).toEqual({ client: CLIENT, scheme: 'https', host, user: null });
  });

  it('is the peer itself where no load balancer is trusted', async () => {
    const bare = await startBefore(app, environment, { place: { trustedPeers: [] } });
    try {
      expect(JSON.parse((await browser(ADMIN, bare).ask('/api/whoami')).text)).toMatchObject({ client: '127.0.0.1' });
    } finally {
      await bare.remove();
    }
  });

  it('decides about the admin path before the app is asked', async () => {
    expect((await browser(CLIENT).ask('/admin/')).status).toBe(403);
    expect((await browser(ADMIN).ask('/admin/')).headers.location).toBe(`https://${host}/login`);
  });
});

describe('answers of Flask', () => {
  it("redirect by https and the environment's name, Werkzeug's own redirects too", async () => {
    const answer = await browser(ADMIN).ask('/admin');
    expect({ status: answer.status, location: answer.headers.location }).toEqual({
      status: 308,
      location: `https://${host}/admin/`,
    });
  });

  it('carry each security header once', async () => {
    for (const path of ['/', '/absent', '/fail', '/api/absent', '/static/mark.svg']) {
      const { headers } = await browser().ask(path);
      expect({ path, value: headers['x-content-type-options'] }).toEqual({ path, value: 'nosniff' });
      expect({ path, value: headers['strict-transport-security'] }).toEqual({
        path,
        value: expect.stringMatching(/^max-age=\d+[^,]*$/),
      });
      expect(headers['content-security-policy']).toMatch(/^default-src 'self'[^,]*$/);
    }
  });

  it('are compressed for whoever can read it and brings no cookie', async () => {
    const client = browser();
    const gzip = { 'Accept-Encoding': 'gzip' };
    const gzipped = await client.ask(`/static/${STYLESHEET}`, { headers: gzip });
    expect(gzipped.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzipped.body)).toEqual(readFileSync(join(STATIC, STYLESHEET)));
    expect((await client.ask(`/static/${STYLESHEET}`)).headers['content-encoding']).toBeUndefined();
    await client.ask('/');
    const withCookie = await client.ask(`/static/${STYLESHEET}`, { headers: gzip });
    expect(withCookie.headers['content-encoding']).toBeUndefined();
  });
});

describe('static files', () => {
  const served = environmentOf('production', {
    app: { loginPaths: ['/login'], staticFiles: [{ path: '/static/', folder: '/app/sample_app/static' }] },
  });
  let fromDisk: TestProxy;
  beforeAll(async () => {
    const files = Object.fromEntries(
      readdirSync(STATIC).map((name) => [`static/${name}`, readFileSync(join(STATIC, name))]),
    );
    fromDisk = await startBefore(app, served, { files });
  });
  afterAll(() => fromDisk?.remove());

  it.each([
    ['the app', () => proxy],
    ['the disk', () => fromDisk],
  ])(
    'from %s are kept for ever when their name has their fingerprint, and asked for again by their tag',
    async (_, of) => {
      const first = await browser(CLIENT, of()).ask(`/static/${STYLESHEET}`);
      expect(first.status).toBe(200);
      expect(first.text).toBe(readFileSync(join(STATIC, STYLESHEET), 'utf8'));
      expect(first.headers['content-type']).toMatch(/^text\/css/);
      expect(first.headers['cache-control']).toMatch(/max-age=31536000/);
      expect(first.headers['cache-control']).toMatch(/immutable/);
      const again = await browser(CLIENT, of()).ask(`/static/${STYLESHEET}`, {
        headers: { 'If-None-Match': String(first.headers.etag) },
      });
      expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
      const other = await browser(CLIENT, of()).ask('/static/mark.svg');
      expect(other.headers['cache-control']).not.toMatch(/immutable/);
    },
  );
});

describe('the end of a copy', () => {
  it('loses no request in flight: first the proxy finishes, then gunicorn', async () => {
    const leaving = await startApp();
    const before = await startBefore(leaving);
    const answers = [1, 2, 3].map((client) => browser(`198.51.100.4${client}`, before).ask('/slow?seconds=1.5'));
    await sleep(500);
    await before.stop();
    const inTime = await leaving.stop();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect({ inTime, ended: await leaving.child.ended }).toEqual({ inTime: true, ended: { code: 0, signal: null } });
    await before.remove();
  });

  it('is a fast 503 with Retry-After for whoever still comes to its proxy', async () => {
    const gone = await startApp();
    const before = await startBefore(gone);
    try {
      expect((await browser(CLIENT, before).ask('/')).status).toBe(200);
      await gone.stop();
      const began = Date.now();
      const answer = await browser(CLIENT, before).ask('/');
      expect({ status: answer.status, retry: Number(answer.headers['retry-after']) > 0 }).toEqual({
        status: 503,
        retry: true,
      });
      expect(Date.now() - began).toBeLessThan(1_000);
    } finally {
      await before.remove();
    }
  });
});
