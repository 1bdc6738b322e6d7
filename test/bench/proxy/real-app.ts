import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedFlask, installFlask } from '../../../lib/commands/try/flask';
import { findPython } from '../../../lib/commands/try/python';
import { startSampleApp } from '../../../lib/commands/try/sample-app';
import type { Environment } from '../../../lib/config/schema';

/** The sample application as a task runs it. */
export interface RealApp {
  readonly address: string;
  /** What serves it: Flask under gunicorn, or plain WSGI where Flask can't be had. */
  readonly servedBy: string;
  /** The page that is asked for: it is computed, and needs no login. */
  readonly path: string;
  remove(): Promise<void>;
}

/** Starts the sample application with the environment's own settings, gunicorn's workers and threads included. */
export async function startRealApp(environment: Environment): Promise<RealApp> {
  const plain = findPython();
  const flask = installedFlask(plain) ?? (await installFlask(plain));
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  const served = 'python' in flask ? ({ server: 'flask', python: flask.python } as const) : undefined;
  try {
    const app = await startSampleApp({
      environment,
      folder,
      onLine: () => undefined,
      ...(served ?? { server: 'plain', python: plain }),
    });
    return {
      address: `127.0.0.1:${app.port}`,
      servedBy: served ? 'Flask under gunicorn' : 'plain WSGI',
      path: '/',
      remove: async () => {
        await app.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
