import { checks } from './checks';
import type { Refusal } from './checks/check';
import { explain } from './mistakes/explain';
import { guarded, heard } from './mistakes/guarded';
import { ConfigurationError, type Mistake, type Path, written } from './mistakes/mistake';
import { nearest } from './mistakes/nearest';
import { repaired } from './mistakes/repair';
import { isObject } from './mistakes/schema-walk';
import { withoutSecrets } from './mistakes/secret-looking';
import { type Environment, environmentSchema, type Tier, tierNames } from './schema';

/** An environment's file before anybody judged it. */
export interface Source {
  readonly input: unknown;
  /** The file, relative to the project. */
  readonly source: string;
}

/** What became of one file: the environment, or what is wrong with it. */
export type Judged =
  | { readonly environment: Environment; readonly mistakes: readonly [] }
  | { readonly environment?: undefined; readonly mistakes: readonly Mistake[] };

/** Judges one file: first every field by its schema, then the fields against each other. */
export function judge({ input, source }: Source): Judged {
  const schema = schemaOf(tierOf(input));
  const parsed = schema.safeParse(input);
  const problems = parsed.success ? [] : explain(parsed.error.issues, schema, input);
  const mistakes = [...problems, ...refusals(input, schema)].map((problem) => mistakeOf(problem, source));
  return parsed.success && mistakes.length === 0 ? { environment: parsed.data, mistakes: [] } : { mistakes };
}

type Schema = ReturnType<typeof environmentSchema>;
const schemas = new Map<Tier, Schema>();

/** A tier's schema, made once: making it takes longer than a judgement. */
function schemaOf(tier: Tier): Schema {
  const schema = schemas.get(tier) ?? environmentSchema(tier);
  schemas.set(tier, schema);
  return schema;
}

/**
 * Parses one environment and fills in every default.
 *
 * @param source the file it came from, for the messages
 * @throws ConfigurationError with every mistake at once
 */
export function parseEnvironment(input: unknown, source: string): Environment {
  const { environment, mistakes } = judge({ input, source });
  if (environment === undefined) throw new ConfigurationError(mistakes);
  return environment;
}

/** An example put in a mistaken field's place can offend its neighbours (a list's value that stands there already). */
const MOST_REPAIRS = 3;

/** What the checks refuse in the file, its mistaken fields set right and out of their sight. */
function refusals(input: unknown, schema: Schema): readonly (Refusal & { readonly value: unknown })[] {
  let right = input;
  const mistaken: Path[] = [];
  for (let repairs = 0; repairs <= MOST_REPAIRS; repairs++) {
    const parsed = schema.safeParse(right);
    if (parsed.success) {
      return weigh(parsed.data, mistaken).map((refusal) => ({ ...refusal, value: at(parsed.data, refusal.path) }));
    }
    const problems = explain(parsed.error.issues, schema, right);
    mistaken.push(...problems.map(({ path }) => path));
    right = repaired(right, problems);
  }
  return [];
}

/** A field is explained once: by its schema, else by the first check that refuses it. */
function weigh(environment: Environment, mistaken: readonly Path[]): readonly Refusal[] {
  if (mistaken.some((path) => path.length === 0)) return [];
  const seen = guarded(environment, mistaken);
  const refused: Refusal[] = [];
  for (const check of checks) {
    const told = new Set(refused.map(({ path }) => written(path)));
    refused.push(...heard(() => check(seen)).filter(({ path }) => !told.has(written(path))));
  }
  return refused;
}

const mistakeOf = (
  { path, value, expected, example, arithmetic }: Refusal & { readonly value: unknown },
  file: string,
): Mistake => ({
  path: written(path),
  value: withoutSecrets(value, path),
  expected,
  example,
  file,
  ...(arithmetic === undefined ? {} : { arithmetic }),
});

/** What stands at a path of the parsed environment: a default counts, so that its value is told. */
const at = (input: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      isObject(value) || Array.isArray(value) ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );

/**
 * The tier to judge by. One that is mistyped is guessed, then the environment's name is asked, and at last the least
 * demanding is taken, so that a wrong tier does not bring mistakes that are none.
 */
function tierOf(input: unknown): Tier {
  const { tier, name } = isObject(input) ? input : {};
  const guess = (word: unknown): Tier | undefined =>
    typeof word === 'string' && word !== ''
      ? (tierNames.find((known) => known.startsWith(word.toLowerCase())) ??
        (nearest(word, tierNames) as Tier | undefined))
      : undefined;
  return guess(tier) ?? guess(name) ?? 'development';
}
