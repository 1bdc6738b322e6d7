import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { environmentOf } from '../support/environments';
import { Http1Client } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';
import { RawConnection } from '../support/raw-http/connection';

/** Answers of the app that HTTP has more to say about than a status and a body: none is changed on its way. */
const PAUSE_MS = 200;
const LARGE_BYTES = 24 * 1024 * 1024;
const TEXT = 'a line of text\n'.repeat(500);

let app: RecordingApp;
let proxy: TestProxy;
let client: Http1Client;
beforeAll(async () => {
  app = await startRecordingApp();
  proxy = await startProxy(environmentOf('production'), { app });
  client = new Http1Client(proxy);
});
beforeEach(() => app.reset());
afterAll(async () => {
  client?.close();
  await proxy?.remove();
  await app?.close();
});

async function asked(path: string): Promise<RawConnection> {
  const connection = await RawConnection.open({ port: proxy.port });
  connection.send(`GET ${path} HTTP/1.1\r\nHost: ${proxy.name}\r\nConnection: close\r\n\r\n`);
  return connection;
}

describe('an answer in two pieces', () => {
  /** Milliseconds from the first piece, when the app wrote it, to its arrival. */
  async function delay(headers: Record<string, string>): Promise<number> {
    let written = 0;
    app.answer(async (_request, response) => {
      response.writeHead(200, headers);
      response.write('data: one\n\n');
      written = Date.now();
      await sleep(PAUSE_MS);
      response.end('data: two\n\n');
    });
    const connection = await asked('/events');
    await connection.until(() => connection.received.includes('data: one'), 5000);
    const delayed = Date.now() - written;
    await connection.until(() => connection.received.includes('data: two'), 5000);
    expect(connection.received.includes('data: two')).toBe(true);
    connection.destroy();
    return delayed;
  }

  it('goes out as it comes when the app asks for that, as events need', async () => {
    expect(await delay({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })).toBeLessThan(PAUSE_MS);
  });

  it('is gathered otherwise', async () => {
    expect(await delay({ 'Content-Type': 'text/event-stream' })).toBeGreaterThanOrEqual(PAUSE_MS - 5);
  });
});

it('a large answer to a slow client leaves the app at once, and arrives whole', async () => {
  let finished = false;
  app.answer((_request, response) => {
    response.once('finish', () => {
      finished = true;
    });
    response.end(Buffer.alloc(LARGE_BYTES, 'a'));
  });
  const connection = await asked('/export');
  await connection.until(() => connection.received.length > 0, 5000);
  connection.pause();
  for (const end = Date.now() + 20_000; !finished && Date.now() < end; ) await sleep(20);
  expect(finished).toBe(true);
  expect(connection.received.length).toBeLessThan(LARGE_BYTES);
  connection.resume();
  // Looked at in the end only: it is put together anew each time.
  for (const end = Date.now() + 20_000; !connection.closed && Date.now() < end; ) await sleep(20);
  expect(connection.received.length).toBeGreaterThan(LARGE_BYTES);
  connection.destroy();
});

describe('conditions and parts', () => {
  it('are the app’s: If-None-Match and its 304', async () => {
    app.says(304, { ETag: '"v1"', 'Cache-Control': 'private' });
    const { status, header, body } = await client.get('/', { 'If-None-Match': '"v1"' });
    expect([status, header('ETag'), header('Cache-Control'), body.length]).toEqual([304, '"v1"', 'private', 0]);
    expect(app.received[0]?.headers['if-none-match']).toBe('"v1"');
  });

  it('are the app’s: Range, its 206 and its 416', async () => {
    app.says(206, { 'Content-Range': 'bytes 0-3/9', 'Accept-Ranges': 'bytes' }, 'part');
    const part = await client.get('/', { Range: 'bytes=0-3', 'If-Range': '"v1"' });
    expect([part.status, part.text, part.header('Content-Range')]).toEqual([206, 'part', 'bytes 0-3/9']);
    expect(app.received[0]?.headers).toMatchObject({ range: 'bytes=0-3', 'if-range': '"v1"' });
    app.says(416, { 'Content-Range': 'bytes */9' }, 'own words');
    const beyond = await client.get('/', { Range: 'bytes=99-' });
    expect([beyond.status, beyond.text, beyond.header('Content-Range')]).toEqual([416, 'own words', 'bytes */9']);
  });

  it('HEAD says what GET would, without a body', async () => {
    app.says(200, { 'Content-Type': 'text/plain', 'Content-Length': '7500', ETag: '"v1"' });
    const { status, header, body } = await client.send({ method: 'HEAD', path: '/' });
    expect([status, header('Content-Length'), header('ETag'), body.length]).toEqual([200, '7500', '"v1"', 0]);
    expect(app.received[0]?.method).toBe('HEAD');
  });
});

describe('codings', () => {
  const gzip = { 'Accept-Encoding': 'gzip' };

  it('an answer that we compress has a weak ETag, for its bytes are others', async () => {
    app.says(200, { 'Content-Type': 'text/plain', ETag: '"v1"' }, TEXT);
    const { header } = await client.get('/', gzip);
    expect([header('Content-Encoding'), header('ETag')]).toEqual(['gzip', 'W/"v1"']);
    expect((await client.get('/')).header('ETag')).toBe('"v1"');
  });

  it('an answer that is compressed already stays as it is', async () => {
    const body = gzipSync(TEXT, { level: 0 });
    app.says(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip', ETag: '"v1"' }, body);
    const response = await client.get('/', gzip);
    expect([response.header('Content-Encoding'), response.header('ETag')]).toEqual(['gzip', '"v1"']);
    expect(response.body.equals(body)).toBe(true);
  });
});

it.each(['/next', 'https://ums.example.com/next', 'http://other.example.com:8000/next', '//cdn.example.com/next'])(
  'a redirect to %s is the app’s own',
  async (location) => {
    app.says(302, { Location: location });
    expect((await client.get('/')).header('Location')).toBe(location);
  },
);

it('an offer of another protocol does not reach the app, which answers as to any request', async () => {
  const { status } = await client.get('/socket', {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  });
  expect(status).toBe(200);
  expect(app.received[0]?.headers).not.toHaveProperty('upgrade');
  expect(app.received[0]?.headers).not.toHaveProperty('connection');
});
