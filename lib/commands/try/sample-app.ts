import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../config/schema';
import { gunicornCommand } from '../../constructs/service/gunicorn';
import { plainSettings } from '../../constructs/service/plain-settings';
import { UserError } from '../shared/command';
import { Child } from './child';
import { SAMPLE_APP } from './flask';
import { freePort } from './start-nginx';

/** PBKDF2 rounds, the fewest that the application accepts. */
const ROUNDS = 600_000;
/** Milliseconds in which it must answer. */
const START_LIMIT = 30_000;
/** Milliseconds beyond its own limit in which it must have ended. */
const STOP_SLACK = 2_000;

export interface SampleAppOptions {
  readonly environment: Environment;
  /** How it is served: Flask under gunicorn, with the Python that has both, or plain WSGI. */
  readonly server: 'flask' | 'plain';
  readonly python: string;
  /** The one folder that it may write to. */
  readonly folder: string;
  readonly onLine: (line: string) => void;
  /** Further variables. @default - none */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface SampleApp {
  readonly port: number;
  readonly url: string;
  /** The one account, with a password of this start. */
  readonly account: { readonly name: string; readonly password: string };
  readonly child: Child;
  /** Stops it as ECS does. @returns whether it ended in time by itself */
  readonly stop: () => Promise<boolean>;
}

/**
 * Starts the sample application on loopback with what a container of this environment would be given, gunicorn's own
 * command line included.
 *
 * @throws UserError with its last words when it does not start
 */
export async function startSampleApp(options: SampleAppOptions): Promise<SampleApp> {
  const { environment, folder, onLine, variables } = options;
  const account = { name: 'operator', password: randomBytes(12).toString('base64url') };
  const port = await freePort();
  const child = new Child({
    command: commandOf(options, port),
    folder: SAMPLE_APP,
    variables: { ...settingsFor(environment, folder, account), ...variables },
    onLine,
  });
  const stop = () => child.stop('SIGTERM', environment.limits.gracefulStopSeconds * 1000 + STOP_SLACK);
  try {
    await answering(`http://127.0.0.1:${port}${environment.app.health.liveness}`, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, url: `http://127.0.0.1:${port}`, account, child, stop };
}

function commandOf({ environment, server, python }: SampleAppOptions, port: number): [string, ...string[]] {
  if (server === 'plain') return [python, 'run_plain.py', String(port)];
  const app = { ...environment.app, wsgi: 'run:app', port };
  const [, ...args] = gunicornCommand({ ...environment, app });
  return [python, '-m', 'gunicorn', ...args];
}

function settingsFor(environment: Environment, folder: string, account: SampleApp['account']): Record<string, string> {
  const { apiPaths, adminPaths, health, loginPaths, staticFiles } = environment.app;
  const salt = randomBytes(12).toString('base64url');
  const hash = pbkdf2Sync(account.password, salt, ROUNDS, 32, 'sha256').toString('hex');
  const password = `pbkdf2:sha256:${ROUNDS}$${salt}$${hash}`;
  return {
    ...plainSettings({ environment, release: 'trial', process: 'trial' }),
    // What only a trial needs is refused in production, and this is a trial.
    APP_ENV: 'development',
    PATH: process.env.PATH ?? '',
    HOME: folder,
    TMPDIR: folder,
    SECRET_KEY: randomBytes(32).toString('hex'),
    JWT_SECRET_KEY: randomBytes(32).toString('hex'),
    SAMPLE_TRIAL: '1',
    SAMPLE_ACCOUNTS: JSON.stringify([{ name: account.name, password, admin: true }]),
    SAMPLE_LOGIN_PATHS: loginPaths.join(','),
    SAMPLE_API_PATH: apiPaths[0] ?? '',
    SAMPLE_ADMIN_PATH: adminPaths[0] ?? '',
    SAMPLE_STATIC_PATH: staticFiles[0]?.path ?? '',
    SAMPLE_HEALTH_PATH: health.path,
    SAMPLE_LIVENESS_PATH: health.liveness,
    SAMPLE_READINESS_PATH: health.readiness,
  };
}

async function answering(url: string, child: Child): Promise<void> {
  const until = Date.now() + START_LIMIT;
  while (child.isRunning && Date.now() < until) {
    const status = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => answer.status,
      () => undefined,
    );
    if (status === 200) return;
    await sleep(50);
  }
  const words = child.lines.slice(-5).join('\n');
  throw new UserError(`The sample application does not start. Its last words:\n${words || '(none)'}`);
}
