import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './controls/gate/usage-error';
import { VERDICT_FILE } from './controls/gate/verdict';

/**
 * Folder inside that of the assembly in which an app is synthesized. What has passed is moved out of it, so that at no
 * moment something stands in its place that was not judged, whatever kills the process. Inside, because a folder can
 * only be moved within its own disk.
 */
const SCRATCH = '.unjudged';
/** What the CDK writes into an assembly. Whatever else stands in the folder is not ours to delete. */
const WRITTEN_BY_CDK =
  /^(manifest\.json|tree\.json|cdk\.out|validation-report\.json|policy-validation-report\.json|asset\..+|.+\.(template|assets|metadata)\.json)$/;
/** What can be deployed by itself, and what the CDK says of it. */
const RESULTS = /^(manifest\.json|validation-report\.json|.+\.template\.json)$/;
const NESTED = /^assembly-/;
/** What tells, beside a finished assembly, that the folder was for assemblies before. */
const MARKS: readonly string[] = [VERDICT_FILE, SCRATCH];
/** What the CDK's command line keeps there by itself. */
const KEPT_BY_CDK = /^(\.cache|.+\.lock)$/;

/** Folder of the assembly: as told, else as the CDK's command line says, else the CDK's default. */
export const outputFolder = (told?: string): string => told ?? process.env.CDK_OUTDIR ?? 'cdk.out';

/** Folder in which an app is synthesized before it is judged. */
export const scratchIn = (folder: string): string => join(folder, SCRATCH);

/**
 * Whether the CDK has finished an assembly in this folder: it then wrote a file named cdk.out. A folder of that name is
 * where assemblies go by default, so it stands in the project itself.
 */
const isAssembly = (folder: string): boolean =>
  statSync(join(folder, 'cdk.out'), { throwIfNoEntry: false })?.isFile() ?? false;

/**
 * @throws UsageError when the folder holds other things than an assembly: they would be littered, or deleted with it
 */
export function refuseForeign(folder: string): void {
  const expected = 'Expected a new or empty folder, or one of an earlier assembly, for example cdk.out.';
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw new UsageError(`output: '${folder}' is no folder. ${expected}`);
  const entries = readdirSync(folder).filter((entry) => !KEPT_BY_CDK.test(entry));
  if (entries.length === 0 || isAssembly(folder) || entries.some((entry) => MARKS.includes(entry))) return;
  const some = entries.sort().slice(0, 3).join(', ');
  throw new UsageError(`output: '${folder}' holds something else (${some}). ${expected}`);
}

/**
 * Makes an earlier assembly in a folder undeployable, the assemblies of its stages too, and takes its verdict away,
 * before a new synthesis begins: should that one be refused, crash or be cut off, nothing older passes for its result.
 */
export function withdraw(folder: string): void {
  rmSync(scratchIn(folder), { recursive: true, force: true });
  // A synthesis that was cut off leaves finished stages in an unfinished folder.
  for (const nested of nestedIn(folder)) withdraw(nested);
  if (isAssembly(folder)) remove(folder, RESULTS);
  rmSync(join(folder, VERDICT_FILE), { force: true });
}

/** Moves what was synthesized in the scratch folder to its place. What makes it deployable comes last. */
export function publish(folder: string): void {
  const scratch = scratchIn(folder);
  const last = (name: string): number => (name === 'manifest.json' ? 2 : NESTED.test(name) ? 1 : 0);
  for (const name of readdirSync(scratch).sort((one, other) => last(one) - last(other))) {
    rmSync(join(folder, name), { recursive: true, force: true });
    renameSync(join(scratch, name), join(folder, name));
  }
  rmSync(scratch, { recursive: true });
}

/** Deletes everything deployable from a folder: manifests, templates, assets, the assemblies of stages. */
export function discard(folder: string): void {
  abandon(folder);
  for (const nested of nestedIn(folder)) rmSync(nested, { recursive: true, force: true });
  remove(folder, WRITTEN_BY_CDK);
}

/** Deletes what was synthesized and not published. */
export const abandon = (folder: string): void => rmSync(scratchIn(folder), { recursive: true, force: true });

/**
 * Takes the manifests out of an assembly, those of its stages too, while it is judged: should the process be killed
 * meanwhile, the CDK would not deploy the scratch folder either.
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
