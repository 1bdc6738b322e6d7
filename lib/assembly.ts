import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What the CDK writes into an assembly. Whatever else stands in the folder is not ours to delete. */
const WRITTEN_BY_CDK =
  /^(manifest\.json|tree\.json|cdk\.out|validation-report\.json|policy-validation-report\.json|asset\..+|.+\.(template|assets|metadata)\.json)$/;
const NESTED = /^assembly-/;

/** Whether the CDK has written an assembly into this folder. */
const isAssembly = (folder: string): boolean => existsSync(join(folder, 'cdk.out'));

/**
 * Makes an earlier assembly in a folder undeployable, the assemblies of its stages too, before a new synthesis begins:
 * should that one be refused, crash or be cut off, nothing older passes for its result. Assets stay, since bundling
 * them anew takes time and they can't be deployed without a manifest.
 */
export function withdraw(folder: string): void {
  if (!isAssembly(folder)) return;
  for (const nested of nestedIn(folder)) withdraw(nested);
  rmSync(join(folder, 'manifest.json'), { force: true });
}

/** Deletes everything deployable from a folder: manifests, templates, assets, the assemblies of stages. */
export function discard(folder: string): void {
  if (!isAssembly(folder)) return;
  for (const nested of nestedIn(folder)) rmSync(nested, { recursive: true, force: true });
  for (const entry of readdirSync(folder).filter((name) => WRITTEN_BY_CDK.test(name))) {
    rmSync(join(folder, entry), { recursive: true, force: true });
  }
}

const nestedIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => NESTED.test(name))
    .map((name) => join(folder, name));
