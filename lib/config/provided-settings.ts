import type { Environment } from './schema';

/** Plain settings that every container of the app's image is given. */
const always = [
  'ALLOWED_ORIGINS',
  'APP_ENV',
  'DATABASE_URL',
  'FLASK_DEBUG',
  'FLASK_ENV',
  'HOME',
  'LOG_LEVEL',
  'PGAPPNAME',
  'PGCONNECT_TIMEOUT',
  'PGDATABASE',
  'PGHOST',
  'PGPORT',
  'PGSSLMODE',
  'PGSSLROOTCERT',
  'PREFERRED_URL_SCHEME',
  'PYTHONDONTWRITEBYTECODE',
  'PYTHONUNBUFFERED',
  'RELEASE',
  'REQUIRED_SETTINGS',
  'SESSION_COOKIE_HTTPONLY',
  'SESSION_COOKIE_SAMESITE',
  'SESSION_COOKIE_SECURE',
  'SQLALCHEMY_MAX_OVERFLOW',
  'SQLALCHEMY_POOL_PRE_PING',
  'SQLALCHEMY_POOL_RECYCLE',
  'SQLALCHEMY_POOL_SIZE',
  'TESTING',
  'TMPDIR',
] as const;

/** Settings whose values come from the environment's secrets. */
const secret = [
  'JWT_SECRET_KEY',
  'JWT_SECRET_KEY_FALLBACKS',
  'PGPASSWORD',
  'PGUSER',
  'SECRET_KEY',
  'SECRET_KEY_FALLBACKS',
] as const;

/** Settings that name the cache; `REDIS_URL` is put together from them when a container starts. */
const cache = ['REDIS_HOST', 'REDIS_PASSWORD', 'REDIS_PORT', 'REDIS_TLS', 'REDIS_URL'] as const;

const mail = [
  'MAIL_DEFAULT_SENDER',
  'MAIL_PASSWORD',
  'MAIL_PORT',
  'MAIL_SERVER',
  'MAIL_TIMEOUT',
  'MAIL_USERNAME',
  'MAIL_USE_SSL',
  'MAIL_USE_TLS',
] as const;

/** A setting that the kit hands to the app by itself. */
export type ProvidedSetting =
  | (typeof always)[number]
  | (typeof secret)[number]
  | (typeof cache)[number]
  | (typeof mail)[number];

/** Names of the settings that the kit sets by itself in this environment; an operator may not set them. */
export function kitSettings({ app, cache: { enabled } }: Environment): readonly string[] {
  return [...always, ...secret, ...(enabled ? cache : []), ...(app.mail ? mail : [])].sort();
}

/**
 * Names of the settings that the app gets without `app.variables`: the kit's own and the third-party secrets. A
 * required setting is satisfied by one of these or by a variable.
 */
export function providedSettings(environment: Environment): readonly string[] {
  return [...kitSettings(environment), ...environment.app.secrets.map(({ name }) => name)].sort();
}

/**
 * Settings that the kit provides and an operator may still set: `DATABASE_URL`, to choose another driver. It stays
 * without user, password and host, which libpq reads from the `PG…` variables.
 */
export const overridableSettings: ReadonlySet<string> = new Set(['DATABASE_URL']);
