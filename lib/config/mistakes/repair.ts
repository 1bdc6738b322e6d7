import type { Problem } from './explain';
import type { Path } from './mistake';
import { isObject } from './schema-walk';

/**
 * The input with every mistaken value set right by its example, so that the rest of the file can still be judged in
 * the same run.
 */
export function repaired(input: unknown, problems: readonly Problem[]): unknown {
  return problems.reduce((value, problem) => set(value, problem.path, problem), input);
}

function set(holder: unknown, path: Path, problem: Problem): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return problem.example;
  if (Array.isArray(holder)) return holder.map((item, index) => (index === key ? set(item, rest, problem) : item));
  const fields = isObject(holder) ? holder : {};
  if (rest.length === 0 && problem.repair === 'remove') {
    return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
  }
  return { ...fields, [key]: set(fields[String(key)], rest, problem) };
}
