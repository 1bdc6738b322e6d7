import { z } from 'zod';
import { type Path, written } from './mistake';
import { nearest } from './nearest';
import { bare, exampleOf, expectationOf, fieldsOf, isObject, step } from './schema-walk';

/** A mistake before it is given its file: the path as a list, so that the value can be set right. */
export interface Problem {
  readonly path: Path;
  readonly value: unknown;
  readonly expected: string;
  readonly example: unknown;
  /** What the rest of the file is judged with: a right value in its place, or the field taken away. */
  readonly repair: 'replace' | 'remove';
}

type Issue = z.core.$ZodIssue;

/** Turns what the schema refused into problems, one for each thing that a person has to mend. */
export function explain(issues: readonly Issue[], schema: z.ZodType, input: unknown, at: Path = []): Problem[] {
  return issues.flatMap((issue) => {
    const { value, field, whole, depth } = follow(schema, input, issue.path);
    const path = [...at, ...issue.path.slice(0, depth)];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownField(path, key, value, field, schema));
    if (issue.code === 'invalid_key') return [wrongName(path, field, whole)];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return union(issue.errors, field, value, path);
    if (issue.code === 'custom') {
      const { example = exampleOf(field) } = issue.params ?? {};
      return [{ path, value, expected: issue.message, example, repair: 'replace' }];
    }
    return [{ path, value, ...expectationOf(field), repair: 'replace' }];
  });
}

interface Followed {
  readonly value: unknown;
  readonly field: z.ZodType;
  /** The schema of the object or record that holds the field. */
  readonly whole: z.ZodType;
  /** How far down the path the value and its schema are. */
  readonly depth: number;
}

/**
 * The value and the schema at a path. A literal, such as the `enabled: true` of one branch, says nothing by itself: then
 * it is what holds it that is explained.
 */
function follow(schema: z.ZodType, input: unknown, path: Path): Followed {
  let followed: Followed = { value: input, field: schema, whole: schema, depth: 0 };
  for (const key of path) {
    const { value, field, depth } = followed;
    const next = step(field, key, value);
    if (next === undefined || bare(next) instanceof z.ZodLiteral) return followed;
    const inner = isObject(value) || Array.isArray(value) ? (value as Record<PropertyKey, unknown>)[key] : undefined;
    followed = { value: inner, field: next, whole: field, depth: depth + 1 };
  }
  return followed;
}

function unknownField(at: Path, key: string, holder: unknown, schema: z.ZodType, root: z.ZodType): Problem {
  const known = fieldsOf(schema);
  const near = nearest(key, known) ?? undefined;
  const elsewhere = near ? undefined : elsewhereIn(root, key);
  const name = written(at);
  const place = name === '' ? 'an environment' : name;
  const expected = near
    ? `no field '${key}' in ${place}: did you mean '${near}'?`
    : elsewhere
      ? `no field '${key}' in ${place}: it belongs to ${elsewhere}`
      : `no field '${key}' in ${place}, which has ${known.join(', ')}`;
  const field = near ?? (elsewhere ? key : known[0]);
  const owner = elsewhere ? step(root, elsewhere, undefined) : schema;
  const right = field && owner ? step(owner, field, holder) : undefined;
  // Nothing resembles it: then the part as a whole is the example, unless that is the whole file.
  const whole = !near && !elsewhere && at.length > 0;
  return {
    path: [...at, key],
    value: isObject(holder) ? holder[key] : undefined,
    expected,
    example: whole ? exampleOf(schema) : field && right ? { [field]: exampleOf(right) } : undefined,
    repair: 'remove',
  };
}

/** The section that has a field of this name, when exactly one does. */
function elsewhereIn(root: z.ZodType, key: string): string | undefined {
  const sections = fieldsOf(root).filter((section) => {
    const schema = step(root, section, undefined);
    return schema !== undefined && fieldsOf(schema).includes(key);
  });
  return sections.length === 1 ? sections[0] : undefined;
}

function wrongName(path: Path, field: z.ZodType, whole: z.ZodType): Problem {
  const holder = bare(whole);
  const names = holder instanceof z.ZodRecord ? (holder.keyType as z.ZodType) : field;
  return { path, value: path.at(-1), ...expectationOf(names), repair: 'remove' };
}

const UNKNOWN_FIELD_WEIGHT = 3;

/** How far a value is from a branch: a field that the branch does not know says more than a wrong value. */
const distanceOf = (issues: readonly Issue[]): number =>
  issues.reduce((sum, i) => sum + (i.code === 'unrecognized_keys' ? UNKNOWN_FIELD_WEIGHT * i.keys.length : 1), 0);

/** Explains by the branch that the value comes nearest to; by the union's own words when it resembles none. */
function union(errors: readonly (readonly Issue[])[], schema: z.ZodType, value: unknown, path: Path): Problem[] {
  const self: Problem = { path, value, ...expectationOf(schema), repair: 'replace' };
  const union = bare(schema);
  if (!(union instanceof z.ZodUnion) || !isObject(value)) return [self];
  const branches = (union.options as z.ZodType[])
    .map((branch, index) => ({ branch, issues: errors[index] ?? [] }))
    .filter(({ branch }) => branch instanceof z.ZodObject)
    .sort((a, b) => distanceOf(a.issues) - distanceOf(b.issues));
  const [best] = branches;
  if (!best) return [self];
  const telling = fieldsOf(union).filter((field) => !branches.every(({ branch }) => fieldsOf(branch).includes(field)));
  const undecided = telling.every((field) => !(field in value));
  if (!undecided) return explain(best.issues, best.branch, value, path);
  const common = best.issues.filter((issue) => issue.path.length > 0 && !telling.includes(String(issue.path[0])));
  return [self, ...explain(common, best.branch, value, path)];
}
