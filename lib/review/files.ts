import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { JsonObject } from '../controls/view';
import { normalise } from './normalise';
import { print } from './print';

/** Folder of the templates that reviewers read. */
export const TEMPLATES_FOLDER = join(__dirname, '..', '..', 'test', 'templates');

/** Text of each reviewable template by its path, such as `prod/data.json`. */
export type TemplateFiles = ReadonlyMap<string, string>;

/** The reviewable templates of an assembly on disk: a file for each stack, in the folder of its environment. */
export function reviewable(assemblyFolder: string): TemplateFiles {
  const stacks = new CloudAssembly(assemblyFolder).stacksRecursively;
  return new Map(
    stacks
      .map((stack) => [`${stack.hierarchicalId}.json`, `${print(normalise(stack.template as JsonObject))}\n`] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The templates that stand in a folder. */
export function written(folder: string): TemplateFiles {
  return new Map(jsonFilesIn(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')] as const));
}

/** Writes the templates and deletes those of stacks that are gone. Other files in the folder stay. */
export function write(folder: string, files: TemplateFiles): void {
  for (const path of jsonFilesIn(folder)) if (!files.has(path)) rmSync(join(folder, path));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function jsonFilesIn(folder: string, under = ''): string[] {
  if (!existsSync(join(folder, under))) return [];
  return readdirSync(join(folder, under))
    .sort()
    .flatMap((name) => {
      const path = under ? `${under}/${name}` : name;
      if (statSync(join(folder, path)).isDirectory()) return jsonFilesIn(folder, path);
      return name.endsWith('.json') ? [path] : [];
    });
}
