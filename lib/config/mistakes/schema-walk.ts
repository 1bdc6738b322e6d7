import { z } from 'zod';
import type { Expectation } from '../schema/fields';

type Wrapper = z.ZodDefault<z.ZodType> | z.ZodPrefault<z.ZodType> | z.ZodOptional<z.ZodType>;

const isWrapper = (schema: z.ZodType): schema is Wrapper =>
  schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;

/** The schema inside defaults and optionality. */
export function bare(schema: z.ZodType): z.ZodType {
  return isWrapper(schema) ? bare(schema.unwrap()) : schema;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema of a field, an entry or an item; the value says which branch of a union is meant. */
export function step(schema: z.ZodType, key: PropertyKey, value: unknown): z.ZodType | undefined {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject) return inner.shape[String(key)] as z.ZodType | undefined;
  if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
  if (inner instanceof z.ZodRecord) return inner.valueType as z.ZodType;
  if (inner instanceof z.ZodUnion) {
    const branches = (inner.options as z.ZodType[]).filter((branch) => step(branch, key, value) !== undefined);
    const meant = branches.find((branch) => fits(branch, value)) ?? branches[0];
    return meant && step(meant, key, value);
  }
  return undefined;
}

/** Whether the literal fields of a branch, such as `enabled: true`, agree with the value. */
function fits(branch: z.ZodType, value: unknown): boolean {
  if (!(branch instanceof z.ZodObject) || !isObject(value)) return false;
  return Object.entries(branch.shape as Record<string, z.ZodType>).every(
    ([key, field]) => !(field instanceof z.ZodLiteral) || field.values.has(value[key] as z.core.util.Literal),
  );
}

/** What a schema expects: its own words, or words made from its parts. */
export function expectationOf(schema: z.ZodType): Expectation {
  const { expected } = (schema.meta() ?? {}) as Partial<Expectation>;
  if (isWrapper(schema) && expected === undefined) return expectationOf(schema.unwrap());
  return { expected: expected ?? partsOf(schema), example: exampleOf(schema) };
}

function partsOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodObject) return `{ ${Object.keys(schema.shape).join(', ')} }`;
  if (schema instanceof z.ZodRecord) {
    const [key, value] = [schema.keyType, schema.valueType].map((part) => expectationOf(part as z.ZodType).expected);
    return `{ ${key}: ${value} }`;
  }
  if (schema instanceof z.ZodArray) return `a list, each ${expectationOf(schema.element as z.ZodType).expected}`;
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String).join(' or ');
  throw new Error(`lib/config/schema: a ${schema.def.type} field says neither what it expects nor an example`);
}

/** A value that the schema accepts: the one it states, or one made of its required parts. */
export function exampleOf(schema: z.ZodType): unknown {
  const meta = schema.meta() as Partial<Expectation> | undefined;
  if (meta && 'example' in meta) return meta.example;
  const inner = bare(schema);
  if (inner !== schema) return exampleOf(inner);
  if (inner instanceof z.ZodObject) {
    const required = Object.entries(inner.shape as Record<string, z.ZodType>).filter(([, field]) => isRequired(field));
    return Object.fromEntries(required.map(([key, field]) => [key, exampleOf(field)]));
  }
  if (inner instanceof z.ZodArray) return [exampleOf(inner.element as z.ZodType)];
  if (inner instanceof z.ZodRecord)
    return { [String(exampleOf(inner.keyType as z.ZodType))]: exampleOf(inner.valueType as z.ZodType) };
  if (inner instanceof z.ZodLiteral) return [...inner.values][0];
  throw new Error(`lib/config/schema: a ${inner.def.type} field gives no example`);
}

export const isRequired = (schema: z.ZodType): boolean => !isWrapper(schema);

/** Names of the fields that an object, or any branch of a union of objects, has. */
export function fieldsOf(schema: z.ZodType): readonly string[] {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject) return Object.keys(inner.shape);
  if (inner instanceof z.ZodUnion) return [...new Set((inner.options as z.ZodType[]).flatMap(fieldsOf))];
  if (inner instanceof z.ZodRecord && inner.keyType instanceof z.ZodEnum) return inner.keyType.options.map(String);
  return [];
}
