import { environment as prod } from '../../lib/config/environments/prod';
import { ConfigurationError, type Mistake, parseEnvironment } from '../../lib/config/parse';
import type { Environment, EnvironmentInput } from '../../lib/config/schema';

type Fields = Record<string, unknown>;

/** Any value, right or wrong, in place of a field of the production file. `undefined` takes the field away. */
export function prodWith(changes: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(changes).reduce<Fields>((file, [path, value]) => set(file, path.split('.'), value), {
    ...(prod as unknown as Fields),
  });
}

function set(holder: unknown, [key = '', ...rest]: readonly string[], value: unknown): Fields {
  const fields = { ...(holder as Fields | undefined) };
  const changed = rest.length === 0 ? value : set(fields[key], rest, value);
  if (changed === undefined) delete fields[key];
  else fields[key] = changed;
  return fields;
}

/** What the parser says about a file; fails the test when it says nothing. */
export function mistakesIn(input: unknown): readonly Mistake[] {
  try {
    parseEnvironment(input, 'lib/config/environments/prod.ts');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.mistakes;
    throw error;
  }
  throw new Error('expected a ConfigurationError, but the environment was accepted');
}

/** The same as lines of `path: expected`. */
export const refusalsOf = (input: unknown): readonly string[] =>
  mistakesIn(input).map(({ path, expected }) => `${path}: ${expected}`);

/** A file that must be accepted. */
export const accepted = (input: unknown): Environment =>
  parseEnvironment(input as EnvironmentInput, 'lib/config/environments/prod.ts');
