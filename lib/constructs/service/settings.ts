import { Secret as ContainerSecret } from 'aws-cdk-lib/aws-ecs';
import type { ProvidedSetting } from '../../config/provided-settings';
import type { Environment } from '../../config/schema';
import type { Cache } from '../cache/cache';
import { TRUST_BUNDLE } from '../proxy/paths';
import type { ApplicationSecret } from '../secrets/application-secret';
import type { ApplicationSecrets } from '../secrets/application-secrets';

/** Seconds that a client waits for the database to accept a connection. */
const CONNECT_SECONDS = 5;

/** Whose login a process uses at the database. */
export type DatabaseLogin = 'app' | 'migrate';

/** What a container of the app's image finds in its environment. */
export interface Settings {
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, ContainerSecret>>;
}

export interface SettingsProps {
  readonly environment: Environment;
  readonly secrets: ApplicationSecrets;
  readonly cache?: Cache;
  /** Commit id that runs. */
  readonly release: string;
  /** Name of the process, as PostgreSQL lists its connections. */
  readonly process: string;
  readonly login: DatabaseLogin;
}

type Provided<T> = Partial<Record<ProvidedSetting, T>>;

/**
 * The settings of one process. Names are those that libpq, Flask, Flask-SQLAlchemy, Flask-Mail and redis clients read,
 * so that an app needs no code for this kit. `DATABASE_URL` names a driver and nothing else: user, password and host
 * come from libpq's own variables, so no secret is ever part of an address.
 */
export function settingsOf(props: SettingsProps): Settings {
  const { environment } = props;
  return {
    plain: {
      ...plainSettings(props),
      // The configuration refuses a variable with a provided name, except the driver in DATABASE_URL.
      ...environment.app.variables,
    },
    secret: secretSettings(props),
  };
}

function plainSettings({ environment, cache, release, process }: SettingsProps): Provided<string> {
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

function mailSettings(mail: Environment['app']['mail']): Provided<string> {
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

function secretSettings({ secrets, cache, login }: SettingsProps): Readonly<Record<string, ContainerSecret>> {
  const field = (secret: ApplicationSecret, name: string) => ContainerSecret.fromSecretsManager(secret, name);
  const database = login === 'app' ? secrets.databaseApp : secrets.databaseMigrate;
  const provided: Provided<ContainerSecret> = {
    PGHOST: field(database, 'host'),
    PGPORT: field(database, 'port'),
    PGDATABASE: field(database, 'dbname'),
    PGUSER: field(database, 'username'),
    PGPASSWORD: field(database, 'password'),
    SECRET_KEY: field(secrets.secretKey, 'current'),
    JWT_SECRET_KEY: field(secrets.jwtSecretKey, 'current'),
    ...(cache ? { REDIS_PASSWORD: field(cache.authSecret, 'password') } : {}),
    ...(secrets.mail
      ? { MAIL_USERNAME: field(secrets.mail, 'username'), MAIL_PASSWORD: field(secrets.mail, 'password') }
      : {}),
  };
  const thirdParty = Object.entries(secrets.thirdParty).map(
    ([name, secret]) => [name, ContainerSecret.fromSecretsManager(secret)] as const,
  );
  return { ...provided, ...Object.fromEntries(thirdParty) };
}
