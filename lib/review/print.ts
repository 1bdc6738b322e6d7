import { asObject, type Json } from '../controls/view';

const WIDTH = 110;
const INDENT = '  ';
/** Lists of short objects, such as tags, are the deepest that one line holds. */
const DEPTH = 2;

/**
 * JSON for people: what fits on a line stands on one, as a reference or a tag does, and all else is broken by key, so
 * that a change touches few lines of a diff.
 */
export function print(value: Json, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const flat = onOneLine(value);
  if (indent !== '' && nesting(value) <= DEPTH && indent.length + flat.length <= WIDTH) return flat;
  const deeper = indent + INDENT;
  const lines = Array.isArray(value)
    ? value.map((entry: Json) => `${deeper}${print(entry, deeper)}`)
    : Object.entries(value).map(([key, entry]) => `${deeper}${JSON.stringify(key)}: ${print(entry, deeper)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return lines.length === 0 ? flat : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function onOneLine(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((entry: Json) => onOneLine(entry)).join(', ')}]`;
  const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${onOneLine(entry)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** How deep lists and objects stand in each other. A reference or function counts as the one value that it gives. */
function nesting(value: Json): number {
  if (typeof value !== 'object' || value === null || isFunction(value)) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((entry) => nesting(entry as Json)));
}

function isFunction(value: Json): boolean {
  const [name, ...others] = Object.keys(asObject(value));
  return others.length === 0 && (name === 'Ref' || (name?.startsWith('Fn::') ?? false));
}
