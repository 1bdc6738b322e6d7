import { Duration } from 'aws-cdk-lib';
import type { Environment } from '../../config/schema';

/** A transaction that idles this long holds its locks for nothing and keeps vacuum from cleaning. */
export const IDLE_IN_TRANSACTION = Duration.minutes(1);

/** A temporary file this large is a query that wants an index or more work_mem, KiB. */
const TEMP_FILE_KIB = 10_240;

/** A vacuum that takes this long is worth a line. */
const SLOW_VACUUM = Duration.seconds(10);

/**
 * PostgreSQL settings of an environment, as its parameter group holds them.
 *
 * The log must say who did what and never hold a secret. `log_statement` and pgaudit's `write` and `read` classes write the
 * statement's text, and drivers that put values into the text themselves (psycopg2 does) would send password hashes, session
 * tokens and personal data along. So the log has every connection, every change of structure, every change of rights
 * (`ddl`, `role`) and slow statements without their parameters; tables that need more are audited one by one with
 * `GRANT … ON … TO rds_pgaudit`, without a restart. A `role` line does hold the text of ALTER ROLE … PASSWORD: rotation sends
 * a SCRAM verifier there, which can't be turned back into the password.
 */
export function parametersOf(environment: Environment): Record<string, string> {
  const { database, limits } = environment;
  return {
    // Connections.
    'rds.force_ssl': '1',
    // 1.3 is what libpq and PostgreSQL agree on; 1.2 stays open because RDS Proxy and older drivers need it.
    ssl_min_protocol_version: 'TLSv1.2',
    password_encryption: 'scram-sha-256',
    'rds.accepted_password_auth_method': 'scram',

    // Nothing runs or waits for ever. Migrations and dumps raise these for their own session.
    statement_timeout: String(Duration.seconds(limits.statementSeconds).toMilliseconds()),
    idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION.toMilliseconds()),

    // Who connected, and from where.
    log_connections: '1',
    log_disconnections: '1',

    // Who changed what.
    shared_preload_libraries: 'pg_stat_statements,pgaudit',
    'pgaudit.log': 'ddl,role',
    'pgaudit.log_catalog': '0',
    'pgaudit.log_parameter': '0',
    'pgaudit.role': 'rds_pgaudit',
    log_statement: 'none',

    // What is slow, and why.
    log_min_duration_statement: String(database.slowQueryMs),
    log_parameter_max_length: '0',
    log_lock_waits: '1',
    log_temp_files: String(TEMP_FILE_KIB),
    log_autovacuum_min_duration: String(SLOW_VACUUM.toMilliseconds()),
    'pg_stat_statements.track': 'all',
    track_io_timing: '1',
  };
}
