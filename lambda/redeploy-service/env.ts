/** Names of the function's environment variables, written once for the function and for the construct. */
export const env = {
  /** Name of the cluster. */
  cluster: 'CLUSTER_NAME',
  /** Names of the services whose tasks get the secrets, with commas between them. */
  services: 'SERVICE_NAMES',
  /** ARNs of the secrets that those tasks get, with commas between them. */
  secrets: 'SECRET_ARNS',
  /** ARN of the one among them that is the application's login at the database. */
  login: 'LOGIN_SECRET_ARN',
  /** The two users that the login alternates between, with a comma between them. */
  users: 'LOGIN_USERS',
  /** Host name of the database. */
  host: 'DATABASE_HOST',
  /** Port of the database. */
  port: 'DATABASE_PORT',
  /** Name of the database inside the server. */
  database: 'DATABASE_NAME',
  /** `yes` where a proxy stands before the database: it keeps idle sessions of both users. */
  pooled: 'DATABASE_POOLED',
} as const;
