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

/** Lines of a block, indented. */
export function block(opening: string, lines: readonly string[]): string[] {
  return [`${opening} {`, ...lines.map((line) => (line ? `  ${line}` : line)), '}'];
}
