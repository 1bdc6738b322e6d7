import { groups } from '../common/database-roles/env';
import { type Purpose, READ_WRITE } from '../common/database-roles/model';
import { APPLICATION_SCHEMAS, NOT_OF_EXTENSION } from '../common/database-roles/reconcile/rights';
import type { Session } from '../common/postgres/session';

/** Rights on a table that the application must not have. A later server may know more; an earlier one not all. */
const MUST_NOT = ['TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'];
/** The first version that knows MAINTAIN. */
const MAINTAIN_SINCE = 170_000;
/** So many are named in the error. */
const MOST_NAMED = 20;

/** A login that has not the rights that it should have. */
export class RightsError extends Error {
  override readonly name = 'RightsError';
}

/**
 * Asks the server, as the login itself, what it can do.
 *
 * @throws RightsError with everything that it can't do and should, and the other way round
 */
export async function provenRights(session: Session, purpose: Purpose, login: string): Promise<void> {
  const group = groups[purpose];
  const [who] = await session.query<{ login: string; acts: string; version: number }>(
    `SELECT session_user::text AS login, current_user::text AS acts, current_setting('server_version_num')::int AS version`,
  );
  const wrong: string[] = [];
  if (who?.login !== login) wrong.push(`logs in as ${who?.login}, not ${login}`);
  if (who?.acts !== group) wrong.push(`acts as ${who?.acts}, not ${group}`);
  const mustNot = MUST_NOT.filter((each) => each !== 'MAINTAIN' || (who?.version ?? 0) >= MAINTAIN_SINCE);
  const statements = [identity(login, group), ...(purpose === 'app' ? [applicationRights(mustNot)] : [ownerRights])];
  for (const statement of statements) {
    const found = await session.query<{ problem: string }>(`${statement} ORDER BY 1`);
    wrong.push(...found.map(({ problem }) => problem));
  }
  if (wrong.length === 0) return;
  const more = wrong.length > MOST_NAMED ? `; and ${wrong.length - MOST_NAMED} more` : '';
  throw new RightsError(
    `${login} has not the rights that it should have: ${wrong.slice(0, MOST_NAMED).join('; ')}${more}. ` +
      'The next try brings them in order; if this comes again, see who else changes rights',
  );
}

/** Names in here are our own, and so are letters and underscores only. */
const identity = (login: string, group: string): string => `
  SELECT format('%s has the attribute %s', r.rolname, a.name) AS problem
  FROM pg_catalog.pg_roles r, LATERAL (VALUES ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole),
    ('CREATEDB', rolcreatedb), ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)) a (name, has)
  WHERE r.rolname IN ('${login}', '${group}') AND a.has
  UNION ALL
  SELECT format('is a member of %s', rolname) FROM pg_catalog.pg_roles
  WHERE rolname NOT IN ('${login}', '${group}') AND pg_catalog.pg_has_role('${login}', oid, 'MEMBER')
  UNION ALL
  SELECT 'is no member of ${group}' WHERE NOT pg_catalog.pg_has_role('${login}', '${group}', 'USAGE')`;

const list = (words: readonly string[]): string => words.map((word) => `('${word}')`).join(', ');

const TABLES = `
  SELECT c.oid, c.oid::regclass AS name FROM pg_catalog.pg_class c JOIN (${APPLICATION_SCHEMAS}) n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${NOT_OF_EXTENSION('pg_class', 'c.oid')}`;
const OWN_TABLES = `${TABLES} AND pg_catalog.pg_get_userbyid(c.relowner) = '${groups.migrate}'`;

/** What was dropped since it was listed has no answer, and is no problem. */
const applicationRights = (mustNot: readonly string[]): string => `
  SELECT format('lacks %s on %s', p.name, t.name) AS problem
  FROM (${OWN_TABLES}) t, (VALUES ${list(READ_WRITE.tables)}) p (name)
  WHERE NOT pg_catalog.has_table_privilege(t.oid, p.name)
  UNION ALL
  SELECT format('has %s on %s', p.name, t.name)
  FROM (${TABLES}) t, (VALUES ${list(mustNot)}) p (name)
  WHERE pg_catalog.has_table_privilege(t.oid, p.name)
  UNION ALL
  SELECT format('lacks %s on %s', p.name, c.oid::regclass)
  FROM pg_catalog.pg_class c JOIN (${APPLICATION_SCHEMAS}) n ON n.oid = c.relnamespace,
    (VALUES ${list(READ_WRITE.sequences)}) p (name)
  WHERE c.relkind = 'S' AND pg_catalog.pg_get_userbyid(c.relowner) = '${groups.migrate}'
    AND NOT pg_catalog.has_sequence_privilege(c.oid, p.name)
  UNION ALL
  SELECT format('lacks USAGE on schema %s', nspname) FROM (${APPLICATION_SCHEMAS}) n
  WHERE NOT pg_catalog.has_schema_privilege(oid, 'USAGE')
  UNION ALL
  SELECT format('has CREATE on schema %s', nspname) FROM (${APPLICATION_SCHEMAS}) n
  WHERE pg_catalog.has_schema_privilege(oid, 'CREATE')
  UNION ALL
  SELECT format('has %s on the database', p.name) FROM (VALUES ('CREATE'), ('TEMPORARY')) p (name)
  WHERE pg_catalog.has_database_privilege(current_database(), p.name)`;

const ownerRights = `
  SELECT format('lacks CREATE on schema %s', nspname) AS problem FROM (${APPLICATION_SCHEMAS}) n
  WHERE NOT pg_catalog.has_schema_privilege(oid, 'CREATE')
  UNION ALL
  SELECT format('lacks %s on the database', p.name) FROM (VALUES ('CREATE'), ('TEMPORARY')) p (name)
  WHERE NOT pg_catalog.has_database_privilege(current_database(), p.name)`;
