import type { ProvidedSetting } from '../../config/provided-settings';
import type { Environment } from '../../config/schema';
import { TRUST_BUNDLE } from '../proxy/paths';

/** Seconds that a client waits for the database to accept a connection. */
const CONNECT_SECONDS = 5;

export interface PlainSettingsProps {
  readonly environment: Environment;
  /** Where the database is, for libpq. @default - told by somebody else */
  readonly database?: { readonly host: string; readonly port: number; readonly name: string };
  /** Where the cache listens. @default - there is none */
  readonly cache?: { readonly address: string; readonly port: string | number };
  /** Commit id that runs. */
  readonly release: string;
  /** Name of the process, as PostgreSQL lists its connections. */
  readonly process: string;
}

/** What the app is told and may be read by anybody. Without the CDK, so that a trial can give the same. */
export function plainSettings({
  environment,
  database,
  cache,
  release,
  process,
}: PlainSettingsProps): Partial<Record<ProvidedSetting, string>> {
  const { app, tier } = environment;
  return {
    APP_ENV: tier,
    RELEASE: release,
    REQUIRED_SETTINGS: app.requiredSettings.join(','),
    // Debugger and development server run in no deployed environment: each can be reached, the development tier too.
    // APP_ENV tells the tiers apart.
    FLASK_ENV: 'production',
    FLASK_DEBUG: '0',
    TESTING: '0',
    LOG_LEVEL: app.logLevel,
    PREFERRED_URL_SCHEME: 'https',
    ALLOWED_ORIGINS: app.corsOrigins.join(','),
    SESSION_COOKIE_SECURE: '1',
    SESSION_COOKIE_HTTPONLY: '1',
    SESSION_COOKIE_SAMESITE: 'Lax',
    DATABASE_URL: 'postgresql://',
    ...(database ? { PGHOST: database.host, PGPORT: String(database.port), PGDATABASE: database.name } : {}),
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: TRUST_BUNDLE,
    PGCONNECT_TIMEOUT: String(CONNECT_SECONDS),
    PGAPPNAME: `${app.name}-${process}`,
    SQLALCHEMY_POOL_SIZE: String(app.pool.size),
    SQLALCHEMY_MAX_OVERFLOW: String(app.pool.overflow),
    SQLALCHEMY_POOL_RECYCLE: String(app.pool.recycleSeconds),
    SQLALCHEMY_POOL_PRE_PING: '1',
    HOME: '/tmp',
    TMPDIR: '/tmp',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    ...(cache ? { REDIS_HOST: cache.address, REDIS_PORT: String(cache.port), REDIS_TLS: '1' } : {}),
    ...mailSettings(app.mail),
  };
}

/** STARTTLS on the submission ports, TLS from the first byte on the others. */
const SUBMISSION_PORTS: readonly number[] = [587, 2587];

function mailSettings(mail: Environment['app']['mail']): Partial<Record<ProvidedSetting, string>> {
  if (!mail) return {};
  const startTls = SUBMISSION_PORTS.includes(mail.port);
  return {
    MAIL_SERVER: mail.host,
    MAIL_PORT: String(mail.port),
    MAIL_USE_TLS: startTls ? '1' : '0',
    MAIL_USE_SSL: startTls ? '0' : '1',
    MAIL_DEFAULT_SENDER: mail.from,
    MAIL_TIMEOUT: String(mail.timeoutSeconds),
  };
}
