import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aliveCommand, copyEntryPoint, startEntryPoint } from '../../../lib/constructs/service/scripts';
import { kitScripts } from '../../../lib/controls/rules/compute/kit-scripts';

/** Runs a command as a container would: this environment and no other. */
function run(command: readonly string[], environment: Record<string, string> = {}) {
  const [program, ...args] = command;
  return spawnSync(program as string, args, {
    env: { PATH: process.env.PATH ?? '', ...environment },
    encoding: 'utf8',
  });
}

const show = (name: string) => ['python3', '-c', `import os; print(os.environ.get("${name}"))`];

it('is what the controls require, to the letter', () => {
  const rendered = [startEntryPoint(), aliveCommand(8000, '/health', 'app.example.com'), copyEntryPoint()];
  expect(rendered.map(([, , script]) => script)).toEqual([kitScripts.start, kitScripts.alive, kitScripts.copyStatic]);
});

describe('the entry point of the app', () => {
  it('becomes the command, with the environment as it was', () => {
    const { stdout, status } = run([...startEntryPoint(), ...show('LOG_LEVEL')], { LOG_LEVEL: 'INFO' });
    expect([stdout.trim(), status]).toEqual(['INFO', 0]);
  });

  it('names every required setting that is missing or empty, and does not start', () => {
    const { stdout, status } = run([...startEntryPoint(), 'echo', 'started'], {
      REQUIRED_SETTINGS: 'SECRET_KEY,STRIPE_KEY,MAIL_PASSWORD',
      SECRET_KEY: 'given',
      MAIL_PASSWORD: '',
    });
    expect(status).toBe(78);
    expect(JSON.parse(stdout)).toEqual({
      level: 'CRITICAL',
      message: 'required settings are missing',
      settings: ['STRIPE_KEY', 'MAIL_PASSWORD'],
    });
  });

  it('never prints a value', () => {
    const { stdout, stderr } = run([...startEntryPoint(), 'echo', 'x'], {
      REQUIRED_SETTINGS: 'A',
      SECRET_KEY: 'tell-nobody',
    });
    expect(stdout + stderr).not.toContain('tell-nobody');
  });

  it('puts the address of the cache together, whatever the password is made of', () => {
    const { stdout } = run([...startEntryPoint(), ...show('REDIS_URL')], {
      REDIS_HOST: 'cache.example.com',
      REDIS_PORT: '6379',
      REDIS_PASSWORD: 'p@ss/w:rd',
    });
    expect(stdout.trim()).toBe('rediss://default:p%40ss%2Fw%3Ard@cache.example.com:6379/0');
  });

  it('makes no address where there is no cache', () => {
    expect(run([...startEntryPoint(), ...show('REDIS_URL')]).stdout.trim()).toBe('None');
  });

  it('says so when the command is not in the image', () => {
    const { stdout, status } = run([...startEntryPoint(), 'no-such-program']);
    expect(status).toBe(127);
    expect(JSON.parse(stdout)).toMatchObject({ message: 'cannot start the command', command: 'no-such-program' });
  });

  it('hands SIGTERM to the command: it is the same process', async () => {
    const wait =
      'import signal,sys,time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); print("up", flush=True); time.sleep(30)';
    const [program, ...args] = [...startEntryPoint(), 'python3', '-c', wait];
    const child = spawn(program as string, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const code = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    expect(await code).toBe(7);
  });
});

describe('the health check of the app', () => {
  let server: Server;
  let asked: { url?: string; host?: string; scheme?: string };
  let answer: number;

  beforeEach(async () => {
    answer = 200;
    server = createServer((request, response) => {
      asked = { url: request.url, host: request.headers.host, scheme: String(request.headers['x-forwarded-proto']) };
      response.writeHead(answer, { Location: 'https://elsewhere.example.com/' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const check = () =>
    new Promise<number | null>((resolve) => {
      const [program, ...args] = aliveCommand(
        (server.address() as AddressInfo).port,
        '/health/liveness',
        'app.example.com',
      );
      spawn(program as string, args, { stdio: 'ignore' }).once('exit', resolve);
    });

  it('asks for liveness under the public name, over what looks like HTTPS', async () => {
    expect(await check()).toBe(0);
    expect(asked).toEqual({ url: '/health/liveness', host: 'app.example.com', scheme: 'https' });
  });

  it.each([503, 500, 404, 301, 204])('fails for status %i', async (status) => {
    answer = status;
    expect(await check()).not.toBe(0);
  });

  it('fails when nobody listens', () => {
    expect(run(aliveCommand(9, '/health', 'app.example.com')).status).not.toBe(0);
  });
});

describe('copying static files', () => {
  it('copies each folder to its place, also into folders that exist', () => {
    const folder = mkdtempSync(join(tmpdir(), 'static-'));
    try {
      for (const name of ['a', 'b', 'out']) run(['mkdir', '-p', join(folder, name)]);
      writeFileSync(join(folder, 'a', 'app.css'), 'a');
      writeFileSync(join(folder, 'b', 'logo.svg'), 'b');
      const { status } = run([
        ...copyEntryPoint(),
        ...[join(folder, 'a'), join(folder, 'out')],
        ...[join(folder, 'b'), join(folder, 'out', 'media')],
      ]);
      expect(status).toBe(0);
      expect(readFileSync(join(folder, 'out', 'app.css'), 'utf8')).toBe('a');
      expect(existsSync(join(folder, 'out', 'media', 'logo.svg'))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('fails when a folder is not in the image', () => {
    expect(run([...copyEntryPoint(), '/no/such/folder', '/tmp/never']).status).not.toBe(0);
  });
});
