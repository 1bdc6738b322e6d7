import { ConfigurationError, type Mistake, parseEnvironment } from '../../lib/config/parse';
import { environment as codingScience } from '../fixtures/environments/coding-science';
import { environment as zehmo } from '../fixtures/environments/zehmo';

type Path = readonly (string | number)[];

/** Every place in a file that holds something. */
function places(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, inner]) => places(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? replaced(item, rest, by) : item));
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: replaced(fields[key], rest, by) };
}

const junk: readonly unknown[] = [undefined, null, -1, 'junk: {', true, [null], {}, () => 1];

function mistakesOf(input: unknown): readonly Mistake[] {
  try {
    parseEnvironment(input, 'prod.ts');
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.mistakes;
    throw error;
  }
}

const says = ({ path, expected, file }: Mistake): boolean =>
  typeof path === 'string' && expected.length > 1 && file === 'prod.ts';

describe.each([
  ['zehmo', zehmo],
  ['coding-science', codingScience],
])('junk anywhere in the file of %s', (_name, file) => {
  const cases = places(file).flatMap((path) => junk.map((by) => ({ path, by })));

  it('is accepted or refused in words, and breaks nothing', () => {
    let refused = 0;
    for (const { path, by } of cases) {
      const mistakes = mistakesOf(replaced(file, path, by));
      if (!mistakes.every(says)) throw new Error(`${path.join('.')} = ${String(by)}: a mistake without words`);
      refused += mistakes.length > 0 ? 1 : 0;
    }
    expect(cases.length).toBeGreaterThan(600);
    expect(refused / cases.length).toBeGreaterThan(0.8);
  });

  it('hides no other mistake', () => {
    // One mistake of a field and one between fields, in two sections; junk in any third place leaves both told.
    const others = { budget: { monthlyUsd: 'much' }, backupRegion: file.region };
    const elsewhere = cases.filter(
      ({ path: [section] }) => section !== undefined && !['budget', 'region', 'backupRegion'].includes(String(section)),
    );
    for (const { path, by } of elsewhere) {
      const told = mistakesOf({ ...(replaced(file, path, by) as object), ...others }).map((mistake) => mistake.path);
      if (!told.includes('budget.monthlyUsd') || !told.includes('backupRegion')) {
        throw new Error(`${path.join('.')} = ${String(by)} hides another mistake; told: ${told.join(', ')}`);
      }
    }
  });
});
