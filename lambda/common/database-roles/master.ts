import { DatabaseError } from '../postgres/failure';
import { type Place, Session } from '../postgres/session';
import { SecretContentError } from '../secrets/document';
import { holderOf, type SecretStore } from '../secrets/store';
import { parseCredential } from './login';

/** What the server shows of these sessions. */
export const PURPOSE = 'database-roles';

/**
 * Works in a session of the master.
 *
 * No role of its own does this work. Whoever may set the passwords of migrations can have every table, so a narrower role
 * would protect little more, and would be one more login to keep and to rotate; the master's password RDS rotates itself.
 */
export async function asMaster<Result>(
  place: Place,
  store: SecretStore,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const open = async () => Session.open(place, await current(store, parseCredential), PURPOSE);
  const session = await open().catch((error) => {
    // RDS rotates this password, and may have done so since we read it.
    if (error instanceof DatabaseError && error.trouble === 'wrong-password') return open();
    throw error;
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/**
 * The current content of a secret.
 *
 * @throws an error that names the secret when it has none or another one than expected
 */
export async function current<Value>(
  store: SecretStore,
  parse: (content: Parameters<typeof parseCredential>[0]) => Value,
): Promise<Value> {
  const state = await store.describe();
  const version = holderOf(state, 'AWSCURRENT');
  const content = version && (await store.read(version));
  if (!content)
    throw new Error(`Secret ${state.name} has no current value; expected a login {"username": "…", "password": "…"}`);
  try {
    return parse(content);
  } catch (error) {
    if (!(error instanceof SecretContentError)) throw error;
    throw new Error(`Secret ${state.name}, version ${version}: ${error.message}`);
  }
}
