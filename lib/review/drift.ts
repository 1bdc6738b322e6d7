import type { TemplateFiles } from './files';

/** How one template differs from what stands in the repository. */
export interface Drift {
  readonly path: string;
  readonly kind: 'changed' | 'missing' | 'left over';
  /** The first lines that differ: `-` stands in the repository, `+` is rendered. */
  readonly lines: readonly string[];
}

const SHOWN = 12;

/** Where rendered templates differ from written ones. */
export function drift(written: TemplateFiles, rendered: TemplateFiles): readonly Drift[] {
  const paths = [...new Set([...written.keys(), ...rendered.keys()])].sort();
  return paths.flatMap((path): Drift[] => {
    const before = written.get(path);
    const after = rendered.get(path);
    if (before === after) return [];
    if (before === undefined) return [{ path, kind: 'missing', lines: [] }];
    if (after === undefined) return [{ path, kind: 'left over', lines: [] }];
    return [{ path, kind: 'changed', lines: firstDifference(before.split('\n'), after.split('\n')) }];
  });
}

/** The drift in words, with the command that ends it; nothing when there is none. */
export function driftText(found: readonly Drift[]): string | undefined {
  if (found.length === 0) return undefined;
  return [
    'The templates under test/templates are not those that the code renders:',
    ...found.flatMap(({ path, kind, lines }) => [`  ${path}: ${kind}`, ...lines.map((line) => `    ${line}`)]),
    'Run `npm run templates`, read the difference and commit it with the change that caused it.',
  ].join('\n');
}

/** What lies between the common beginning and the common end, cut short. */
function firstDifference(before: readonly string[], after: readonly string[]): string[] {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const cut = (lines: readonly string[], sign: string) => {
    const changed = lines.slice(start, lines.length - end).map((line) => `${sign} ${line.trim()}`);
    return changed.length > SHOWN ? [...changed.slice(0, SHOWN), `${sign} … ${changed.length - SHOWN} more`] : changed;
  };
  return [`line ${start + 1}`, ...cut(before, '-'), ...cut(after, '+')];
}
