import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Secret } from '../secrets/secret';

/** Rounds of PBKDF2: PostgreSQL's own default (`scram_iterations`), and RFC 7677's least. */
const ITERATIONS = 4096;
/** Bytes of salt, as PostgreSQL draws. */
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/**
 * What SASLprep (RFC 4013) changes or prohibits, beside what is not in Unicode form NFKC: spaces other than the ordinary
 * one, invisible, control and unassigned characters.
 */
const UNCLEAR = /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}]|[^\P{Zs} ]/u;

/**
 * What PostgreSQL stores in place of a password: the verifier of RFC 5802 and RFC 7677. A statement that has it tells its
 * reader, the server's log included, nothing that can be used to log in.
 *
 * Clients bring a password into SASLprep's form before they use it, each as far as it knows how. So one that has another
 * form is refused: it would let some clients in and keep others out.
 *
 * @param salt @default - drawn by chance
 * @throws for such a password; the message does not quote it
 */
export function verifierOf(password: Secret, salt: Buffer = randomBytes(SALT_BYTES)): string {
  const text = password.reveal();
  if (!isPlain(text))
    throw new Error(
      'The password has characters that clients read in different ways (control characters, special spaces, letters that are not in Unicode form NFKC). Expected letters and digits, for example 48 of them',
    );
  const salted = pbkdf2Sync(text, salt, ITERATIONS, KEY_BYTES, 'sha256');
  const stored = createHash('sha256').update(keyFor('Client Key', salted)).digest('base64');
  const server = keyFor('Server Key', salted).toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${server}`;
}

const keyFor = (use: string, salted: Buffer): Buffer => createHmac('sha256', salted).update(use).digest();

const isPlain = (text: string): boolean => text.normalize('NFKC') === text && !UNCLEAR.test(text);
