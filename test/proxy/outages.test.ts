import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { freePort } from '../../lib/commands/try/start-nginx';
import { environmentOf } from '../support/environments';
import { Http1Client, Http2Client } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';
import { startStuckApp } from '../support/nginx/stuck-app';

/** The shortest ladder that the schema allows. */
const environment = environmentOf('production', {
  limits: { loadBalancerSeconds: 6, proxySeconds: 4, workerSeconds: 3, statementSeconds: 2, gracefulStopSeconds: 2 },
});

let app: RecordingApp;
let proxy: TestProxy;
let http1: Http1Client;
beforeAll(async () => {
  app = await startRecordingApp();
  proxy = await startProxy(environment, { app, place: { patienceSeconds: 1 } });
  http1 = new Http1Client(proxy);
});
beforeEach(() => app.reset());
afterAll(async () => {
  http1?.close();
  await proxy?.remove();
  await app?.close();
});

describe('when the app is down', () => {
  it('callers get 503 at once, are told when to come back, and get an answer when it is back', async () => {
    const port = await freePort();
    const downed = await startProxy(environment, { app: { address: `127.0.0.1:${port}` } });
    const clients = [new Http1Client(downed), new Http2Client(downed)];
    for (const client of clients) {
      for (const path of ['/page', '/api/users']) {
        const start = Date.now();
        const response = await client.send({ method: 'POST', path, body: 'x' });
        expect(Date.now() - start).toBeLessThan(1000);
        expect([response.status, response.header('Retry-After')]).toEqual([503, '10']);
        expect(response.header('Content-Type')).toMatch(path === '/page' ? 'text/html' : 'application/json');
        expect(response.header('Strict-Transport-Security')).toBeDefined();
        expect(response.text).not.toMatch(/nginx|127\.0\.0\.1/);
        expect(await downed.logged(response)).toMatchObject({ status: 503, app_status: 502 });
      }
    }
    const back = await startRecordingApp(port);
    expect((await (clients[0] as Http1Client).get('/page')).status).toBe(200);
    await back.close();
    for (const client of clients) client.close();
    await downed.remove();
  });

  it('so do they when it takes no more connections', async () => {
    const stuck = await startStuckApp();
    const waiting = await startProxy(environment, { app: stuck });
    const client = new Http1Client(waiting);
    try {
      const start = Date.now();
      const response = await client.get('/api/users');
      expect(Date.now() - start).toBeLessThan(3500);
      expect([response.status, response.header('Retry-After')]).toEqual([503, '10']);
      expect(JSON.parse(response.text)).toMatchObject({ status: 503, title: 'Service unavailable' });
    } finally {
      client.close();
      await waiting.remove();
      await stuck.close();
    }
  });

  it('health of the copy says so, and health of the proxy does not', async () => {
    const downed = await startProxy(environment, { app: { address: `127.0.0.1:${await freePort()}` } });
    const client = new Http1Client(downed);
    expect((await client.get('/health/liveness', { Host: '10.0.1.2' })).status).toBe(503);
    expect((await client.get('/.breakwater/health', { Host: '10.0.1.2' })).status).toBe(200);
    client.close();
    await downed.remove();
  });
});

describe('when the app is in trouble', () => {
  it('that does not answer, 504 follows after the time of the ladder', async () => {
    app.answer(() => undefined);
    const start = Date.now();
    const response = await http1.get('/api/users');
    expect(Date.now() - start).toBeGreaterThan(3900);
    expect(Date.now() - start).toBeLessThan(6000);
    expect([response.status, response.header('Retry-After')]).toEqual([504, undefined]);
    expect(JSON.parse(response.text)).toMatchObject({ status: 504, title: 'Gateway timeout' });
    expect(app.received).toHaveLength(1);
  });

  it('that hangs up, 503 follows and a write is not repeated', async () => {
    app.answer((_request, response) => response.socket?.destroy());
    expect((await http1.send({ method: 'POST', path: '/api/users', body: 'x' })).status).toBe(503);
    expect(app.received).toHaveLength(1);
  });

  it('that closes kept connections, nobody notices', async () => {
    for (let index = 0; index < 5; index++) {
      app.answer((_request, response) => {
        response.end('x', () => setImmediate(() => response.socket?.destroy()));
      });
      expect((await http1.get('/page')).status).toBe(200);
    }
  });

  it('a body of it too large for headers is no reason to fail', async () => {
    app.answer((_request, response) => {
      response.setHeader('Set-Cookie', `session=${'x'.repeat(8000)}`);
      response.end();
    });
    expect((await http1.get('/page')).status).toBe(200);
  });
});

describe('a slow client', () => {
  /** Sends some bytes and tells what came until the connection was closed, and when. */
  const dribble = (bytes: string): Promise<{ text: string; seconds: number }> =>
    new Promise((resolve) => {
      const start = Date.now();
      let text = '';
      const socket = connect({ host: '127.0.0.1', port: proxy.port, ca: proxy.certificate, servername: proxy.name });
      socket.write(bytes);
      socket.on('data', (piece) => {
        text += piece;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve({ text, seconds: (Date.now() - start) / 1000 }));
    });

  it.each([
    ['headers', 'GET / HTTP/1.1\r\nHost: '],
    ['a body', `POST / HTTP/1.1\r\nHost: ${environment.domain.name}\r\nContent-Length: 10\r\n\r\nabc`],
  ])('of %s holds no worker of the app, and is let go', async (_what, bytes) => {
    const { seconds } = await dribble(bytes);
    expect(seconds).toBeLessThan(3);
    expect(app.received).toEqual([]);
  });
});

describe('a graceful stop', () => {
  it('finishes what is in flight and takes nothing new', async () => {
    const leaving = await startProxy(environment, { app });
    const client = new Http1Client(leaving);
    app.answer((_request, response) => void setTimeout(() => response.end('late'), 500));
    const inFlight = client.get('/slow');
    while (app.received.length === 0) await sleep(5);
    const stopped = leaving.stop();
    const refused = new Http1Client(leaving, { keepAlive: false });
    await sleep(50);
    await expect(refused.get('/')).rejects.toThrow(/ECONNREFUSED/);
    expect((await inFlight).text).toBe('late');
    await stopped;
    client.close();
    await leaving.remove();
  });

  it('ends a request that outlasts limits.gracefulStopSeconds', async () => {
    const leaving = await startProxy(environment, { app });
    const client = new Http1Client(leaving);
    app.answer(() => undefined);
    const hanging = expect(client.get('/hangs')).rejects.toThrow();
    while (app.received.length === 0) await sleep(5);
    const start = Date.now();
    await leaving.stop();
    expect((Date.now() - start) / 1000).toBeLessThan(3.5);
    await hanging;
    client.close();
    await leaving.remove();
  });

  it('loses no request in 20 restarts under load, one of two copies at a time', async () => {
    app.answer((_request, response) => void setTimeout(() => response.end('x'), 20 + Math.random() * 80));
    const copies = await Promise.all([startCopy(), startCopy()]);
    const lost: unknown[] = [];
    let over = false;
    let sent = 0;
    // As the load balancer: to any registered copy, over kept connections, and nothing is tried twice.
    const load = Array.from({ length: 16 }, async (_, worker) => {
      for (let index = 0; !over; index++) {
        const registered = copies.filter((copy) => copy.registered);
        const copy = registered[(worker + index) % registered.length] as Copy;
        copy.inFlight += 1;
        sent += 1;
        await copy.client
          .get(`/page?${sent}`, { 'X-Forwarded-For': `10.0.${worker}.${index % 250}` })
          .then(({ status }) => status !== 200 && lost.push(status))
          .catch((error: unknown) => lost.push(error));
        copy.inFlight -= 1;
      }
    });
    let interrupted = 0;
    try {
      for (let restart = 0; restart < 20; restart++) {
        const leaving = copies[restart % 2] as Copy;
        // Deregistration comes first: no new request goes to the copy, while those in flight go on.
        leaving.registered = false;
        await sleep(15);
        interrupted += leaving.inFlight;
        await leaving.proxy.stop();
        await leaving.proxy.remove();
        leaving.client.close();
        copies[restart % 2] = await startCopy();
      }
    } finally {
      over = true;
    }
    await Promise.all(load);
    expect(lost).toEqual([]);
    expect(interrupted).toBeGreaterThan(40);
    expect(sent).toBeGreaterThan(200);
    for (const copy of copies) {
      copy.client.close();
      await copy.proxy.remove();
    }
  });

  interface Copy {
    readonly proxy: TestProxy;
    readonly client: Http1Client;
    registered: boolean;
    inFlight: number;
  }
  async function startCopy(): Promise<Copy> {
    const started = await startProxy(environment, { app });
    return { proxy: started, client: new Http1Client(started), registered: true, inFlight: 0 };
  }
});
