import { readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { acrossEnvironments } from './checks/across-environments';
import { judge, type Source } from './environment';
import { ConfigurationError, type Mistake } from './mistakes/mistake';
import { nearest } from './mistakes/nearest';
import { isObject } from './mistakes/schema-walk';
import { type Environment, tierNames } from './schema';

const PROJECT = join(__dirname, '..', '..');
/** Where operators keep one file for each environment. */
export const ENVIRONMENTS_FOLDER = join(__dirname, 'environments');

/**
 * Parses several environments and judges them against each other.
 *
 * @throws ConfigurationError with every mistake of every file at once
 */
export function parseEnvironments(sources: readonly Source[]): readonly Environment[] {
  return chosen(sources, undefined);
}

/**
 * Loads the environments that an operator keeps in `lib/config/environments/`, weakest tier first.
 *
 * @param names which to return, as `-c env=prod` names them. @default - all
 * @param folder where the files are; tests bring their own
 * @throws ConfigurationError with every mistake of the chosen files at once, or naming the known environments
 */
export function loadEnvironments(names?: readonly string[], folder = ENVIRONMENTS_FOLDER): readonly Environment[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort();
  const known = files.map((file) => basename(file, '.ts'));
  const unknown = (names ?? []).filter((name) => !known.includes(name)).map((name) => notThere(name, known, folder));
  const missing = files.length === 0 ? [emptyFolder(folder)] : [];
  if (unknown.length + missing.length > 0) throw new ConfigurationError([...unknown, ...missing]);
  return chosen(
    files.map((file) => load(join(folder, file))),
    names,
  );
}

/** What `-c env=prod` or `-c env=dev,staging` asks for; nothing asks for all. */
export function environmentNames(context: unknown): readonly string[] | undefined {
  if (context === undefined || context === '') return undefined;
  const names = String(context)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  // A list of nothing is a mistake and not a wish for nothing: it goes on as the name that it can't be.
  return names.length > 0 ? names : [String(context)];
}

interface Loaded extends Source {
  /** Name that the file's own name asks for. */
  readonly named?: string;
  readonly broken?: Mistake;
}

/**
 * Files that were not asked for are judged too, since environments must differ from each other, but a mistake inside
 * one of them does not hold up a release of another.
 */
function chosen(sources: readonly Loaded[], names: readonly string[] | undefined): readonly Environment[] {
  const judged = sources.map((source) => ({
    source,
    ...(source.broken ? { mistakes: [source.broken] } : judgeNamed(source)),
  }));
  const wanted = (name: string | undefined): boolean =>
    names === undefined || (name !== undefined && names.includes(name));
  const good = judged.flatMap((each) =>
    'environment' in each && each.environment ? [{ environment: each.environment, source: each.source.source }] : [],
  );
  const mistakes = [
    ...judged.filter(({ source }) => wanted(source.named)).flatMap((each) => each.mistakes),
    ...acrossEnvironments(good)
      .filter(({ of }) => of.some(wanted))
      .map(({ mistake }) => mistake),
  ];
  if (mistakes.length > 0) throw new ConfigurationError(mistakes);
  return good
    .map(({ environment }) => environment)
    .filter(({ name }) => wanted(name))
    .sort((a, b) => tierNames.indexOf(a.tier) - tierNames.indexOf(b.tier) || (a.name < b.name ? -1 : 1));
}

function judgeNamed(source: Loaded): ReturnType<typeof judge> {
  const judged = judge(source);
  const name = isObject(source.input) ? source.input.name : undefined;
  if (source.named === undefined || typeof name !== 'string' || name === source.named) return judged;
  const mistake: Mistake = {
    path: 'name',
    value: name,
    expected: `the file's own name, '${source.named}', or a file named ${name}.ts`,
    example: source.named,
    file: source.source,
  };
  return { mistakes: [mistake, ...judged.mistakes] };
}

function load(file: string): Loaded {
  const source = relative(PROJECT, file);
  const named = basename(file, '.ts');
  const broken = (value: unknown, expected: string): Loaded => ({
    input: undefined,
    source,
    named,
    broken: {
      path: '',
      value,
      expected,
      example: "export const environment = defineEnvironment({ name: 'prod', … })",
      file: source,
    },
  });
  try {
    const exported = require(file) as Record<string, unknown>;
    if ('environment' in exported) return { input: exported.environment, source, named };
    return broken(Object.keys(exported), "an export named 'environment'");
  } catch (error) {
    return broken(reasonOf(error), 'a file that loads without an error');
  }
}

/** What an error says: its first line, or the second where the first only announces it, as the TypeScript loader does. */
function reasonOf(error: unknown): string {
  const [first = '', second = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return first.endsWith(':') && second !== '' ? second.replaceAll(`${PROJECT}/`, '') : first;
}

const notThere = (name: string, known: readonly string[], folder: string): Mistake => ({
  path: '-c env',
  value: name,
  expected: `one of ${known.join(', ')}`,
  example: nearest(name, known) ?? known[0],
  file: relative(PROJECT, folder),
});

const emptyFolder = (folder: string): Mistake => ({
  path: '',
  value: undefined,
  expected: 'one .ts file for each environment',
  example: 'prod.ts',
  file: relative(PROJECT, folder),
});
