import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../config/schema';
import { type Terminal, UserError } from '../shared/command';
import { findNginx } from './find-nginx';
import { type Flask, installedFlask, installFlask, SAMPLE_APP } from './flask';
import type { TryOptions } from './options';
import { findPython } from './python';
import { type SampleApp, startSampleApp } from './sample-app';
import { freePort, type NginxOptions, type RunningNginx, startNginx } from './start-nginx';

/** Where browsers expect HTTPS on a machine without rights to port 443. */
const USUAL_PORT = 8443;
/** Milliseconds in which a user's app must answer. */
const APP_LIMIT = 5_000;

/** The proxy and the app behind it, running. */
export interface Trial {
  readonly environment: Environment;
  readonly nginx: RunningNginx;
  /** What is behind it, in words. */
  readonly app: string;
  /** The sample application. @default - the user's app is behind it */
  readonly sample?: SampleApp;
  /** Options for curl: the certificate to trust and where the name leads. */
  readonly curlFile: string;
  /** Resolves when a part has ended that nobody stopped: with its name. */
  readonly failed: Promise<string>;
  /** Ends everything and deletes the folder. */
  readonly stop: () => Promise<void>;
  /** The same at once, without waiting for anything. */
  readonly abandon: () => void;
}

/**
 * Starts the app, if it is ours, and the environment's nginx before it. When that fails halfway, nothing is left.
 *
 * @param onLine takes each line that the sample application writes
 * @throws UserError with what to do
 */
export async function startTrial(
  options: TryOptions,
  terminal: Terminal,
  onLine: (line: string) => void,
): Promise<Trial> {
  // Asked first: what is missing is told before anything starts.
  const nginx = findNginx();
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-try-'));
  const parts: { sample?: SampleApp; nginx?: RunningNginx } = {};
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const stop = async () => {
    // As in a task: the proxy first, while the app still answers what is in flight.
    await parts.nginx?.stop();
    await parts.sample?.stop();
    remove();
  };
  const abandon = () => {
    if (parts.nginx) signal(parts.nginx.pid, 'SIGTERM');
    if (parts.sample?.child.pid) signal(-parts.sample.child.pid, 'SIGKILL');
    remove();
  };
  // However this process ends, the others end with it.
  process.once('exit', abandon);
  try {
    const behind = options.app ? await usersApp(options.app, options.environment) : undefined;
    const started = behind ? undefined : await sampleApp(options, folder, terminal, onLine);
    parts.sample = started?.sample;
    const environment = trialOf(options.environment, options.app !== undefined);
    const nginxFolder = join(folder, 'nginx');
    mkdirSync(nginxFolder);
    copyStaticFiles(environment, nginxFolder);
    const address = behind?.address ?? `127.0.0.1:${started?.sample.port}`;
    parts.nginx = await proxyBefore({ app: address, environment, folder: nginxFolder, nginx }, options.port);
    const failed = Promise.race([
      parts.nginx.ended.then(() => 'nginx'),
      ...(parts.sample ? [parts.sample.child.ended.then(() => 'The sample application')] : []),
    ]);
    return {
      environment,
      nginx: parts.nginx,
      app: behind?.described ?? started?.described ?? '',
      sample: parts.sample,
      curlFile: curlFile(parts.nginx),
      failed,
      stop: async () => {
        process.removeListener('exit', abandon);
        await stop();
      },
      abandon,
    };
  } catch (error) {
    process.removeListener('exit', abandon);
    await stop();
    throw error;
  }
}

/**
 * The environment under a name of this machine. Names below `localhost` lead to loopback without anybody's help, and
 * each environment has its own: HSTS, once believed, would otherwise bind every other server on `localhost`.
 */
function trialOf(environment: Environment, own: boolean): Environment {
  const domain = { ...environment.domain, name: `${environment.name}.localhost` };
  // The folders to serve from are in the user's image, which is not here; the app serves them itself.
  const app = own ? { ...environment.app, staticFiles: [] } : environment.app;
  return { ...environment, domain, app };
}

async function proxyBefore(parts: Omit<NginxOptions, 'port' | 'name'>, port: number | undefined) {
  const name = parts.environment.domain.name;
  return startNginx({ ...parts, name, port: port ?? (await freePort(USUAL_PORT)) });
}

async function sampleApp(
  { environment, plain }: TryOptions,
  folder: string,
  terminal: Terminal,
  onLine: (line: string) => void,
) {
  const python = findPython();
  const flask = plain ? { missing: '--plain' } : await flaskFor(python, terminal);
  const own = join(folder, 'app');
  mkdirSync(own);
  const server = 'python' in flask ? 'flask' : 'plain';
  const sample = await startSampleApp({
    environment: trialOf(environment, false),
    server,
    python: 'python' in flask ? flask.python : python,
    folder: own,
    onLine,
  });
  const described =
    'python' in flask
      ? 'the sample application, Flask under gunicorn'
      : `the sample application in plain WSGI, without Flask (${flask.missing})`;
  return { sample, described };
}

async function flaskFor(python: string, terminal: Terminal): Promise<Flask> {
  const there = installedFlask(python);
  if (there) return there;
  terminal.err('Installing Flask and gunicorn from PyPI for the sample application, once …');
  return installFlask(python);
}

/** The user's app, which must answer something. */
async function usersApp({ hostname, port }: URL, { app }: Environment) {
  const address = `${hostname}:${port || '80'}`;
  const path = app.health.liveness;
  try {
    const status = await statusOf(`http://${address}${path}`);
    const told = status === 200 ? '' : `, whose ${path} answers ${status} and not 200`;
    return { address, described: `your app at ${address}${told}` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `--app: nothing answers at http://${address} (${why}). Expected a running app, for example: gunicorn ${app.wsgi} --bind ${address}`,
    );
  }
}

/** Asks with Node's own client: `fetch` refuses ports that browsers do. */
function statusOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { agent: false, timeout: APP_LIMIT }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.once('timeout', () => asking.destroy(new Error(`no answer in ${APP_LIMIT / 1000} seconds`)));
    asking.once('error', reject);
    asking.end();
  });
}

/** The sample's files where nginx serves the environment's static files from. */
function copyStaticFiles({ app }: Environment, folder: string): void {
  const [first] = app.staticFiles;
  if (!first) return;
  cpSync(join(SAMPLE_APP, 'sample_app', 'static'), join(folder, 'static', first.path), { recursive: true });
}

function curlFile({ folder, url }: RunningNginx): string {
  const { hostname, port } = new URL(url);
  const file = join(folder, 'curl');
  const certificate = join(folder, 'tls', 'certificate.pem');
  writeFileSync(file, `cacert = "${certificate}"\nresolve = "${hostname}:${port}:127.0.0.1"\nsilent\nshow-error\n`);
  return file;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}
