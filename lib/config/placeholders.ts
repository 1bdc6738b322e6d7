import { type Path, written } from './mistakes/mistake';
import type { Environment } from './schema';

/** A value that only stands for a real one. */
export interface Placeholder {
  /** Such as `contacts.critical[0]`. */
  readonly path: string;
  readonly value: string;
}

/** Names that nobody can register or receive mail at (RFC 2606, RFC 6761). */
const RESERVED_NAME = /(^|[@.])(example\.(com|org|net)|[a-z0-9-]+\.(test|example|invalid|localhost))(:\d+)?$/i;
/** Networks that documents may use and nobody has (RFC 5737, RFC 3849). */
const DOCUMENTATION_NETWORK = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:0?db8:/i;

const PLACEHOLDERS: readonly RegExp[] = [
  RESERVED_NAME,
  DOCUMENTATION_NETWORK,
  /^sha256:0{64}$/,
  /^Z0123456789ABCDEFGHIJ$/,
  /^arn:aws[a-z-]*:acm:[a-z0-9-]+:(\d{12}:certificate\/00000000-|(123456789012|111122223333):)/,
  /^example\//,
  /^\+1\d{3}55501\d\d$/,
  /^(123456789012|111122223333|0{12})$/,
];

/** Values of these fields are the app's own or argued text, not facts about the world. */
const NOT_FACTS = new Set(['exceptions', 'reason', 'purpose', 'command']);

/**
 * Placeholders left in an environment. While it has no account they are shown in a banner; once it has one they are
 * refused, since an alarm that is sent to example.com wakes nobody (row R08).
 */
export function placeholders(environment: Environment): readonly Placeholder[] {
  return placeholderPaths(environment).map(({ path, value }) => ({ path: written(path), value }));
}

/** The same with paths as lists. */
export function placeholderPaths(
  value: unknown,
  path: Path = [],
): readonly { readonly path: Path; readonly value: string }[] {
  if (typeof value === 'string')
    return PLACEHOLDERS.some((pattern) => pattern.test(host(value))) ? [{ path, value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  const entries: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries
    .filter(([key]) => !NOT_FACTS.has(String(key)))
    .flatMap(([key, inner]) => placeholderPaths(inner, [...path, key]));
}

/** The part of a URL that names a machine; any other text as it is. */
const host = (value: string): string => /^[a-z]+:\/\/([^/?#]+)/i.exec(value)?.[1] ?? value;
