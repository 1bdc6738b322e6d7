/** PostgreSQL cuts a longer name off without a word: bytes. */
const LONGEST_NAME = 63;
/** Half of a character, which UTF-8 can't have. */
const UNPAIRED = /\p{Cs}/u;

/**
 * A name as a statement holds it, in quotes.
 *
 * @throws for a name that PostgreSQL can't have or would cut off
 */
export function identifier(name: string): string {
  const bytes = Buffer.byteLength(name, 'utf8');
  if (bytes === 0 || bytes > LONGEST_NAME || name.includes('\0') || UNPAIRED.test(name))
    throw new Error(
      `'${name}' can't be a name in PostgreSQL: found ${bytes} bytes; expected 1 to ${LONGEST_NAME} bytes of Unicode without NUL, for example app_owner`,
    );
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a statement holds it, in quotes. It means the same whatever `standard_conforming_strings` is. */
export function literal(text: string): string {
  if (text.includes('\0') || UNPAIRED.test(text)) throw new Error('PostgreSQL takes Unicode text without NUL only');
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
}
