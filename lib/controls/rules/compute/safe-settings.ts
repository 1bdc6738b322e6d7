import type { Tier } from '../../view';

const ORIGINS = /^(https:\/\/[a-z0-9.-]+(:\d+)?(,https:\/\/[a-z0-9.-]+(:\d+)?)*)?$/;

/** Settings that decide how safe the app is, with the values that they may have. */
export const safeSettings: Readonly<Record<string, RegExp | ((tier: Tier) => RegExp)>> = {
  APP_ENV: (tier) => new RegExp(`^${tier}$`),
  FLASK_ENV: /^production$/,
  FLASK_DEBUG: /^0$/,
  TESTING: /^0$/,
  LOG_LEVEL: (tier) => (tier === 'production' ? /^(INFO|WARNING|ERROR)$/ : /^(DEBUG|INFO|WARNING|ERROR)$/),
  PREFERRED_URL_SCHEME: /^https$/,
  ALLOWED_ORIGINS: ORIGINS,
  SESSION_COOKIE_SECURE: /^1$/,
  SESSION_COOKIE_HTTPONLY: /^1$/,
  SESSION_COOKIE_SAMESITE: /^(Lax|Strict)$/,
  // A driver and nothing else: who and where come from libpq's variables. SQLite names a file.
  DATABASE_URL: /^postgresql(\+[a-z0-9]+)?:\/\/\/?$/,
  PGSSLMODE: /^verify-full$/,
  PGSSLROOTCERT: /^\/breakwater\/trust\/rds\.pem$/,
  PGCONNECT_TIMEOUT: /^([2-9]|[12]\d|30)$/,
  SQLALCHEMY_POOL_SIZE: /^([1-9]|1\d|20)$/,
  SQLALCHEMY_MAX_OVERFLOW: /^(\d|[12]\d|30)$/,
  SQLALCHEMY_POOL_RECYCLE: /^([6-9]\d|[1-9]\d{2}|[12]\d{3}|3[0-5]\d{2}|3600)$/,
  SQLALCHEMY_POOL_PRE_PING: /^1$/,
  PGAPPNAME: /^[a-z][a-z0-9-]{1,62}$/,
  // The only place that a container may write to.
  HOME: /^\/tmp$/,
  TMPDIR: /^\/tmp$/,
  // Lines of a process that ends are not left in a buffer, and nothing is compiled into a read-only file system.
  PYTHONUNBUFFERED: /^1$/,
  PYTHONDONTWRITEBYTECODE: /^1$/,
  REQUIRED_SETTINGS: /^([A-Z][A-Z0-9_]*(,[A-Z][A-Z0-9_]*)*)?$/,
};

/** Settings of production that hold, for fixtures. */
export const soundSettings: Readonly<Record<string, string>> = {
  APP_ENV: 'production',
  FLASK_ENV: 'production',
  FLASK_DEBUG: '0',
  TESTING: '0',
  LOG_LEVEL: 'INFO',
  PREFERRED_URL_SCHEME: 'https',
  ALLOWED_ORIGINS: 'https://portal.example.com',
  SESSION_COOKIE_SECURE: '1',
  SESSION_COOKIE_HTTPONLY: '1',
  SESSION_COOKIE_SAMESITE: 'Lax',
  DATABASE_URL: 'postgresql://',
  PGSSLMODE: 'verify-full',
  PGSSLROOTCERT: '/breakwater/trust/rds.pem',
  PGCONNECT_TIMEOUT: '5',
  SQLALCHEMY_POOL_SIZE: '4',
  SQLALCHEMY_MAX_OVERFLOW: '2',
  SQLALCHEMY_POOL_RECYCLE: '3600',
  SQLALCHEMY_POOL_PRE_PING: '1',
  PGAPPNAME: 'ums-web',
  HOME: '/tmp',
  TMPDIR: '/tmp',
  PYTHONUNBUFFERED: '1',
  PYTHONDONTWRITEBYTECODE: '1',
  REQUIRED_SETTINGS: 'SECRET_KEY,JWT_SECRET_KEY',
};
