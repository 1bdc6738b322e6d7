import { readFileSync } from 'node:fs';
import { environmentOf } from '../support/environments';
import { Http1Client, Http2Client } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';

const SECRET = 'kX9-never-in-a-log';
const environment = environmentOf('production');

let app: RecordingApp;
let proxy: TestProxy;
let http1: Http1Client;
beforeAll(async () => {
  app = await startRecordingApp();
  proxy = await startProxy(environment, { app });
  http1 = new Http1Client(proxy);
});
afterAll(async () => {
  http1?.close();
  await proxy?.remove();
  await app?.close();
});

it('has a line for each request, with who, what, how it ended and how long each took', async () => {
  app.answer((_request, response) => void setTimeout(() => response.end('hello'), 60));
  const response = await http1.send({
    method: 'POST',
    path: '/api/users?page=2',
    headers: {
      'X-Forwarded-For': '198.51.100.7',
      'User-Agent': 'probe/1',
      Referer: 'https://portal.example.com/list?token=x#y',
      'X-Amzn-Tls-Version': 'TLSv1.3',
      'X-Amzn-Trace-Id': 'Root=1-67891233-abcdef012345678912345678',
    },
    body: 'x',
  });
  app.reset();
  const line = await proxy.logged(response);
  expect(line).toEqual({
    log: 'access',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/),
    request_id: response.header('X-Request-ID'),
    trace_id: 'Root=1-67891233-abcdef012345678912345678',
    client: '198.51.100.7',
    method: 'POST',
    host: environment.domain.name,
    path: '/api/users',
    protocol: 'HTTP/1.1',
    tls: 'TLSv1.3',
    user_agent: 'probe/1',
    referrer: 'https://portal.example.com/list',
    limited: '',
    blocked: '',
    status: 200,
    bytes: 5,
    request_bytes: expect.any(Number),
    seconds: expect.any(Number),
    app_status: 200,
    app_seconds: expect.any(Number),
  });
  // nginx reads its clock once for each round of events.
  expect(line.app_seconds).toBeGreaterThan(0.04);
  expect(line.seconds).toBeGreaterThan((line.app_seconds as number) - 0.02);
});

it('gives the app the id under which it logs, and the caller too', async () => {
  const response = await http1.get('/traced');
  expect(app.received.at(-1)?.headers['x-request-id']).toBe(response.header('X-Request-ID'));
  expect((await http1.get('/traced')).header('X-Request-ID')).not.toBe(response.header('X-Request-ID'));
});

it('has the TLS version of the connection where no load balancer tells one', async () => {
  expect(await proxy.logged(await http1.get('/x'))).toMatchObject({ tls: 'TLSv1.3' });
});

it('tells what was sent and not what nginx made of it, when it answers in the place of the app', async () => {
  const http2 = new Http2Client(proxy);
  for (const client of [http1, http2]) {
    const large = await client.send({ method: 'POST', path: '/upload', body: 'x'.repeat(9000) });
    expect(await proxy.logged(large)).toMatchObject({ method: 'POST', path: '/upload', status: 413, blocked: '' });
    const blocked = await client.send({ method: 'PUT', path: '/.env?x' });
    expect(await proxy.logged(blocked)).toMatchObject({ method: 'PUT', path: '/.env', status: 404, blocked: 'debris' });
  }
  await http2.close();
});

it('can not be forged: quotes, line ends and control characters stay inside their value', async () => {
  const http2 = new Http2Client(proxy);
  const agent = 'a","status":200,"x":"\\ é';
  const response = await http2.get('/"},{"client":"203.0.113.1', {
    'user-agent': Buffer.from(agent).toString('latin1'),
  });
  const before = proxy.accessLog().length;
  const line = await proxy.logged(response);
  expect(line.path).toBe('/"},{"client":"203.0.113.1');
  expect(Object.keys(line)).toHaveLength(20);
  expect(before).toBeLessThanOrEqual(proxy.accessLog().length);
  await http2.close();
});

it('holds no query, cookie, authorization or body, and neither does the error log, whatever goes wrong', async () => {
  const secrets = {
    Cookie: `session=${SECRET}`,
    Authorization: `Bearer ${SECRET}`,
    Referer: `https://portal.example.com/?token=${SECRET}`,
    'X-Forwarded-For': '198.51.100.99',
  };
  const from = { ...secrets };
  const paths = [`/reset?token=${SECRET}`, `/.env?${SECRET}`, `/admin/?k=${SECRET}`, `/a/../b?k=${SECRET}`];
  for (const path of paths) await http1.get(path, from);
  for (let index = 0; index < 7; index++) {
    await http1.send({
      method: 'POST',
      path: `${environment.app.loginPaths[0]}?password=${SECRET}`,
      headers: from,
      body: SECRET,
    });
  }
  await http1.send({ method: 'POST', path: `/u?k=${SECRET}`, headers: from, body: SECRET.repeat(1000) });
  app.answer((_request, response) => response.socket?.destroy());
  const last = await http1.send({ method: 'POST', path: `/down?k=${SECRET}`, headers: from, body: SECRET });
  app.reset();
  await proxy.logged(last);
  expect(last.status).toBe(503);
  const statuses = new Set(proxy.accessLog().map(({ status }) => status));
  expect([...statuses]).toEqual(expect.arrayContaining([400, 403, 404, 413, 429, 503]));
  for (const file of [proxy.accessLogFile, proxy.errorLogFile])
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
});
