import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log';
import { identifier } from '../postgres/identifier';
import type { Session } from '../postgres/session';
import { defaultRights } from './reconcile/defaults';
import { masterMade, strays, trialTable } from './reconcile/ownership';
import type { LimitsByPurpose, Part } from './reconcile/part';
import { databaseRights, schemaRights, tableRights } from './reconcile/rights';
import { attributes, masterOwns, memberships, missingRoles } from './reconcile/roles';
import { sessionSettings } from './reconcile/settings';

/** In this order: each may need what those before it made. */
const parts: readonly Part[] = [
  missingRoles,
  attributes,
  masterOwns,
  memberships,
  sessionSettings,
  databaseRights,
  schemaRights,
  strays,
  masterMade,
  defaultRights,
  trialTable,
  tableRights,
];

/** Whoever changes the roles holds this lock until the end of the transaction: any number that nobody else uses. */
const LOCK = 0x6272_6561;

/** How often a transaction is tried that met another one. */
const MOST_TRIES = 5;
/** Milliseconds before the second try; twice as many before each further one. */
const FIRST_PAUSE = 200;

/** PostgreSQL's codes for having met another transaction, or something that it changed or took away meanwhile. */
const MET = ['40001', '40P01', '42P01', '42704', '42883', '3F000', '55P03'];

/** A state of the roles that the master can't mend. */
export class RolesError extends Error {
  override readonly name = 'RolesError';
}

/**
 * Brings roles, memberships, settings, owners and rights into the state that they should have, then works on them, in one
 * transaction: all of it or nothing. A database in order is only read.
 *
 * @param then what else happens in the transaction, once the roles are right
 * @returns the statements that were needed
 * @throws RolesError with what could not be mended and why; DatabaseError when the connection failed
 */
export async function reconcile(
  session: Session,
  limits: LimitsByPurpose,
  log: Log,
  then: (made: readonly string[]) => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const made = await session.transaction(async () => {
        await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
        const statements = await apply(session, limits);
        await then(statements);
        return statements;
      });
      for (const statement of made) log.info('the roles were brought in order', { statement });
      return made;
    } catch (error) {
      if (attempt >= MOST_TRIES || !met(error)) throw error;
      log.warn('the roles are tried again: another transaction was in the way', { attempt });
      await sleep(FIRST_PAUSE * 2 ** (attempt - 1));
    }
  }
}

/** Whether a role was made by these statements, and so has no password. */
export const isNew = (role: string, statements: readonly string[]): boolean =>
  statements.some((statement) => statement.startsWith(`CREATE ROLE ${identifier(role)} `));

async function apply(session: Session, limits: LimitsByPurpose): Promise<readonly string[]> {
  const made: string[] = [];
  for (const part of parts) {
    for (const statement of await part(session, limits)) {
      try {
        await session.query(statement);
      } catch (error) {
        throw explained(statement, error);
      }
      made.push(statement);
    }
  }
  if (made.length > 0) await proven(session, limits);
  return made;
}

/** PostgreSQL only warns when a right could not be given or taken: looks again. */
async function proven(session: Session, limits: LimitsByPurpose): Promise<void> {
  const left: string[] = [];
  for (const part of parts) left.push(...(await part(session, limits)));
  if (left.length > 0)
    throw new RolesError(
      `The master may not do all that is needed; nothing was changed. As the owner of these things: ${left.join('; ')}`,
    );
}

function explained(statement: string, error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  // What met another transaction is tried again; what broke the connection has its own words.
  if (code === undefined || met(error)) return error;
  return new RolesError(
    `The roles can't be brought in order; nothing was changed. The master may not or can't do: ${statement} (${message}). ` +
      'Do it as an administrator who may, or undo what stands in its way.',
    { cause: error },
  );
}

function met(error: unknown): boolean {
  const { code = '', message = '', cause } = error as { code?: string; message?: string; cause?: unknown };
  return (
    MET.includes(code) || /concurrently updated|concurrently deleted/.test(message) || (cause ? met(cause) : false)
  );
}
