import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..');

/** What templates are made from. */
const INPUTS = ['lib', 'lambda', 'cdk.json', 'package-lock.json'];

/** File with the state of the inputs at the last synthesis. */
export const stampOf = (cacheFolder: string): string => join(cacheFolder, 'inputs');

/**
 * Whether the inputs of a synthesis differ from those of the last one. Only a guess at whether the schema engine will
 * be needed, so that it can start early: a wrong one costs time and nothing else.
 */
export function inputsChanged(cacheFolder: string): boolean {
  try {
    return readFileSync(stampOf(cacheFolder), 'utf8') !== stateOfInputs();
  } catch {
    return true;
  }
}

/** Remembers the state of the inputs. */
export function stampInputs(cacheFolder: string): void {
  try {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(stampOf(cacheFolder), stateOfInputs());
  } catch {
    // Without a stamp the engine starts early next time, which may be for nothing.
  }
}

/** Name, size and time of every input: reading them all would take longer than it saves. */
function stateOfInputs(): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const stats = statSync(join(PROJECT, path), { throwIfNoEntry: false });
    if (stats?.isDirectory()) {
      for (const entry of readdirSync(join(PROJECT, path)).sort()) add(join(path, entry));
    } else if (stats) {
      hash.update(`${path}\n${stats.size}\n${stats.mtimeMs}\n`);
    }
  };
  for (const input of INPUTS) add(input);
  return hash.digest('hex');
}
