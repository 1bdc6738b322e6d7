import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERDICT_FILE } from './controls/gate/verdict';

/** What the CDK writes into an assembly. Whatever else stands in the folder is not ours to delete. */
const WRITTEN_BY_CDK =
  /^(manifest\.json|tree\.json|cdk\.out|validation-report\.json|policy-validation-report\.json|asset\..+|.+\.(template|assets|metadata)\.json)$/;
/** What can be deployed by itself, and what the CDK says of it. */
const RESULTS = /^(manifest\.json|validation-report\.json|.+\.template\.json)$/;
const NESTED = /^assembly-/;

/** Whether the CDK has finished an assembly in this folder. */
const isAssembly = (folder: string): boolean => existsSync(join(folder, 'cdk.out'));

/**
 * Makes an earlier assembly in a folder undeployable, the assemblies of its stages too, and takes its verdict away,
 * before a new synthesis begins: should that one be refused, crash or be cut off, nothing older passes for its result.
 * Assets stay, since bundling them anew takes time and they can't be deployed without a manifest.
 */
export function withdraw(folder: string): void {
  // A synthesis that was cut off leaves finished stages in an unfinished folder.
  for (const nested of nestedIn(folder)) withdraw(nested);
  if (isAssembly(folder)) remove(folder, RESULTS);
  rmSync(join(folder, VERDICT_FILE), { force: true });
}

/**
 * Deletes everything deployable from a folder that the CDK was writing into, finished or not: manifests, templates,
 * assets, the assemblies of stages.
 */
export function discard(folder: string): void {
  for (const nested of nestedIn(folder)) rmSync(nested, { recursive: true, force: true });
  remove(folder, WRITTEN_BY_CDK);
}

/**
 * Takes the manifests out of an assembly, those of its stages too, while it is judged: a process that is killed
 * meanwhile leaves nothing that the CDK would deploy.
 *
 * @returns puts them back
 */
export function withhold(folder: string): () => void {
  const manifests = manifestsIn(folder).map((file) => ({ file, content: readFileSync(file) }));
  for (const { file } of manifests) rmSync(file);
  return () => {
    for (const { file, content } of manifests) writeFileSync(file, content);
  };
}

const manifestsIn = (folder: string): string[] => [
  ...nestedIn(folder).flatMap(manifestsIn),
  ...[join(folder, 'manifest.json')].filter(existsSync),
];

const nestedIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && NESTED.test(entry.name))
        .map(({ name }) => join(folder, name))
    : [];

function remove(folder: string, names: RegExp): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((each) => names.test(each))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}
