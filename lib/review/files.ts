import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { imageFoldersBeside } from '../controls/gate/image-folders';
import type { JsonObject } from '../controls/view';
import { normalise } from './normalise';
import { print } from './print';

/** Folder of the templates that reviewers read. */
export const TEMPLATES_FOLDER = join(__dirname, '..', '..', 'test', 'templates');

/** The proxy's configuration below the folder of its environment. */
const PROXY = { file: 'nginx.conf', path: 'proxy/nginx.conf' } as const;

/** Text of each reviewable template by its path, such as `prod/data.json`; of the proxies too: `prod/proxy/nginx.conf`. */
export type TemplateFiles = ReadonlyMap<string, string>;

/**
 * The reviewable templates of an assembly on disk: a file for each stack in the folder of its environment, and what its
 * proxy's image is made of there, as the assembly has it.
 */
export function reviewable(assemblyFolder: string): TemplateFiles {
  const stacks = new CloudAssembly(assemblyFolder).stacksRecursively;
  return new Map(
    stacks
      .flatMap(({ hierarchicalId, template, templateFullPath }) => [
        [`${hierarchicalId}.json`, `${print(normalise(template as JsonObject))}\n`] as const,
        ...proxiesBeside(templateFullPath).map(
          (text) => [`${hierarchicalId.split('/')[0]}/${PROXY.path}`, text] as const,
        ),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const proxiesBeside = (templatePath: string): readonly string[] =>
  [...imageFoldersBeside(templatePath).values()].flatMap((folder) => folder.text(PROXY.file) ?? []);

/** The templates that stand in a folder. */
export function written(folder: string): TemplateFiles {
  return new Map(filesIn(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')] as const));
}

/** Writes the templates and deletes those of stacks that are gone. Other files in the folder stay. */
export function write(folder: string, files: TemplateFiles): void {
  for (const path of filesIn(folder)) if (!files.has(path)) rmSync(join(folder, path));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function filesIn(folder: string, under = ''): string[] {
  if (!existsSync(join(folder, under))) return [];
  return readdirSync(join(folder, under))
    .sort()
    .flatMap((name) => {
      const path = under ? `${under}/${name}` : name;
      if (statSync(join(folder, path)).isDirectory()) return filesIn(folder, path);
      return name.endsWith('.json') || path.endsWith(`/${PROXY.path}`) ? [path] : [];
    });
}
