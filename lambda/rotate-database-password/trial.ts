import { randomUUID } from 'node:crypto';
import { groups } from '../common/database-roles/env';
import { type Purpose, READ_WRITE, TRIAL } from '../common/database-roles/model';
import { identifier } from '../common/postgres/identifier';
import type { Session } from '../common/postgres/session';
import { RightsError } from './proof';

const SCHEMA = identifier(TRIAL.schema);

/**
 * Does what the login is for, in a transaction that is undone.
 *
 * @throws RightsError when it did something else than expected; the server's error when it could not do it
 */
export const trial = (session: Session, purpose: Purpose): Promise<void> =>
  session.transaction(() => (purpose === 'app' ? writes(session) : migrates(session)), 'ROLLBACK');

/** Writes a row, changes, finds and deletes it. */
async function writes(session: Session): Promise<void> {
  const table = `${SCHEMA}.${identifier(TRIAL.table)}`;
  const note = randomUUID();
  const one = async (statement: string) => {
    const rows = await session.query(statement, [note]);
    if (rows.length !== 1) throw new RightsError(`${statement} found ${rows.length} rows; expected 1`);
  };
  await one(`INSERT INTO ${table} (note) VALUES ($1) RETURNING id`);
  await one(`UPDATE ${table} SET note = note WHERE note = $1 RETURNING id`);
  await one(`SELECT id FROM ${table} WHERE note = $1`);
  await one(`DELETE FROM ${table} WHERE note = $1 RETURNING id`);
}

/** Makes a table, changes it, and sees that the application and the other twin could use it. */
async function migrates(session: Session): Promise<void> {
  const table = `${SCHEMA}.${identifier(`trial_${randomUUID()}`)}`;
  await session.query(`CREATE TABLE ${table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)`);
  await session.query(`ALTER TABLE ${table} ADD COLUMN more text`);
  const [found] = await session.query<{ owner: string; usable: boolean }>(
    `SELECT pg_catalog.pg_get_userbyid(relowner) AS owner,
       (SELECT bool_and(pg_catalog.has_table_privilege($2::name, oid, p)) FROM unnest($3::text[]) p) AS usable
     FROM pg_catalog.pg_class WHERE oid = $1::regclass`,
    [table, groups.app, READ_WRITE.tables],
  );
  if (found?.owner !== groups.migrate)
    throw new RightsError(`A new table belongs to ${found?.owner}; expected ${groups.migrate}`);
  if (!found.usable) throw new RightsError(`A new table can't be used by ${groups.app}`);
  await session.query(`DROP TABLE ${table}`);
}
