import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';
import { Browser } from '../support/sample-app/browser';
import { type Described, isAlive, Trial } from '../support/try/trial';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'try-test-'));
});
afterEach(async () => {
  // After a test that failed in the middle, its trial would stay.
  for (const trial of trials.splice(0)) {
    trial.signal('SIGTERM');
    await trial.over;
  }
  rmSync(folder, { recursive: true, force: true });
});

const trials: Trial[] = [];

/** Starts the command with a temporary folder of its own, so that what it leaves there is seen. */
function starting(variables: Readonly<Record<string, string>>, ...words: string[]): Trial {
  const trial = new Trial(words, { TMPDIR: folder, ...variables });
  trials.push(trial);
  return trial;
}
const started = (...words: string[]) => starting({}, ...words);

/** What stands in the temporary folder, except what the loader of TypeScript keeps for the next start. */
const left = () => readdirSync(folder).filter((name) => !name.startsWith('tsx-'));

function expectNothingLeft({ processes }: Described): void {
  expect(left()).toEqual([]);
  expect([processes.nginx, processes.app].filter((pid) => pid !== null && isAlive(pid))).toEqual([]);
}

function browserOf({ url, certificate }: Described): Browser {
  const { port, host, hostname } = new URL(url);
  return new Browser({ port: Number(port), host, name: hostname, ca: readFileSync(certificate) });
}

describe('with the sample application', () => {
  it('says what to open, shows each request, and leaves nothing behind after Ctrl-C', async () => {
    const trial = started('--plain', '--json', '--env', 'prod');
    const described = await trial.described();
    expect(described).toMatchObject({ environment: 'prod', app: expect.stringContaining('plain WSGI') });
    const browser = browserOf(described);

    const page = await browser.ask('/');
    expect(page.status).toBe(200);
    expect(page.text).toContain('127.0.0.1');
    expect(page.headers['strict-transport-security']).toMatch(/^max-age=/);
    const login = await browser.json('/api/auth/login', described.account);
    expect(JSON.parse(login.text)).toMatchObject({ user: 'operator' });
    const line = await trial.line((each) => each.includes('"path":"/api/auth/login"'));
    expect(JSON.parse(line)).toMatchObject({ log: 'access', method: 'POST', client: '127.0.0.1' });
    await trial.line((each) => each.includes('"event": "login"') && each.includes('"result": "success"'));

    trial.signal('SIGINT');
    expect(await trial.over).toMatchObject({ code: 0, err: expect.stringMatching(/^Stopping …$/m) });
    expectNothingLeft(described);
  });

  it('prints the same for people: the address, the account, commands, logs, and a line for each request', async () => {
    const trial = started('--plain');
    const open = await trial.line((line) => line.startsWith('open '));
    const url = /https:\/\/prod\.localhost:\d+\//.exec(open)?.[0] ?? '';
    const debris = await trial.line((line) => line.startsWith('  curl ') && line.endsWith('/.env'));
    for (const label of ['sign in', 'proxy', 'app', 'logs']) await trial.line((line) => line.startsWith(label));
    expect(debris).toContain(url.slice(0, -1));

    const [code] = (await once(spawn('sh', ['-c', debris], { stdio: 'ignore' }), 'close')) as [number];
    expect(code).toBe(0);
    expect(await trial.line((line) => / 404 GET +\/\.env /.test(line))).toContain('blocked: debris');
    trial.signal('SIGTERM');
    expect((await trial.over).code).toBe(0);
    expect(left()).toEqual([]);
  });

  it('tries each printed command by itself, and every one gives what is said', async () => {
    const { code, out, err } = await started('--check', '--plain', '--json').over;
    const result = JSON.parse(out) as Described & { tried: { shows: string; held: boolean; found: string }[] };
    expect({ code, err, differing: result.tried.filter(({ held }) => !held) }).toEqual({
      code: 0,
      err: '',
      differing: [],
    });
    expect(result.tried.map(({ shows }) => shows)).toEqual(result.try.map(({ shows }) => shows));
    expect(result.tried.length).toBeGreaterThanOrEqual(15);
    expectNothingLeft(result);
  });

  it('waits for a request in flight after the first Ctrl-C, and for nothing after the second', async () => {
    const trial = started('--plain', '--json');
    const described = await trial.described();
    const slow = browserOf(described)
      .ask('/slow?seconds=25')
      .catch((error: Error) => error);
    await new Promise((resolve) => setTimeout(resolve, 300));
    trial.signal('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(isAlive(described.processes.nginx)).toBe(true);
    const second = Date.now();
    trial.signal('SIGINT');
    expect((await trial.over).code).toBe(0);
    expect(Date.now() - second).toBeLessThan(5_000);
    expect(await slow).toMatchObject({ code: 'ECONNRESET' });
    expectNothingLeft(described);
  });

  it('ends with 1 when a part of it ends by itself', async () => {
    const trial = started('--plain', '--json');
    const described = await trial.described();
    process.kill(described.processes.app ?? 0, 'SIGKILL');
    expect(await trial.over).toMatchObject({
      code: 1,
      err: expect.stringContaining('The sample application has ended'),
    });
    expectNothingLeft(described);
  });
});

describe("with the user's app", () => {
  let app: RecordingApp;
  beforeAll(async () => {
    app = await startRecordingApp();
  });
  afterAll(() => app.close());
  beforeEach(() => app.reset());

  it.each(['dev', 'staging'])('gives what is said before any app: %s', async (environment) => {
    const { code, out } = await started('--check', '--json', '--env', environment, '--app', `http://${app.address}`)
      .over;
    const result = JSON.parse(out) as Described & { tried: { held: boolean }[] };
    expect({ code, differing: result.tried.filter(({ held }) => !held) }).toEqual({ code: 0, differing: [] });
    expect(result).toMatchObject({ app: `your app at ${app.address}`, account: null, processes: { app: null } });
    expectNothingLeft(result);
  });

  it('shows what differs, and ends with 1', async () => {
    app.answer((_, response) => {
      response.statusCode = 429;
      response.end();
    });
    const { code, out } = await started('--check', '--app', `http://${app.address}`).over;
    expect(code).toBe(1);
    expect(out).toMatch(/^differs {2}the login limit: 429 429 429 429 429 429$/m);
    expect(out).toMatch(/^\d+ commands tried, [1-9] ended otherwise than said\.$/m);
  });

  it('leaves the app running', async () => {
    const trial = started('--json', '--app', `http://${app.address}`);
    const described = await trial.described();
    const { host } = new URL(described.url);
    expect((await browserOf(described).ask('/here')).text).toBe('the app\n');
    expect(app.received.at(-1)?.headers).toMatchObject({
      host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    trial.signal('SIGTERM');
    await trial.over;
    expectNothingLeft(described);
    expect((await fetch(`http://${app.address}/`)).status).toBe(200);
  });
});

describe('a mistake of the caller', () => {
  const mistaken = async (variables: Readonly<Record<string, string>>, ...words: string[]) => {
    const outcome = await starting(variables, ...words).over;
    expect(left()).toEqual([]);
    expect(outcome.err).not.toMatch(/^\s+at /m);
    return { code: outcome.code, err: outcome.err.trim() };
  };

  it('is told with all others in the options at once', async () => {
    const options = ['--env', 'live', '--app', 'https://user:hidden-word@app.example.com', '--port', '99999'];
    const { code, err } = await mistaken({}, ...options);
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^--app: '\(hidden\)' is HTTPS.*Expected.*for example http:\/\/127\.0\.0\.1:8000\.$/),
      expect.stringMatching(/^--port: '99999' is no port\. Expected.*for example 8443\.$/),
      expect.stringMatching(/^--env: there is no environment 'live'\. Expected.*for example --env dev\.$/),
    ]);
    expect(err).not.toContain('hidden-word');
  });

  it.each([
    ['8000', 'is no http:// address|is no address'],
    ['http://127.0.0.1:8000/app', 'has a path'],
    ['http://operator@127.0.0.1:8000', 'has a login in it'],
  ])('is told of an address such as %s', async (address, words) => {
    expect((await mistaken({}, '--app', address)).err).toMatch(new RegExp(`^--app: .*(${words})`));
  });

  it('is told of an app that is not there', async () => {
    const { code, err } = await mistaken({}, '--app', 'http://127.0.0.1:9');
    expect({ code, err }).toEqual({
      code: 1,
      err: '--app: nothing answers at http://127.0.0.1:9 (connect ECONNREFUSED 127.0.0.1:9). Expected a running app, for example: gunicorn run:app --bind 127.0.0.1:9',
    });
  });

  it('is told of a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, err } = await mistaken({}, '--plain', '--port', String(port));
    other.close();
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^Port ${port} is taken\\. Expected a free one, for example --port \\d+\\.$`));
  });

  it('is told what to install', async () => {
    const nginx = await mistaken({ BREAKWATER_NGINX: '/nowhere/nginx' });
    expect(nginx).toMatchObject({ code: 1, err: expect.stringContaining('BREAKWATER_NGINX=/usr/sbin/nginx') });
    const python = await mistaken({ BREAKWATER_PYTHON: '/nowhere/python3' }, '--plain');
    expect(python).toMatchObject({ code: 1, err: expect.stringContaining('apt-get install python3') });
  });
});

it('leaves no compiled Python beside the sample application', () => {
  expect(existsSync(join(__dirname, '..', '..', 'lib', 'sample-app', 'sample_app', '__pycache__'))).toBe(false);
});
