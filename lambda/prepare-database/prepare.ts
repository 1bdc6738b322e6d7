import { twins } from '../common/database-roles/env';
import { type Login, parseLogin, setPassword } from '../common/database-roles/login';
import { asMaster, current, PURPOSE } from '../common/database-roles/master';
import { type Purpose, purposeOf, purposes } from '../common/database-roles/model';
import { isNew, reconcile } from '../common/database-roles/reconcile';
import type { Surroundings } from '../common/database-roles/settings';
import type { Log } from '../common/log';
import { DatabaseError } from '../common/postgres/failure';
import { type Place, Session } from '../common/postgres/session';

/**
 * Brings the database's roles in order, and lets the current logins in: what `reconcile` mends, and the passwords.
 *
 * A login that is made here gets the password of its purpose's secret, both twins the same: the current one works from the
 * first moment, and where RDS Proxy tries the other it finds what it was given. The other's is replaced in its turn. Of
 * logins that are there already only the current one's is touched, and only if it does not let in: after the database came
 * back from an older snapshot. The other twin's password is the rotation's matter.
 *
 * @returns the statements that were needed, without those that set passwords
 */
export async function prepare(given: Surroundings, log: Log): Promise<readonly string[]> {
  const { place, master, limits } = given;
  // Before anything is changed: a secret that can't be used stops here.
  for (const purpose of purposes) await currentLogin(given, purpose);
  return asMaster(place, master, async (session) => {
    const made = await reconcile(session, limits, log, async (statements) => {
      for (const purpose of purposes) {
        const { password } = await currentLogin(given, purpose);
        for (const username of twins[purpose]) {
          if (!isNew(username, statements)) continue;
          await setPassword(session, { username, password });
          log.info('the login got its first password', { login: username });
        }
      }
    });
    for (const purpose of purposes) await letIn(session, given, purpose, log);
    return made;
  });
}

/** Makes sure that the current login of a purpose works. */
async function letIn(session: Session, given: Surroundings, purpose: Purpose, log: Log): Promise<void> {
  const login = await currentLogin(given, purpose);
  if (await works(given.place, login)) return;
  // Under the roles' lock, and by what the secret says then: a rotation may be at work on it.
  await reconcile(session, given.limits, log, async () => {
    await setPassword(session, await currentLogin(given, purpose));
  });
  log.warn('the current login did not let in, and got its password again', { login: login.username });
  const again = await currentLogin(given, purpose);
  if (!(await works(given.place, again)))
    throw new Error(
      `${again.username} got the password of its secret and still is not let in. See who else changes passwords of the database's roles`,
    );
}

/** PostgreSQL counts the connections of a role or a database when it has checked the password, those of the server before. */
const OF_ITS_OWN = /too many connections for/;

/** Whether the login lets in. */
async function works(place: Place, login: Login): Promise<boolean> {
  try {
    await Session.within(place, login, PURPOSE, () => Promise.resolve());
    return true;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.trouble === 'wrong-password') return false;
    if (error.trouble === 'too-many-connections' && OF_ITS_OWN.test(error.message)) return true;
    throw error;
  }
}

async function currentLogin({ secrets }: Surroundings, purpose: Purpose): Promise<Login> {
  const login = await current(secrets[purpose], parseLogin);
  if (purposeOf(login.username) !== purpose)
    throw new Error(
      `Secret ${secrets[purpose].id}: it holds the login ${login.username}; expected one of ${twins[purpose].join(', ')}. Put the right login back`,
    );
  return login;
}
