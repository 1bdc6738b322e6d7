import { databaseAuthorities } from '../postgres/authorities';
import type { Place } from '../postgres/session';
import { type SecretState, SecretStore, type StoreOptions } from '../secrets/store';
import { settings, text, whole } from '../settings';
import { env } from './env';
import type { Purpose } from './model';
import type { LimitsByPurpose } from './reconcile/part';

/** What the functions that work on the database's roles know of their environment. */
export interface Surroundings {
  /** The instance itself. */
  readonly place: Place;
  readonly master: SecretStore;
  readonly secrets: Readonly<Record<Purpose, SecretStore>>;
  readonly limits: LimitsByPurpose;
}

/** A day; and more connections than any instance has. */
const LONGEST = 86_400;
const MOST_CONNECTIONS = 8_388_607;

/** @throws one error with every variable that is missing or wrong */
export function surroundings(options: StoreOptions = {}): Surroundings {
  const given = settings({
    host: text(env.host),
    port: whole(env.port, 1, 65_535),
    database: text(env.database),
    region: text('AWS_REGION'),
    master: text(env.masterSecret),
    app: text(env.appSecret),
    migrate: text(env.migrateSecret),
    appConnections: whole(env.appConnections, 1, MOST_CONNECTIONS),
    migrateConnections: whole(env.migrateConnections, 1, MOST_CONNECTIONS),
    appStatementSeconds: whole(env.appStatementSeconds, 1, LONGEST),
    migrateStatementSeconds: whole(env.migrateStatementSeconds, 1, LONGEST),
    appIdleSeconds: whole(env.appIdleSeconds, 1, LONGEST),
    migrateIdleSeconds: whole(env.migrateIdleSeconds, 1, LONGEST),
  });
  return {
    place: {
      host: given.host,
      port: given.port,
      database: given.database,
      authorities: databaseAuthorities(given.region),
    },
    master: new SecretStore(given.master, options),
    secrets: { app: new SecretStore(given.app, options), migrate: new SecretStore(given.migrate, options) },
    limits: {
      app: {
        connections: given.appConnections,
        statementSeconds: given.appStatementSeconds,
        idleSeconds: given.appIdleSeconds,
      },
      migrate: {
        connections: given.migrateConnections,
        statementSeconds: given.migrateStatementSeconds,
        idleSeconds: given.migrateIdleSeconds,
      },
    },
  };
}

/** Which of our secrets it is, or nothing when it is none. */
export const purposeOfSecret = ({ secrets }: Surroundings, { arn, name }: SecretState): Purpose | undefined =>
  (Object.keys(secrets) as Purpose[]).find((purpose) => [arn, name].includes(secrets[purpose].id));
