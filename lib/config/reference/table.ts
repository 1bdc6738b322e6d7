import { z } from 'zod';
import { shown } from '../mistakes/mistake';
import { bare, exampleOf, expectationOf, fieldsOf as fieldNames, isRequired } from '../mistakes/schema-walk';
import { environmentSchema, type Tier, tierNames } from '../schema';

/** One field of an environment, as the reference lists it. */
interface Row {
  readonly path: string;
  readonly expected: string;
  readonly fallback: string;
  readonly example: string;
}

const schemas: Readonly<Record<Tier, z.ZodType>> = {
  development: environmentSchema('development'),
  staging: environmentSchema('staging'),
  production: environmentSchema('production'),
};

/** The configuration reference: one table for each section, made from the schema. */
export function reference(): string {
  const sections = Object.keys((bare(schemas.production) as z.ZodObject).shape);
  // Sections of one field are told together.
  const identity = sections.filter((name) => fieldsOf(name).length === 1);
  const others = sections.filter((name) => !identity.includes(name));
  return [
    table('The environment', identity.flatMap(fieldsOf)),
    ...others.map((name) => table(`\`${name}\``, fieldsOf(name))),
  ].join('\n\n');
}

const table = (title: string, rows: readonly Row[]): string =>
  [
    `### ${title}`,
    '',
    '| field | expected | default | example |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ path, expected, fallback, example }) => `| \`${path}\` | ${expected} | ${fallback} | ${example} |`),
  ].join('\n');

const fieldsOf = (section: string): readonly Row[] => rowsOf({ path: section, keys: [section] });

interface Place {
  readonly path: string;
  readonly keys: readonly string[];
  /** The nearest part above that may be left out: what is required, is required with it. */
  readonly within?: string;
}

/** Rows of a field and everything below it. An object that is only a frame for its fields has no row of its own. */
function rowsOf(place: Place): readonly Row[] {
  const schema = follow(schemas.production, place.keys);
  const inner = bare(schema);
  const within = isOptional(schema) ? place.path : place.within;
  const below = (key: string, inside = within): readonly Row[] =>
    rowsOf({
      path: key === '[]' ? `${place.path}[]` : `${place.path}.${key}`,
      keys: [...place.keys, key],
      within: inside,
    });
  if (inner instanceof z.ZodObject) {
    return [...(isOptional(schema) ? [row(place)] : []), ...Object.keys(inner.shape).flatMap((key) => below(key))];
  }
  if (inner instanceof z.ZodArray && inner.element instanceof z.ZodObject) {
    return [row(place), ...below('[]', `${place.path}[]`)];
  }
  return [row(place), ...branchFields(inner).flatMap((key) => below(key, place.path))];
}

/** Fields of a union's branches, each once; the union's own row says how they go together. */
function branchFields(schema: z.ZodType): readonly string[] {
  return schema instanceof z.ZodUnion ? fieldNames(schema).filter((name) => name !== 'enabled') : [];
}

/** Whether an object may be left out. One that is filled in with `{}` is always there. */
const isOptional = (schema: z.ZodType): boolean => schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;

const row = ({ path, keys, within }: Place): Row => {
  const schema = follow(schemas.production, keys);
  return {
    path,
    expected: byTier((tier) => cell(expectationOf(follow(schemas[tier], keys)).expected)),
    fallback: byTier((tier) => fallbackOf(follow(schemas[tier], keys), within)),
    example: `\`${cell(shown(exampleOf(schema)))}\``,
  };
};

/** The same words for every tier, or each tier's. */
function byTier(words: (tier: Tier) => string): string {
  const each = tierNames.map((tier) => [tier, words(tier)] as const);
  const all = new Set(each.map(([, text]) => text));
  return all.size === 1 ? [...all].join() : each.map(([tier, text]) => `${tier}: ${text}`).join('<br>');
}

function fallbackOf(schema: z.ZodType, within: string | undefined): string {
  if (isRequired(schema)) return within === undefined ? '**required**' : `required in \`${within}\``;
  const value = schema.parse(undefined);
  return value === undefined ? 'none' : `\`${cell(shown(value))}\``;
}

/** A pipe would end the cell. */
const cell = (text: string): string => text.replace(/\|/g, '\\|');

/** The schema at a path of field names, where `[]` stands for an item and a union gives the branch that has the field. */
function follow(schema: z.ZodType, keys: readonly string[]): z.ZodType {
  return keys.reduce<z.ZodType>((at, key) => {
    const inner = bare(at);
    if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
    const branches = inner instanceof z.ZodUnion ? (inner.options as z.ZodType[]) : [inner];
    const holder = branches.find((branch) => branch instanceof z.ZodObject && key in branch.shape) as z.ZodObject;
    return holder.shape[key] as z.ZodType;
  }, schema);
}
