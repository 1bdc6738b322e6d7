import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SampleApp, type SampleAppOptions, startSampleApp } from '../../../lib/commands/try/sample-app';
import { environmentOf } from '../environments';
import { Browser, tokenIn } from './browser';
import { plainRequests } from './requests';
import { keepsSessionsWhileKeysRotate } from './rotating-keys';

/** What the proxy would say: the address of a client, which a client itself can't choose. */
const PROXY = {
  'X-Forwarded-For': '203.0.113.7',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Host': 'ums.example.com',
  'X-Request-ID': '0123456789abcdef',
};

const environment = environmentOf('production', { app: { loginPaths: ['/login', '/api/auth/login'] } });

interface Line {
  readonly [name: string]: unknown;
}

/** Everything that the sample application promises, whichever server runs it. */
export function behavesAsTheSampleApp(server: SampleAppOptions['server'], python: () => string): void {
  const folder = mkdtempSync(join(tmpdir(), 'sample-app-'));
  const lines: string[] = [];
  let app: SampleApp;

  const start = (variables: Readonly<Record<string, string>> = {}) =>
    startSampleApp({ environment, server, python: python(), folder, onLine: (line) => lines.push(line), variables });
  const browser = (to: SampleApp = app) => new Browser({ port: to.port, host: 'app', headers: PROXY });
  const events = (event: string) =>
    lines.map((line) => JSON.parse(line) as Line).filter((line) => line.event === event || line.type === event);
  // A line may come after the answer to its request.
  const written = async (event: string, line: Line) => {
    const until = Date.now() + 5_000;
    const there = () => {
      expect(events(event)).toContainEqual(line);
    };
    for (;;) {
      try {
        return there();
      } catch (error) {
        if (Date.now() > until) throw error;
        await sleep(20);
      }
    }
  };
  const signedIn = async () => {
    const client = browser();
    const page = await client.ask('/login');
    const answer = await client.post('/login', { ...app.account, token: tokenIn(page.text) });
    return { client, answer };
  };

  beforeAll(async () => {
    app = await start();
  });
  afterAll(async () => {
    await app?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('without a session', () => {
    it.each(plainRequests)('$does', async ({ path, method, headers, body, status, has = {}, text, lacks }) => {
      const answer = await browser().ask(path, { method, headers, body });
      expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
      for (const [name, value] of Object.entries(has))
        expect({ [name]: answer.headers[name] }).toEqual({ [name]: value });
      if (text !== undefined) expect(answer.text).toMatch(text);
      if (lacks !== undefined) expect(answer.text).not.toMatch(lacks);
    });

    it('answers HEAD like GET, without a body', async () => {
      const answer = await browser().ask('/login', { method: 'HEAD' });
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: '' });
    });

    it('sends a kept file once', async () => {
      const first = await browser().ask('/static/mark.svg');
      const again = await browser().ask('/static/mark.svg', {
        headers: { 'If-None-Match': String(first.headers.etag) },
      });
      expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
    });

    it('believes the last entry of the forwarding headers, which the proxy wrote', async () => {
      const answer = await browser().ask('/api/whoami', {
        headers: { 'X-Forwarded-For': '198.51.100.1, 203.0.113.9' },
      });
      expect(JSON.parse(answer.text)).toEqual({
        client: '203.0.113.9',
        scheme: 'https',
        host: 'ums.example.com',
        user: null,
      });
    });
  });

  describe('with a session', () => {
    it('signs in by the form, shows who one is, and signs out', async () => {
      const { client, answer } = await signedIn();
      expect({ status: answer.status, location: answer.headers.location }).toEqual({
        status: 303,
        location: 'https://ums.example.com/',
      });
      const home = await client.ask('/');
      expect(home.text).toContain('203.0.113.7');
      expect(home.text).toContain('operator');
      expect((await client.ask('/admin/')).status).toBe(200);
      const left = await client.post('/logout', { token: tokenIn(home.text) });
      expect(left.status).toBe(303);
      expect(JSON.parse((await client.ask('/api/whoami')).text)).toMatchObject({ user: null });
    });

    it('sets its session cookie Secure, HttpOnly and SameSite=Lax, and another without any attribute', async () => {
      const cookies = (await browser().ask('/')).headers['set-cookie'] ?? [];
      const session = cookies.find((cookie) => cookie.startsWith('session=')) ?? '';
      for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) expect(session).toContain(attribute);
      expect(cookies).toContain('visited=1');
    });

    it('refuses a login without the token of its session, and one with the token of another', async () => {
      const other = tokenIn((await browser().ask('/login')).text);
      const client = browser();
      await client.ask('/login');
      expect((await client.post('/login', { ...app.account })).status).toBe(403);
      expect((await client.post('/login', { ...app.account, token: other })).status).toBe(403);
    });

    it('keeps nothing of what came before the login', async () => {
      const client = browser();
      const token = tokenIn((await client.ask('/login')).text);
      const before = client.cookies.get('session');
      await client.post('/login', { ...app.account, token });
      expect(client.cookies.get('session')).not.toBe(before);
      expect(tokenIn((await client.ask('/')).text)).not.toBe(token);
    });

    it('takes no session that it did not sign', async () => {
      const { client } = await signedIn();
      const session = client.cookies.get('session') ?? '';
      client.cookies.set('session', `${session.slice(0, -4)}AAAA`);
      expect(JSON.parse((await client.ask('/api/whoami')).text)).toMatchObject({ user: null });
    });

    it('signs in by JSON, at each login path', async () => {
      const answer = await browser().json('/api/auth/login', app.account);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toEqual({ user: 'operator', token: expect.stringMatching(/^[\w-]{32}$/) });
    });

    it('creates notes and lists them, newest first, in whichever worker', async () => {
      const client = browser();
      const { token } = JSON.parse((await client.json('/login', app.account)).text) as { token: string };
      const header = { 'X-CSRF-Token': token };
      for (const title of ['One', 'Two <b>bold</b>', 'Three']) {
        const made = await client.json('/api/notes', { title, text: 'Text' }, header);
        expect({ title, status: made.status }).toEqual({ title, status: 201 });
      }
      const { notes } = JSON.parse((await client.ask('/api/notes')).text) as { notes: { title: string }[] };
      expect(notes.map(({ title }) => title)).toEqual(['Three', 'Two bold', 'One']);
    });

    it('names each wrong field of a note, and refuses one without the token', async () => {
      const client = browser();
      const { token } = JSON.parse((await client.json('/login', app.account)).text) as { token: string };
      const wrong = await client.json('/api/notes', { title: '', text: 7, colour: 'red' }, { 'X-CSRF-Token': token });
      expect(wrong.status).toBe(422);
      expect(Object.keys((JSON.parse(wrong.text) as { fields: object }).fields).sort()).toEqual([
        'colour',
        'text',
        'title',
      ]);
      expect((await client.json('/api/notes', { title: 'One', text: 'Text' })).status).toBe(403);
    });
  });

  keepsSessionsWhileKeysRotate(start, browser);

  describe('on record', () => {
    it('writes who signed in and who failed to, with the client and the request', async () => {
      await signedIn();
      await browser().json('/login', { name: 'operator', password: 'wrong' });
      await browser().json('/login', { name: 'a-password-typed-here', password: 'x' });
      await written('login', {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/),
        log: 'security',
        level: 'INFO',
        event: 'login',
        user: 'operator',
        action: 'sign in',
        target: '/login',
        result: 'success',
        details: {},
        ip: '203.0.113.7',
        user_agent: '',
        request_id: '0123456789abcdef',
      });
      await written('login', expect.objectContaining({ user: 'operator', result: 'failure', level: 'WARNING' }));
      await written('login', expect.objectContaining({ user: null, result: 'failure' }));
      expect(lines.join('\n')).not.toContain('a-password-typed-here');
      expect(lines.join('\n')).not.toContain(app.account.password);
    });

    it('writes a failure with its trace, of which the client sees nothing', async () => {
      const answer = await browser().ask('/fail');
      expect(answer.status).toBe(500);
      expect(answer.text).not.toMatch(/RuntimeError|Traceback|asked for|core\.py/);
      await written(
        'RuntimeError',
        expect.objectContaining({
          level: 'ERROR',
          operation: 'GET /fail',
          traceback: expect.stringContaining('core.py'),
        }),
      );
    });
  });

  describe('health', () => {
    it('is 503 without the database and degraded without the cache; liveness asks neither', async () => {
      const database = createServer((socket) => socket.destroy());
      const port = await new Promise<number>((resolve) => {
        database.listen(0, '127.0.0.1', () => resolve((database.address() as { port: number }).port));
      });
      const where = { PGHOST: '127.0.0.1', PGPORT: String(port), REDIS_HOST: '127.0.0.1', REDIS_PORT: '1' };
      const leaning = await start(where);
      const health = async (path: string) => {
        const { status, text } = await browser(leaning).ask(path);
        return { status, body: JSON.parse(text) as unknown };
      };
      try {
        expect(await health('/health')).toEqual({ status: 200, body: { status: 'degraded' } });
        await new Promise((resolve) => database.close(resolve));
        for (const path of ['/health', '/health/readiness'])
          expect(await health(path)).toEqual({ status: 503, body: { status: 'unavailable' } });
        expect(await health('/health/liveness')).toEqual({ status: 200, body: { status: 'ok' } });
      } finally {
        await leaning.stop();
      }
    });
  });

  describe('its start and end', () => {
    it('ends at once, with every mistake in the settings told and no secret among them', async () => {
      const wrong = {
        SECRET_KEY: 'short-secret',
        APP_ENV: 'live',
        FLASK_DEBUG: '1',
        PGPORT: 'x',
        SAMPLE_ACCOUNTS: '{',
      };
      const error = await start(wrong).then(
        () => undefined,
        (reason: Error) => reason,
      );
      for (const name of Object.keys(wrong)) expect(error?.message).toContain(`${name}:`);
      expect(error?.message).not.toContain('short-secret');
    });

    it('has no route of a trial without one, and no trial in production', async () => {
      const plain = await start({ SAMPLE_TRIAL: '0', APP_ENV: 'production' });
      try {
        for (const path of ['/slow', '/fail']) expect((await browser(plain).ask(path)).status).toBe(404);
      } finally {
        await plain.stop();
      }
      await expect(start({ APP_ENV: 'production' })).rejects.toThrow('SAMPLE_TRIAL');
    });

    it('finishes what it began when it is told to stop', async () => {
      const stopping = await start();
      const answer = browser(stopping).ask('/slow?seconds=1');
      // Until the request is with the app.
      await sleep(300);
      const byItself = await stopping.stop();
      expect((await answer).status).toBe(200);
      expect({ byItself, ended: await stopping.child.ended }).toEqual({
        byItself: true,
        ended: { code: 0, signal: null },
      });
    });
  });
}
