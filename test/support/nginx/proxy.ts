import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findNginx } from '../../../lib/commands/try/find-nginx';
import { type RunningNginx, startNginx } from '../../../lib/commands/try/start-nginx';
import type { Environment } from '../../../lib/config/schema';
import type { ProxyPlace } from '../../../lib/constructs/proxy/place';
import type { Response } from './client';

/** One line of the access log. */
export type AccessLine = Readonly<Record<string, string | number | null>>;

export interface ProxyOptions {
  /** The app behind it: a recording one, or any `address:port`. */
  readonly app: { readonly address: string };
  /** Differences from the place of a trial: by default loopback is trusted as the load balancer is. */
  readonly place?: Partial<ProxyPlace>;
  /** Files on the static volume by their path, such as `static/app.css`. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

export interface TestProxy extends RunningNginx {
  /** The name that requests must carry: the environment's. */
  readonly name: string;
  /** What was logged so far. A line that is no JSON fails the test. */
  accessLog(): AccessLine[];
  /** The line of an answer, or the last that matches. It must come within two seconds: nginx writes it after the answer. */
  logged(of: Response | ((line: AccessLine) => boolean)): Promise<AccessLine>;
  /** Everything on standard error so far. */
  errorLog(): string;
  /** Ends it and deletes its folder. */
  remove(): Promise<void>;
}

/**
 * Starts the environment's nginx in front of an app, as production has it: under the environment's own name, with
 * loopback in the load balancer's place.
 */
export async function startProxy(environment: Environment, options: ProxyOptions): Promise<TestProxy> {
  const nginx = findNginx();
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-nginx-'));
  for (const [path, content] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, 'static', path)), { recursive: true });
    writeFileSync(join(folder, 'static', path), content);
  }
  const { name } = environment.domain;
  const running = await startNginx({
    environment,
    folder,
    nginx,
    app: options.app.address,
    name,
    place: { host: name, publicPort: 443, trustedPeers: ['127.0.0.1/32'], ...options.place },
  });
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const accessLog = () =>
    read(running.accessLogFile)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AccessLine);
  return {
    ...running,
    name: options.place?.name ?? name,
    accessLog,
    logged: async (of) => {
      const matches =
        typeof of === 'function' ? of : ({ request_id }: AccessLine) => request_id === of.header('X-Request-ID');
      for (const end = Date.now() + 2000; ; await sleep(10)) {
        const line = accessLog().findLast(matches);
        if (line) return line;
        if (Date.now() > end) throw new Error(`no such line in the access log:\n${read(running.accessLogFile)}`);
      }
    },
    errorLog: () => read(running.errorLogFile),
    remove: async () => {
      await running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
