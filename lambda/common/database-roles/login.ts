import { randomInt } from 'node:crypto';
import { identifier, literal } from '../postgres/identifier';
import { verifierOf } from '../postgres/scram';
import type { Credential, Session } from '../postgres/session';
import { kindOf, SecretContentError, SecretDocument } from '../secrets/document';
import { Secret } from '../secrets/secret';
import { logins, purposeOf } from './model';

/** Characters of a password: letters and digits, so about 285 bits, and nothing that a URL or a shell could misread. */
const PASSWORD_LENGTH = 48;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const KINDS = [LETTERS, LETTERS.toUpperCase(), '0123456789'];

/** A new password, with letters of both cases and digits. */
export function newPassword(): Secret {
  const all = KINDS.join('');
  for (;;) {
    const drawn = Array.from({ length: PASSWORD_LENGTH }, () => all.charAt(randomInt(all.length)));
    if (KINDS.every((kind) => drawn.some((each) => kind.includes(each)))) return new Secret(drawn.join(''));
  }
}

/** A login of the kit as its secret holds it: `{ username, password }`. Other fields are kept. */
export interface Login extends Credential {
  readonly document: SecretDocument;
}

/** @throws SecretContentError with every mistake */
export function parseLogin(content: Secret): Login {
  const login = parseCredential(content);
  if (purposeOf(login.username) === undefined)
    throw new SecretContentError([
      `username is '${shortened(login.username)}', no login of the kit; expected one of ${logins.join(', ')}`,
    ]);
  return login;
}

/** Any login `{ username, password }`, such as the master's. */
export function parseCredential(content: Secret): Login {
  const document = SecretDocument.parse(content);
  const username = document.field('username');
  const password = document.field('password');
  const mistakes: string[] = [];
  if (typeof username !== 'string' || username === '')
    mistakes.push(`username is ${kindOf(username)}; expected a role's name, for example ${logins[0]}`);
  if (typeof password !== 'string' || password === '')
    mistakes.push(`password is ${kindOf(password)}; expected a text, for example 48 letters and digits`);
  if (mistakes.length > 0) throw new SecretContentError(mistakes);
  return { username: username as string, password: new Secret(password as string), document };
}

/** A name that somebody may have mistyped, and that must not fill the log. */
const shortened = (name: string): string => (name.length > 63 ? `${name.slice(0, 63)}…` : name);

/**
 * Gives a login a password. The server gets what it stores in place of one, so no log of its can hold the password.
 *
 * @throws for a password that clients read in different ways
 */
export async function setPassword(session: Session, { username, password }: Credential): Promise<void> {
  await session.query(`ALTER ROLE ${identifier(username)} PASSWORD ${literal(verifierOf(password))}`);
}
