import { createHash, randomInt } from 'node:crypto';
import { kindOf, SecretContentError, SecretDocument } from '../secrets/document';
import { Secret } from '../secrets/secret';
import { instantOf } from './instant';

/** The form of the document. The app reads it too: see lib/constructs/service/README.md. */
const FORMAT = 1;
/** Characters of a key that is made here: letters and digits, so 381 bits. */
const KEY_LENGTH = 64;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Characters of a key that somebody else made, at least (row K03). */
const SHORTEST_KEY = 32;

/** A key and since when it exists. */
export interface Key {
  readonly key: Secret;
  /** @default - unknown: CloudFormation or a person made it */
  readonly since?: Date;
}

/** A key that signs nothing any more and is accepted until a moment. */
export interface Fallback extends Key {
  readonly until: Date;
}

/** A key that signs, and earlier ones that are still accepted. */
export interface Keyring {
  readonly current: Key;
  /** The latest first. */
  readonly fallbacks: readonly Fallback[];
  /** What else stands in the document: it stays. */
  readonly document: SecretDocument;
}

/** A new key by chance. */
export const newKey = (): Secret =>
  new Secret(Array.from({ length: KEY_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''));

/**
 * A key's name, which may be seen: its JWK thumbprint (RFC 7638). Whoever has a token can try keys against its signature
 * anyway, so the name of a key helps nobody to guess it.
 */
export function kidOf(key: Secret): string {
  const k = Buffer.from(key.reveal(), 'utf8').toString('base64url');
  return createHash('sha256')
    .update(JSON.stringify({ k, kty: 'oct' }))
    .digest('base64url');
}

/**
 * Reads a keyring: `{ version: 1, current, since?, fallbacks: [{ key, since?, until }] }`. `fallbacks` may be a list, as
 * CloudFormation makes an empty one, or the list as JSON text.
 *
 * @throws SecretContentError with every mistake
 */
export function parseKeyring(content: Secret): Keyring {
  const document = SecretDocument.parse(content);
  const mistakes: string[] = [];
  if (document.field('version') !== FORMAT)
    mistakes.push(`version is ${kindOf(document.field('version'))} that is unknown here; expected ${FORMAT}`);
  const current = keyIn(document.field('current'), 'current', mistakes);
  const since = instantIn(document.field('since'), 'since', mistakes);
  const fallbacks = listIn(document.field('fallbacks'), mistakes).flatMap((each, index) => {
    const place = `fallbacks[${index}]`;
    if (kindOf(each) !== 'an object') {
      mistakes.push(`${place} is ${kindOf(each)}; expected an object, for example {"key": "…", "until": "…"}`);
      return [];
    }
    const fields = each as Record<string, unknown>;
    const key = keyIn(fields.key, `${place}.key`, mistakes);
    const until = instantIn(fields.until, `${place}.until`, mistakes, 'needed');
    const made = instantIn(fields.since, `${place}.since`, mistakes);
    return key && until ? [{ key, since: made, until }] : [];
  });
  if (mistakes.length > 0 || !current) throw new SecretContentError(mistakes);
  return { current: { key: current, since }, fallbacks, document };
}

/** The content of a secret for a keyring. */
export function serializeKeyring({ current, fallbacks, document }: Keyring): Secret {
  const listed = fallbacks.map(({ key, since, until }) => ({
    key: key.reveal(),
    kid: kidOf(key),
    since: since?.toISOString(),
    until: until.toISOString(),
  }));
  return document
    .with({
      version: FORMAT,
      current: current.key,
      kid: kidOf(current.key),
      since: current.since?.toISOString(),
      // As text: ECS hands a field that is none to a container in Go's notation, which nothing reads.
      fallbacks: new Secret(JSON.stringify(listed)),
    })
    .serialize();
}

function keyIn(value: unknown, place: string, mistakes: string[]): Secret | undefined {
  if (typeof value === 'string' && value.length >= SHORTEST_KEY) return new Secret(value);
  const found = typeof value === 'string' && value !== '' ? `a text of ${value.length} characters` : kindOf(value);
  mistakes.push(`${place} is ${found}; expected a key of at least ${SHORTEST_KEY} characters`);
  return undefined;
}

function instantIn(value: unknown, place: string, mistakes: string[], needed?: 'needed'): Date | undefined {
  if (value === undefined && !needed) return undefined;
  const instant = typeof value === 'string' ? instantOf(value) : undefined;
  if (!instant)
    mistakes.push(`${place} is ${kindOf(value)}; expected a moment in UTC, for example 2026-11-28T00:00:00Z`);
  return instant;
}

function listIn(value: unknown, mistakes: string[]): readonly unknown[] {
  let list = value;
  if (typeof value === 'string')
    try {
      list = JSON.parse(value);
    } catch {
      // The error of JSON.parse quotes the text.
    }
  if (Array.isArray(list)) return list;
  mistakes.push(`fallbacks is ${kindOf(value)}; expected a list or its JSON text, for example []`);
  return [];
}
