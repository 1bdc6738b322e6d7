import { env } from '../../../lambda/common/database-roles/env';
import { besideProxy } from '../../config/checks/connection-budget';
import { maxConnections } from '../../config/database-sizes';
import type { Environment } from '../../config/schema';
import type { ApplicationSecret } from '../secrets/application-secret';
import type { Database } from './database';
import { IDLE_IN_TRANSACTION } from './parameters';

/** A migration holds one for its lock and one for its work; a second person may look meanwhile. */
const MIGRATE_CONNECTIONS = 4;
/** An index of a large table takes this long, seconds. */
const MIGRATE_STATEMENT_SECONDS = 3600;
/** A migration may compute between two statements, seconds. */
const MIGRATE_IDLE_SECONDS = 300;

/** What functions that work on the database's roles are told: where it is, whose secrets, and what each role may take. */
export function roleSettings(
  { database: { instanceClass }, limits }: Environment,
  database: Database,
  secrets: Readonly<Record<'app' | 'migrate', ApplicationSecret>>,
): Readonly<Record<string, string>> {
  const { host, port, name } = database.direct;
  return {
    [env.host]: host,
    [env.port]: String(port),
    [env.database]: name,
    [env.masterSecret]: database.masterSecretArn,
    [env.appSecret]: secrets.app.secretArn,
    [env.migrateSecret]: secrets.migrate.secretArn,
    // What migrations, functions and people need stays free, however many copies of the application connect.
    [env.appConnections]: String(maxConnections(instanceClass) - besideProxy()),
    [env.migrateConnections]: String(MIGRATE_CONNECTIONS),
    [env.appStatementSeconds]: String(limits.statementSeconds),
    [env.migrateStatementSeconds]: String(MIGRATE_STATEMENT_SECONDS),
    [env.appIdleSeconds]: String(IDLE_IN_TRANSACTION.toSeconds()),
    [env.migrateIdleSeconds]: String(MIGRATE_IDLE_SECONDS),
  };
}
