/**
 * Ways to put a value into nginx's configuration.
 *
 * The schema has already refused values with characters that mean something to nginx. These refuse them again where
 * they are written, so that a later, looser schema can't open a hole.
 */

/** Characters that stand for themselves in a word of nginx's configuration. */
const WORD = /^[A-Za-z0-9/_.~:*@+,-]+$/;
/** The same inside double quotes: neither quote, backslash, variable nor line end. */
const QUOTED = /^[A-Za-z0-9/_.~:*@+,=;()' -]*$/;

/**
 * A bare word: a host name, a path, a network.
 *
 * @throws when the value has a character that nginx would read as more than itself: a programming mistake
 */
export function word(value: string): string {
  if (!WORD.test(value)) throw new Error(refused(value, 'letters, digits and / _ . ~ : * @ + , -', '/api/login'));
  return value;
}

/**
 * A quoted string: the value of a header.
 *
 * @throws when the value could end the string or begin a variable: a programming mistake
 */
export function quoted(value: string): string {
  if (!QUOTED.test(value)) {
    throw new Error(refused(value, "letters, digits, spaces and / _ . ~ : * @ + , = ; ( ) ' -", "default-src 'self'"));
  }
  return `"${value}"`;
}

const refused = (value: string, expected: string, example: string): string =>
  `nginx configuration: ${JSON.stringify(value)} can't be written. Expected ${expected}, for example ${example}.`;

/**
 * What may follow a fenced path without leaving it, for some server: trailing dots and blanks that a file system drops,
 * parameters after a semicolon, a further segment.
 */
const TRAILING = '[. ]*';

/**
 * A pattern of `map` for everything at or below some prefixes, whatever their case. It is matched with the address as
 * nginx normalised it: decoded once, slashes merged, dot segments gone.
 */
export const below = (paths: readonly string[]): string => `"~*^(?:${alternatives(paths)})${TRAILING}(?:[/;]|$)"`;

/** The same for the addresses alone, with or without a slash at their end. */
export const exactly = (paths: readonly string[]): string => `"~*^(?:${alternatives(paths)})${TRAILING}/?(?:;.*)?$"`;

/** A dot is the only character of a word that a regular expression reads as more than itself, and may stand in a path. */
const alternatives = (paths: readonly string[]): string =>
  paths.map((path) => word(path).replace(/\/+$/, '').replaceAll('.', '\\.')).join('|');

/** A `map` with a line for each key; keys and values are written as they are. */
export function map(source: string, target: string, entries: readonly (readonly [key: string, value: string])[]) {
  return block(
    `map ${source} ${target}`,
    entries.map(([key, value]) => `${key} ${value};`),
  );
}

/** Lines of a block, indented. */
export function block(opening: string, lines: readonly string[]): string[] {
  return [`${opening} {`, ...lines.map((line) => (line ? `  ${line}` : line)), '}'];
}
