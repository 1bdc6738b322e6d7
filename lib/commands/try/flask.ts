import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the sample application. */
export const SAMPLE_APP = join(__dirname, '..', '..', 'sample-app');

const CACHE = join(__dirname, '..', '..', '..', 'node_modules', '.cache', 'breakwater');
/** Milliseconds that making the folder may take: a dozen small packages. */
const LIMIT = 180_000;

/** What came of looking for Flask. */
export type Flask = { readonly python: string } | { readonly missing: string };

/** Where Flask and gunicorn stand for this Python and these pinned versions. */
function folderFor(python: string): string {
  const requirements = readFileSync(join(SAMPLE_APP, 'requirements.txt'));
  const name = createHash('sha256').update(python).update('\0').update(requirements).digest('hex').slice(0, 12);
  return join(CACHE, `flask-${name}`);
}

/** Flask as installed earlier, or nothing. */
export function installedFlask(python: string): Flask | undefined {
  const interpreter = join(folderFor(python), 'bin', 'python');
  return existsSync(interpreter) ? { python: interpreter } : undefined;
}

/**
 * Flask and gunicorn from PyPI, exactly those of `requirements.txt` by their hashes, in a virtual environment of the
 * project's cache. It is made once: whole or not at all.
 */
export async function installFlask(python: string): Promise<Flask> {
  const folder = folderFor(python);
  mkdirSync(CACHE, { recursive: true });
  const making = mkdtempSync(join(CACHE, 'making-'));
  try {
    const requirements = join(SAMPLE_APP, 'requirements.txt');
    const interpreter = join(making, 'bin', 'python');
    const problem =
      (await failing(python, ['-m', 'venv', making])) ??
      (await failing(interpreter, ['-m', 'pip', 'install', ...PIP_OPTIONS, '--requirement', requirements])) ??
      (await failing(interpreter, ['-c', 'import flask, gunicorn']));
    if (problem !== undefined) return { missing: problem };
    // Where another call was faster, its folder stands and ours goes.
    if (!existsSync(folder)) renameSync(making, folder);
    return { python: join(folder, 'bin', 'python') };
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

const PIP_OPTIONS = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '1', '--require-hashes'];

/** Runs a command. @returns the last line of its trouble, or nothing when all went well */
function failing(file: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: LIMIT });
    const told: Buffer[] = [];
    child.stderr.on('data', (piece: Buffer) => told.push(piece));
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(undefined);
      const lines = Buffer.concat(told).toString('utf8').trim().split('\n');
      // pip goes on to complain that it knows no such version, when it could ask nobody for one.
      if (lines.some((line) => line.includes('NewConnectionError') || line.includes('ConnectTimeoutError')))
        return resolve("the package index can't be reached");
      const line = lines.find((each) => each.startsWith('ERROR')) ?? lines.at(-1);
      resolve(line || `${file} ended with ${signal ?? code}`);
    });
  });
}
