import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Control } from './control';

/** Folders of this directory that hold no controls. */
const NOT_CONTROLS = new Set(['gate', 'rows', 'rules']);

let found: readonly Control[] | undefined;

/**
 * Every control of the kit, found by listing the folders beside this file: a new control is a new file and nothing
 * else. Each file exports `control`, whose id is the file's name.
 *
 * @throws when a file breaks that contract
 */
export function controls(): readonly Control[] {
  found ??= folders().flatMap((folder) =>
    readdirSync(join(__dirname, folder))
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .map((file) => load(join(__dirname, folder, file))),
  );
  return found;
}

function folders(): readonly string[] {
  return readdirSync(__dirname)
    .filter((entry) => !NOT_CONTROLS.has(entry) && statSync(join(__dirname, entry)).isDirectory())
    .sort();
}

function load(file: string): Control {
  const id = basename(file, '.ts');
  const { control } = require(file) as { control?: Control };
  if (control?.id !== id) {
    throw new Error(`${file}: expected an export named control with id '${id}', found id '${control?.id}'`);
  }
  return control;
}
