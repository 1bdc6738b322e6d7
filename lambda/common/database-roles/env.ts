/**
 * What the functions that work on the database's roles share with the constructs: the roles' names and the names of
 * environment variables, written once for both sides.
 */

/**
 * The login roles. Each purpose has two, so that a rotation gives one a new password while the other still works;
 * the secret names whichever is current. They are members of a group that can't log in and that holds the rights.
 */
export const twins = {
  /** Of the running application: reads and writes rows. */
  app: ['app_a', 'app_b'],
  /** Of migrations: owns and changes tables. */
  migrate: ['migrate_a', 'migrate_b'],
} as const;

/** The roles that have the rights and can't log in. */
export const groups = {
  /** SELECT, INSERT, UPDATE and DELETE on every table, no more. */
  app: 'app_rw',
  /** Owns every table. */
  migrate: 'app_owner',
} as const;

/** Environment variables of both functions. */
export const env = {
  /** Name of the instance's endpoint, as in its certificate: never an alias, and not the proxy. */
  host: 'DATABASE_HOST',
  port: 'DATABASE_PORT',
  /** Name of the database inside the server. */
  database: 'DATABASE_NAME',
  /** ARN of the secret in which RDS keeps the master's login. */
  masterSecret: 'MASTER_SECRET',
  /** ARN of the secret with the application's login. */
  appSecret: 'APP_SECRET',
  /** ARN of the secret with the login of migrations. */
  migrateSecret: 'MIGRATE_SECRET',
  /** Connections that each of the application's logins may have at once: during a deployment both have some. */
  appConnections: 'APP_CONNECTIONS',
  /** The same of each login of migrations. */
  migrateConnections: 'MIGRATE_CONNECTIONS',
  /** Seconds that a statement of the application may take. */
  appStatementSeconds: 'APP_STATEMENT_SECONDS',
  /** Seconds that a statement of a migration may take: building an index takes longer than answering a user. */
  migrateStatementSeconds: 'MIGRATE_STATEMENT_SECONDS',
  /** Seconds that a transaction of the application may sit idle. */
  appIdleSeconds: 'APP_IDLE_SECONDS',
  /** Seconds that a transaction of a migration may sit idle. */
  migrateIdleSeconds: 'MIGRATE_IDLE_SECONDS',
} as const;
