import { identifier, literal } from '../../postgres/identifier';
import { groups } from '../env';
import { logins, type Purpose, purposeOf, SEARCH_PATH } from '../model';
import type { LimitsByPurpose, Part } from './part';

const MILLISECONDS = 1000;

/**
 * What each session of a login begins with. It becomes its group at once, so that whatever one twin makes belongs to the
 * group, and the other can use it.
 */
const wantedOf = (purpose: Purpose, limits: LimitsByPurpose): Readonly<Record<string, string>> => ({
  role: groups[purpose],
  statement_timeout: String(limits[purpose].statementSeconds * MILLISECONDS),
  idle_in_transaction_session_timeout: String(limits[purpose].idleSeconds * MILLISECONDS),
  search_path: SEARCH_PATH,
});

interface Stored {
  readonly login: string;
  /** Whether it holds in this database only, which goes before what holds in all. */
  readonly here: boolean;
  readonly settings: readonly string[];
}

/** Settings that the login's sessions begin with. Others than these are left as they are. */
export const sessionSettings: Part = async (session, limits) => {
  const stored = await session.query<Stored>(
    `SELECT r.rolname AS login, s.setdatabase <> 0 AS here, s.setconfig AS settings
     FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
     WHERE r.rolname = ANY($1) AND s.setdatabase IN
       (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))`,
    [logins],
  );
  const [{ database } = { database: '' }] = await session.query<{ database: string }>(
    'SELECT current_database() AS database',
  );
  return logins.flatMap((login) => {
    const purpose = purposeOf(login) as Purpose;
    const of = (here: boolean) => parsed(stored.find((each) => each.login === login && each.here === here)?.settings);
    return Object.entries(wantedOf(purpose, limits)).flatMap(([name, value]) => [
      ...(of(true).has(name)
        ? [`ALTER ROLE ${identifier(login)} IN DATABASE ${identifier(database)} RESET ${name}`]
        : []),
      ...(of(false).get(name) === value
        ? []
        : [`ALTER ROLE ${identifier(login)} SET ${name} TO ${written(name, value)}`]),
    ]);
  });
};

/** A list of schemas is one value for each; in quotes all together it would be one schema's name. */
const written = (name: string, value: string): string => (name === 'search_path' ? value : literal(value));

function parsed(settings: readonly string[] = []): ReadonlyMap<string, string> {
  return new Map(
    settings.map((each) => {
      const end = each.indexOf('=');
      return [each.slice(0, end), each.slice(end + 1)];
    }),
  );
}
