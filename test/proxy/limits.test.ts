import type { Environment } from '../../lib/config/schema';
import { rateLimits } from '../../lib/constructs/proxy/rate-limits';
import { environmentOf } from '../support/environments';
import { Http1Client, Http2Client, type Request, type Response } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';

const environment = environmentOf('production', {
  app: { loginPaths: ['/login', '/api/auth/login'], staticFiles: [{ path: '/static/', folder: '/app/static' }] },
  limits: { requestsPerHour: 30, bodyKiB: 8, headerKiB: 16 },
});
/** 30 an hour are 15 at once. */
const AT_ONCE = 15;

let app: RecordingApp;
let proxy: TestProxy;
let http1: Http1Client;
let http2: Http2Client;
beforeAll(async () => {
  app = await startRecordingApp();
  proxy = await startProxy(environment, { app, files: { 'static/app.css': 'body {}' } });
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

/** As many requests of one client, one after the other; the answers' statuses. */
async function statuses(times: number, from: string, request: Request, client: Http1Client | Http2Client = http1) {
  const answers: Response[] = [];
  for (let index = 0; index < times; index++) {
    answers.push(await client.send({ ...request, headers: { 'X-Forwarded-For': from, ...request.headers } }));
  }
  return answers;
}
const only = (answers: readonly Response[]) => answers.map(({ status }) => status);
const times = (number: number, status: number) => Array<number>(number).fill(status);

/** A client of its own for each test, so that none uses up another's. */
let clients = 0;
const someone = () => `198.51.100.${++clients}`;

describe('logins', () => {
  const login = { method: 'POST', path: '/api/auth/login', body: '{}' };

  it.each(['http1', 'http2'])('are limited to 5 a minute for each client, over %s', async (protocol) => {
    const from = someone();
    const answers = await statuses(7, from, login, protocol === 'http1' ? http1 : http2);
    expect(only(answers)).toEqual([...times(5, 200), 429, 429]);
    const refused = answers.at(-1) as Response;
    expect(refused.header('Retry-After')).toBe('12');
    expect(refused.header('RateLimit')).toBe('"login";r=0;t=12');
    expect(refused.header('RateLimit-Policy')).toBe('"login";q=5;w=60');
    expect(refused.header('Cache-Control')).toBe('no-store');
    expect(JSON.parse(refused.text)).toMatchObject({ status: 429, title: 'Too many requests' });
    expect(await proxy.logged(refused)).toMatchObject({
      status: 429,
      limited: 'login',
      client: from,
      app_status: null,
    });
    expect(app.received).toHaveLength(5);
    expect(only(await statuses(1, someone(), login))).toEqual([200]);
  });

  it('are counted together, however the address is spelled', async () => {
    const from = someone();
    const spellings = ['/login', '/LOGIN', '//login', '/login/', '/%6cogin', '/login;x', '/login?x=1'];
    const answers = [];
    for (const path of spellings) answers.push(...(await statuses(1, from, { ...login, path })));
    expect(only(answers)).toEqual([...times(5, 200), 429, 429]);
  });

  it('are told of in HTML outside of the API, and looking at the form is none', async () => {
    const from = someone();
    expect(only(await statuses(7, from, { path: '/login' }))).toEqual(times(7, 200));
    const refused = (await statuses(6, from, { ...login, path: '/login' })).at(-1) as Response;
    expect([refused.status, refused.header('Content-Type')]).toEqual([429, 'text/html; charset=utf-8']);
  });

  it('can not be made to look like reads', async () => {
    const from = someone();
    const answers = await statuses(6, from, { ...login, headers: { 'X-HTTP-Method-Override': 'GET' } });
    expect(only(answers).at(-1)).toBe(429);
  });
});

describe('writes to the API', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('by %s are limited to 10 a minute for each client', async (method) => {
    const answers = await statuses(12, someone(), { method, path: '/api/users/7' });
    expect(only(answers)).toEqual([...times(10, 200), 429, 429]);
    expect(answers.at(-1)?.header('RateLimit')).toBe('"write";r=0;t=6');
    expect(await proxy.logged(answers.at(-1) as Response)).toMatchObject({ limited: 'write' });
  });

  it('are counted together, whatever the method, and apart from reads and other paths', async () => {
    const from = someone();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'POST', 'PUT', 'PATCH', 'DELETE', 'POST', 'PUT']) {
      expect(only(await statuses(1, from, { method, path: '/api/users' }))).toEqual([200]);
    }
    expect(only(await statuses(1, from, { method: 'POST', path: '/api/users' }))).toEqual([429]);
    expect(only(await statuses(2, from, { path: '/api/users' }))).toEqual(times(2, 200));
    expect(only(await statuses(2, from, { method: 'POST', path: '/form' }))).toEqual(times(2, 200));
  });
});

describe('the default limit', () => {
  it('counts every request to the app, and refuses with 429', async () => {
    const from = someone();
    const answers = await statuses(AT_ONCE + 2, from, { path: '/page' });
    expect(only(answers)).toEqual([...times(AT_ONCE, 200), 429, 429]);
    expect(answers.at(-1)?.header('RateLimit-Policy')).toBe('"hourly";q=30;w=3600');
    expect(answers.at(-1)?.header('Retry-After')).toBe('60');
    expect(await proxy.logged(answers.at(-1) as Response)).toMatchObject({ limited: 'hourly' });
  });

  it('does not count preflights, files and what never reaches the app', async () => {
    const from = someone();
    const preflight = {
      method: 'OPTIONS',
      path: '/api/users',
      headers: { Origin: 'https://portal.example.com', 'Access-Control-Request-Method': 'PUT' },
    };
    expect(only(await statuses(20, from, preflight))).toEqual(times(20, 204));
    expect(only(await statuses(20, from, { path: '/static/app.css' }))).toEqual(times(20, 200));
    expect(only(await statuses(20, from, { path: '/.env' }))).toEqual(times(20, 404));
    expect(only(await statuses(AT_ONCE, from, { path: '/page' }))).toEqual(times(AT_ONCE, 200));
  });

  it('counts health under the public name: it asks the database', async () => {
    const answers = await statuses(AT_ONCE + 1, someone(), { path: '/health' });
    expect(only(answers)).toEqual([...times(AT_ONCE, 200), 429]);
  });

  it('takes the IPv6 addresses of one subscriber for one client', async () => {
    const network = (host: number) => `2001:db8:1:2::${host.toString(16)}`;
    for (let host = 1; host <= AT_ONCE; host++) await statuses(1, network(host), { path: '/page' });
    expect(only(await statuses(1, '2001:db8:1:2:ffff:ffff:ffff:ffff', { path: '/page' }))).toEqual([429]);
    expect(only(await statuses(1, '2001:db8:1:3::1', { path: '/page' }))).toEqual([200]);
  });

  it('does not double what the app says of limits of its own', async () => {
    app.answer((_request, response) => {
      response.writeHead(429, {
        'Retry-After': '33',
        RateLimit: '"app";r=0;t=33',
        'RateLimit-Policy': '"app";q=1;w=60',
      });
      response.end('{"error":"slow down"}');
    });
    const [answer] = await statuses(1, someone(), { path: '/api/users' });
    expect([answer?.status, answer?.text, answer?.header('Retry-After')]).toEqual([429, '{"error":"slow down"}', '33']);
    expect([answer?.header('RateLimit'), answer?.header('RateLimit-Policy')]).toEqual([
      '"app";r=0;t=33',
      '"app";q=1;w=60',
    ]);
    expect(await proxy.logged(answer as Response)).toMatchObject({ limited: '', app_status: 429 });
  });
});

it('two copies behind a round robin let twice as much through: limits are for each copy', async () => {
  const second = await startProxy(environment, { app });
  const other = new Http1Client(second);
  const from = someone();
  const answers: Response[] = [];
  for (let index = 0; index < 12; index++) {
    const client = index % 2 === 0 ? http1 : other;
    answers.push(...(await statuses(1, from, { method: 'POST', path: '/login', body: 'x' }, client)));
  }
  expect(only(answers)).toEqual([...times(10, 200), 429, 429]);
  other.close();
  await second.remove();
});

describe('the arithmetic of the limits', () => {
  const hourly = (requestsPerHour: number) => {
    const limits = { ...environment.limits, requestsPerHour } as Environment['limits'];
    const found = rateLimits({ limits }).find(({ name }) => name === 'hourly');
    return { atOnce: (found?.burst ?? 0) + 1, perMinute: found?.perMinute ?? 0 };
  };

  it('never lets more than the quota through in an hour, where nginx can count so slowly', () => {
    for (let quota = 120; quota <= 1000; quota++) {
      const { atOnce, perMinute } = hourly(quota);
      expect(atOnce + 60 * perMinute).toBeLessThanOrEqual(quota);
      expect(atOnce).toBeGreaterThanOrEqual(quota / 2);
    }
  });

  it('gives half of it at once and one a minute, where it can not', () => {
    expect(hourly(50)).toEqual({ atOnce: 25, perMinute: 1 });
    expect(hourly(1)).toEqual({ atOnce: 1, perMinute: 1 });
  });
});

describe('sizes', () => {
  const big = 'x'.repeat(8 * 1024 + 1);

  it('of bodies: 413 before the app hears of them, with or without a stated length', async () => {
    for (const path of ['/upload', '/api/upload']) {
      const stated = await http1.send({ method: 'POST', path, body: big, headers: { 'X-Forwarded-For': someone() } });
      expect([stated.status, stated.header('Content-Type')]).toEqual([
        413,
        path === '/upload' ? 'text/html; charset=utf-8' : 'application/json',
      ]);
      const chunked = await http2.send({ method: 'POST', path, body: big, headers: { 'X-Forwarded-For': someone() } });
      expect([chunked.status, chunked.text.includes('Content too large')]).toEqual([413, true]);
    }
    expect(app.received).toEqual([]);
    const fits = { method: 'POST', path: '/upload', body: big.slice(1), headers: { 'X-Forwarded-For': someone() } };
    expect((await http1.send(fits)).status).toBe(200);
  });

  it('of headers: 431, each and all together', async () => {
    const one = await http1.get('/api/users', { 'X-Forwarded-For': someone(), 'X-Long': 'x'.repeat(9000) });
    expect([one.status, one.text.includes('Request headers too large')]).toEqual([431, true]);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`X-Part-${index}`, 'x'.repeat(1000)]));
    expect((await http1.get('/', { 'X-Forwarded-For': someone(), ...many })).status).toBe(431);
    const some = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`X-Part-${index}`, 'x'.repeat(1000)]));
    expect((await http1.get('/', { 'X-Forwarded-For': someone(), ...some })).status).toBe(200);
  });

  it('of addresses: 414', async () => {
    const response = await http1.get(`/${'x'.repeat(9000)}`, { 'X-Forwarded-For': someone() });
    expect([response.status, response.text.includes('Address too long')]).toEqual([414, true]);
    expect(response.header('X-Frame-Options')).toBe('DENY');
    expect(app.received).toEqual([]);
  });
});
