import { type Credential, type Place, Session } from '../common/postgres/session';

/** What the database shows of this function's sessions. */
const PURPOSE = 'redeploy-service';

export interface LoginUse {
  readonly place: Place;
  /** The two users that the login alternates between. */
  readonly users: readonly string[];
  /** Whether a proxy stands before the database: it may keep idle sessions of the other user. */
  readonly pooled: boolean;
}

/**
 * Why a login is not the one in use at the database, or nothing when it is. The database shows every role who is logged
 * in, though not what for: so the login itself can be asked, and needs no right beyond its own.
 *
 * @param tasks how many tasks of the application run
 */
export async function unusedLogin(
  { place, users, pooled }: LoginUse,
  login: Credential,
  tasks: number,
): Promise<string | undefined> {
  const sessions = await Session.within(place, login, PURPOSE, (session) =>
    session.query<{ usename: string; sessions: number }>(
      'SELECT usename::text, count(*)::int AS sessions FROM pg_catalog.pg_stat_activity' +
        ' WHERE usename = ANY ($1::text[]) AND pid <> pg_catalog.pg_backend_pid() AND application_name <> $2 GROUP BY 1',
      [[...users], PURPOSE],
    ),
  );
  const others = sessions.filter(({ usename }) => usename !== login.username);
  if (!pooled && others.length > 0)
    return others.map((each) => `${each.usename} still has ${each.sessions} sessions at the database`).join(', ');
  if (tasks > 0 && !sessions.some(({ usename }) => usename === login.username))
    return `${login.username} has no session at the database, though ${tasks} tasks run`;
  return undefined;
}
