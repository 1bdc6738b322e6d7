import type { Json, Template } from '../../../lib/controls/view';

/** The templates of one environment, by the stack's id inside it. */
export type Templates = Readonly<Record<string, Template>>;

/** From the templates down: stack, section, logical id, and so on to the value. */
export type Path = readonly (string | number)[];

/** One change of the templates: the value at a path becomes another, or goes when there is none. */
export interface Edit {
  readonly at: Path;
  readonly to?: Json;
}

/** Stands for a resource type where a template is changed outside its resources. */
export const TEMPLATE = 'template';

/** One weakening of a real environment. */
export interface Sabotage {
  /** Unique in its environment and the same on every run. */
  readonly id: string;
  /** What is done, such as `boolean flipped`. */
  readonly kind: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /**
   * Where in the resource, in the words of a control's `protects`: a dotted path below `Properties`, `^` and a name
   * for an attribute, nothing for the resource as a whole.
   */
  readonly path: string;
  /** Before and after, for the report. */
  readonly change: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly edits: readonly Edit[];
  /** The resource doesn't stand in the environment: the sabotage adds it. */
  readonly added?: boolean;
}

/** A path that the sabotage wants to change is not what it thought: a mistake in a generator. */
export class ChangedNothing extends Error {}

/**
 * A copy of the templates with the sabotage done. What did not change is shared with the original.
 *
 * @throws ChangedNothing when an edit leaves the JSON as it was
 */
export function apply(templates: Templates, sabotage: Pick<Sabotage, 'id' | 'edits'>): Templates {
  let result: unknown = templates;
  for (const edit of sabotage.edits) {
    if (same(valueAt(result, edit.at), edit.to)) {
      throw new ChangedNothing(`${sabotage.id}: changed nothing at ${edit.at.join('.')}`);
    }
    result = changed(result, edit.at, edit.to);
  }
  return result as Templates;
}

/** Whether two values are the same JSON; the order of keys doesn't count. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

/** The value at a path; nothing where the path ends early. */
export function valueAt(root: unknown, path: Path): Json | undefined {
  let current = root;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current as Json | undefined;
}

function changed(node: unknown, path: Path, to: Json | undefined): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (Array.isArray(node)) {
    const copy = [...node];
    if (rest.length === 0 && to === undefined) copy.splice(Number(key), 1);
    else copy[Number(key)] = changed(copy[Number(key)], rest, to);
    return copy;
  }
  const copy = { ...(node as Record<string, unknown>) };
  if (rest.length === 0 && to === undefined) delete copy[key];
  else copy[key] = changed(copy[key] ?? {}, rest, to);
  return copy;
}
