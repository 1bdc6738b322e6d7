/** What is shown in place of a secret. */
export const HIDDEN = '«secret»';

/**
 * Texts that the process must not write, because they are secrets or spellings of one. A library's error can quote what it
 * was given (a statement, a connection string), and no type can see into a text.
 */
const forbidden = new Set<string>();

/** Characters from which on a value is searched for: shorter ones stand in ordinary words. NIST's least length of a password. */
const LEAST = 8;

/** Lets `scrubbed` find a value, in clear and in the encodings in which text usually travels. */
export function remember(value: string): void {
  if (value.length < LEAST) return;
  const bytes = Buffer.from(value, 'utf8');
  const hex = bytes.toString('hex');
  const spellings = [
    value,
    JSON.stringify(value).slice(1, -1),
    // By way of the bytes: a lone surrogate can't be encoded.
    encodeURIComponent(bytes.toString('utf8')),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((before) => [inBase64(bytes, before, 'base64'), inBase64(bytes, before, 'base64url')]),
  ];
  for (const spelling of spellings) forbidden.add(spelling);
}

/** The text with every known secret in it replaced. */
export function scrubbed(text: string): string {
  let clean = text;
  // Longest first: a secret that begins another one must not leave the other's end behind.
  for (const each of [...forbidden].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(each, HIDDEN);
  return clean;
}

/** What the bytes look like in base64 when so many others (modulo 3) stand before them: characters that they alone decide. */
function inBase64(bytes: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const all = Buffer.concat([Buffer.alloc(before), bytes]);
  const first = Math.ceil((before * 8) / 6);
  const end = Math.floor((all.length * 8) / 6);
  return all.toString(encoding).slice(first, end);
}
