import { environmentOf } from '../support/environments';
import { Http1Client, Http2Client } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type Received, type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';

const environment = environmentOf('production');
const NAME = environment.domain.name;

let app: RecordingApp;
let proxy: TestProxy;
let http1: Http1Client;
let http2: Http2Client;
beforeAll(async () => {
  app = await startRecordingApp();
  proxy = await startProxy(environment, { app });
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

/** What the app received of a request, which must have been answered with 200. */
async function received(headers: Record<string, string | string[]>, path = '/'): Promise<Received> {
  const { status } = await http1.get(path, headers);
  expect(status).toBe(200);
  return app.received.at(-1) as Received;
}
const linesOf = ({ headerLines }: Received, name: string): string[] =>
  headerLines.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

describe('the client address', () => {
  it.each([
    ['the one that the load balancer saw', '198.51.100.7', '198.51.100.7'],
    ['its last entry, whatever a client wrote before it', '203.0.113.66, 10.0.0.1, 198.51.100.7', '198.51.100.7'],
    ['with a port, when the load balancer adds one', '198.51.100.7:51234', '198.51.100.7'],
    ['of IPv6', '2001:db8::7', '2001:db8::7'],
    ['of IPv6 with a port', '[2001:db8::7]:51234', '2001:db8::7'],
    ['the peer, where the last entry is none', 'localhost; DROP TABLE', '127.0.0.1'],
  ])('is %s', async (_what, sent, expected) => {
    const request = await received({ 'X-Forwarded-For': sent });
    expect(linesOf(request, 'X-Forwarded-For')).toEqual([expected]);
    expect(linesOf(request, 'X-Real-IP')).toEqual([expected]);
  });

  it('is the last of several header lines', async () => {
    const request = await received({ 'X-Forwarded-For': ['203.0.113.66', '198.51.100.7'] });
    expect(linesOf(request, 'X-Forwarded-For')).toEqual(['198.51.100.7']);
  });

  it('is the peer itself, where that is not the load balancer', async () => {
    const stranger = await startProxy(environment, { app, place: { trustedPeers: ['192.0.2.0/24'] } });
    const client = new Http1Client(stranger);
    await client.get('/', { 'X-Forwarded-For': '198.51.100.7' });
    client.close();
    await stranger.remove();
    expect(linesOf(app.received[0] as Received, 'X-Forwarded-For')).toEqual(['127.0.0.1']);
  });
});

describe('the app is told', () => {
  it('each forwarding header once, whatever the client says', async () => {
    const request = await received({
      'X-Real-IP': '203.0.113.66',
      'X-Forwarded-Proto': ['http', 'ftp'],
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Port': '80',
      'X-Request-ID': 'mine',
      'X-Forwarded-For': '198.51.100.7',
    });
    expect(linesOf(request, 'Host')).toEqual([NAME]);
    expect(linesOf(request, 'X-Real-IP')).toEqual(['198.51.100.7']);
    expect(linesOf(request, 'X-Forwarded-Proto')).toEqual(['https']);
    expect(linesOf(request, 'X-Forwarded-Host')).toEqual([NAME]);
    expect(linesOf(request, 'X-Forwarded-Port')).toEqual(['443']);
    expect(linesOf(request, 'X-Request-ID')[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ...['Forwarded', 'X-Forwarded', 'X-Forwarded-Prefix', 'X-Forwarded-Ssl', 'X-Forwarded-Protocol', 'X-Scheme'],
    ...['Client-IP', 'True-Client-IP', 'X-Client-IP', 'CF-Connecting-IP', 'Remote-User', 'X-Remote-User'],
    ...['Fly-Client-IP', 'X-Azure-ClientIP', 'X-Appengine-User-IP', 'X-Original-Forwarded-For', 'X-Forwarded-Email'],
    ...['X-Auth-Request-User', 'X-WebAuth-User', 'X-Authenticated-User', 'X-Forwarded-Client-Cert'],
    ...['X-Original-URL', 'X-Rewrite-URL', 'X-HTTP-Method-Override', 'Proxy', 'Proxy-Authorization'],
    ...['TE', 'Keep-Alive', 'Proxy-Connection', 'Accept-Encoding', 'X-Host'],
  ])('nothing under %s', async (name) => {
    expect(linesOf(await received({ [name]: 'trailers' }), name)).toEqual([]);
  });

  it('nothing of trailers', async () => {
    await http2.send({ method: 'POST', path: '/', headers: { trailer: 'X-Real-IP', te: 'trailers' }, body: 'x' });
    expect(['trailer', 'te'].flatMap((name) => linesOf(app.received[0] as Received, name))).toEqual([]);
  });

  it('nothing under a name with an underscore, which WSGI would take for another', async () => {
    const request = await received({ X_Forwarded_For: '203.0.113.66', X_Real_IP: '203.0.113.66', SCRIPT_NAME: '/x' });
    expect(request.headerLines.filter(([name]) => name.includes('_'))).toEqual([]);
  });

  it('everything else as it came: target, body, ordinary headers', async () => {
    const target = '/a%2Fb/c%20d;p=1//e?q=%C3%A4&token=x+y#';
    const { status } = await http1.send({
      method: 'PATCH',
      path: target.slice(0, -1),
      headers: {
        'Content-Type': 'text/plain',
        Authorization: 'Bearer abc',
        'X-Custom': 'ä'.normalize('NFC') && 'value',
      },
      body: 'line 1\nline 2\0',
    });
    expect(status).toBe(200);
    expect(app.received[0]).toMatchObject({ method: 'PATCH', target: target.slice(0, -1), body: 'line 1\nline 2\0' });
    expect(app.received[0]?.headers).toMatchObject({ authorization: 'Bearer abc', 'x-custom': 'value' });
  });

  it('a whole body with its length, however it was sent', async () => {
    await http2.send({ method: 'POST', path: '/upload', body: 'x'.repeat(5000) });
    expect(app.received[0]).toMatchObject({ method: 'POST', body: 'x'.repeat(5000) });
    expect(app.received[0]?.headers['content-length']).toBe('5000');
    expect(app.received[0]?.headers['transfer-encoding']).toBeUndefined();
  });

  it('over connections that are kept', async () => {
    await received({});
    const before = app.connections();
    for (let index = 0; index < 20; index++) await received({});
    expect(app.connections() - before).toBeLessThanOrEqual(1);
  });
});

describe('the host', () => {
  it.each(['evil.example', `${NAME}.evil.example`, '10.0.1.2', 'localhost'])('%s is refused', async (host) => {
    for (const client of [http1, http2]) {
      const response = await client.get('/', { Host: host });
      expect(response.status).toBe(421);
      expect(response.text).toContain('Misdirected request');
      expect(await proxy.logged(response)).toMatchObject({ status: 421, blocked: 'host', host });
    }
    expect(app.received).toEqual([]);
  });

  it.each([NAME.toUpperCase(), `${NAME}:8443`, `${NAME}.`])(
    '%s is ours, and the app is told our spelling',
    async (host) => {
      expect(linesOf(await received({ Host: host }), 'Host')).toEqual([NAME]);
    },
  );
});

describe('health', () => {
  const unwell = { status: 503, body: '{"status":"unavailable"}' };
  const ask = (path: string, headers = {}) => http1.get(path, { Host: '10.0.1.2', ...headers });

  it('of the proxy does not touch the app', async () => {
    const response = await ask('/.breakwater/health');
    expect([response.status, response.text]).toEqual([200, '{"status":"ok"}\n']);
    expect(response.header('Content-Type')).toBe('application/json');
    expect(app.received).toEqual([]);
  });

  it.each(['/health/liveness', '/health/readiness'])('%s is what the app says', async (path) => {
    expect((await ask(path)).status).toBe(200);
    app.answer((_request, response) => {
      response.writeHead(unwell.status, { 'Content-Type': 'application/json' });
      response.end(unwell.body);
    });
    const response = await ask(path);
    expect([response.status, response.text]).toEqual([unwell.status, unwell.body]);
    expect(linesOf(app.received[0] as Received, 'Host')).toEqual([NAME]);
    expect(await proxy.logged(response)).toMatchObject({ status: 503, path });
    expect(proxy.accessLog().filter((line) => line.path === path && line.status === 200)).toEqual([]);
  });

  it('is for the load balancer alone: nobody behind it, and not from outside', async () => {
    for (const path of ['/.breakwater/health', '/health/liveness', '/health/readiness']) {
      expect((await ask(path, { 'X-Forwarded-For': '198.51.100.7' })).status).toBe(421);
    }
    expect((await http1.get('/.breakwater/health')).status).toBe(404);
    expect(app.received).toEqual([]);
  });
});

it('speaks TLS 1.2 and 1.3 and nothing older, and no plain HTTP', async () => {
  const { connect: tls } = await import('node:tls');
  const handshake = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
    new Promise<string>((resolve) => {
      const options = { minVersion: version, maxVersion: version, ca: proxy.certificate, servername: NAME } as const;
      const ciphers = version === 'TLSv1.1' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {};
      const socket = tls({ host: '127.0.0.1', port: proxy.port, ...options, ...ciphers }, () => {
        resolve(socket.getProtocol() ?? '');
        socket.destroy();
      });
      socket.once('error', () => resolve('refused'));
    });
  expect(await handshake('TLSv1.1')).toBe('refused');
  expect(await handshake('TLSv1.2')).toBe('TLSv1.2');
  expect(await handshake('TLSv1.3')).toBe('TLSv1.3');
  const plain = await fetch(`http://127.0.0.1:${proxy.port}/`, { headers: { Host: NAME } });
  expect(plain.status).toBe(400);
  expect(await plain.text()).toContain('Bad request');
  expect(app.received).toEqual([]);
});
