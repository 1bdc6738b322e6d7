import { existsSync } from 'node:fs';
import { findNginx } from '../../lib/commands/try/find-nginx';
import { loadEnvironments } from '../../lib/config/parse';
import { environmentOf } from '../support/environments';
import { Http1Client, Http2Client } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';

let app: RecordingApp;
let proxy: TestProxy;
beforeAll(async () => {
  app = await startRecordingApp();
  proxy = await startProxy(environmentOf('production'), { app });
});
afterAll(async () => {
  await proxy?.remove();
  await app?.close();
});

it('carries a request over HTTP/1.1 and HTTP/2 to the app, and logs it', async () => {
  const http1 = new Http1Client(proxy);
  const http2 = new Http2Client(proxy);
  expect((await http1.get('/one?x=%41')).text).toBe('the app\n');
  expect((await http2.get('/two')).text).toBe('the app\n');
  expect(app.received.map(({ method, target }) => `${method} ${target}`)).toEqual(['GET /one?x=%41', 'GET /two']);
  expect(await proxy.logged(({ path }) => path === '/two')).toMatchObject({ protocol: 'HTTP/2.0' });
  http1.close();
  await http2.close();
});

it('goes on after a reload', async () => {
  await proxy.reload();
  const client = new Http1Client(proxy);
  expect((await client.get('/')).status).toBe(200);
  client.close();
});

it('takes the file of every shipped environment, and one with the longest names', async () => {
  const label = 'a'.repeat(60);
  const long = environmentOf('production', {
    domain: { name: `${label}.${label}.${label}.example.com` },
    app: {
      corsOrigins: Array.from(
        { length: 40 },
        (_, index) => `https://${label}-${index}.${label}.${label}.example.com:8443`,
      ),
      adminPaths: ['/admin/', `/${'b'.repeat(120)}/`],
      staticFiles: [
        { path: '/static/', folder: '/app/static' },
        { path: '/v1.0/assets', folder: '/app/assets' },
      ],
    },
    adminNetworks: ['203.0.113.0/24', '203.0.113.0/25', '2001:db8::/48'],
    limits: { requestsPerHour: 1, loginsPerMinute: 1, writesPerMinute: 1, headerKiB: 4 },
  });
  for (const environment of [...loadEnvironments(), long]) {
    const each = await startProxy(environment, { app });
    const client = new Http1Client(each);
    expect((await client.get('/')).status).toBe(200);
    expect(each.errorLog()).not.toMatch(/emerg|could not build|conflicting/);
    client.close();
    await each.remove();
  }
});

it('says what to install where there is no nginx', () => {
  expect(() => findNginx({ BREAKWATER_NGINX: '/nowhere/nginx' })).toThrow(/does not run as nginx.*BREAKWATER_NGINX=/s);
  expect(() => findNginx({ BREAKWATER_NGINX: process.execPath })).toThrow(/does not run as nginx/);
});

it('leaves nothing behind', async () => {
  const other = await startProxy(environmentOf('development'), { app });
  await other.stop();
  await other.remove();
  expect(existsSync(other.folder)).toBe(false);
});
