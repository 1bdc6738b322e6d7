import { Secret as ContainerSecret } from 'aws-cdk-lib/aws-ecs';
import type { ProvidedSetting } from '../../config/provided-settings';
import type { Environment } from '../../config/schema';
import type { Cache } from '../cache/cache';
import type { Database } from '../database/database';
import type { ApplicationSecret } from '../secrets/application-secret';
import type { ApplicationSecrets } from '../secrets/application-secrets';
import { plainSettings } from './plain-settings';

/** Whose login a process uses at the database. */
export type DatabaseLogin = 'app' | 'migrate';

/** What a container of the app's image finds in its environment. */
export interface Settings {
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, ContainerSecret>>;
}

export interface SettingsProps {
  readonly environment: Environment;
  readonly database: Database;
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
 * so that an app needs no code for this kit. `DATABASE_URL` names a driver and nothing else: host, user and password
 * come from libpq's own variables, so no secret is ever part of an address.
 */
export function settingsOf(props: SettingsProps): Settings {
  const { environment, database, login } = props;
  return {
    plain: {
      // Migrations set what lasts as long as a session, and take locks: they go past a proxy.
      ...plainSettings({ ...props, database: login === 'app' ? database.forApp : database.direct }),
      // The configuration refuses a variable with a provided name, except the driver in DATABASE_URL.
      ...environment.app.variables,
    },
    secret: secretSettings(props),
  };
}

function secretSettings({ secrets, cache, login }: SettingsProps): Readonly<Record<string, ContainerSecret>> {
  const field = (secret: ApplicationSecret, name: string) => ContainerSecret.fromSecretsManager(secret, name);
  const database = login === 'app' ? secrets.databaseApp : secrets.databaseMigrate;
  const provided: Provided<ContainerSecret> = {
    PGUSER: field(database, 'username'),
    PGPASSWORD: field(database, 'password'),
    SECRET_KEY: field(secrets.secretKey, 'current'),
    SECRET_KEY_FALLBACKS: field(secrets.secretKey, 'fallbacks'),
    JWT_SECRET_KEY: field(secrets.jwtSecretKey, 'current'),
    JWT_SECRET_KEY_FALLBACKS: field(secrets.jwtSecretKey, 'fallbacks'),
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
