import { z } from 'zod';
import { engineVersions, instanceClasses } from '../database-sizes';
import { expecting, onOrOff, pattern, protection, reason, type Tier, whole } from './fields';

export const database = (tier: Tier) =>
  z
    .strictObject({
      /** Engine version. Deprecated majors are refused (row D10). */
      version: expecting(z.enum(engineVersions), `one of ${engineVersions.join(', ')}`, engineVersions[0]).default(
        '17.9',
      ),
      /** Instance class without the `db.` prefix. */
      instanceClass: expecting(z.enum(instanceClasses), `one of ${instanceClasses.join(', ')}`, 't4g.medium').default(
        tier === 'development' ? 't4g.micro' : tier === 'staging' ? 't4g.small' : 't4g.medium',
      ),
      /** Allocated storage, GiB (gp3). */
      storageGiB: whole(20, 65_536, 'GiB', 50).default(tier === 'production' ? 50 : 20),
      /** Storage grows by itself up to this, GiB. */
      maxStorageGiB: whole(22, 65_536, 'GiB', 200).default(tier === 'production' ? 200 : 50),
      /** A standby in another zone. @default - on in production */
      multiAz: protection.default(
        tier === 'production'
          ? { enabled: true }
          : { enabled: false, reason: `A ${tier} environment may wait for a restore` },
      ),
      /** Days that automatic backups are kept; production keeps at least 30 (row D05). */
      backupRetentionDays: whole(tier === 'production' ? 30 : 1, 35, 'days', 30).default(
        { production: 30, staging: 7, development: 3 }[tier],
      ),
      /** RDS Proxy: pools connections when many small copies would exhaust the instance. */
      proxy: onOrOff.default(false),
      /** Statements slower than this are logged, ms (row D13). */
      slowQueryMs: whole(10, 60_000, 'ms', 500).default(500),
      /** Name of the database inside the instance. */
      databaseName: pattern(/^[a-z][a-z0-9_]{0,62}$/, 'a PostgreSQL name in lower case', 'app').default('app'),
    })
    .prefault({});

export const cache = (tier: Tier) =>
  expecting(
    z.discriminatedUnion('enabled', [
      z.strictObject({
        /** `true`, or `false` with a reason. */
        enabled: z.literal(true),
        /** Node type with the `cache.` prefix. */
        nodeType: pattern(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'an ElastiCache node type', 'cache.t4g.micro').default(
          'cache.t4g.micro',
        ),
        /** Copies beside the primary; failover needs one. */
        replicas: whole(0, 5, 'replicas', 1).default(tier === 'production' ? 1 : 0),
        /** Days that daily snapshots are kept. Sessions and limits may be lost, so only production keeps any. */
        snapshotDays: whole(0, 35, 'days', 15).default(tier === 'production' ? 15 : 0),
      }),
      z.strictObject({
        /** No cache: sessions, limits and cached data stay in each copy. */
        enabled: z.literal(false),
        /** Why the app needs none. */
        reason,
      }),
    ]),
    '{ enabled: true } or { enabled: false, reason }',
    { enabled: true },
  ).prefault({ enabled: true });

export const backups = (tier: Tier) =>
  z
    .strictObject({
      /** Copies in `backupRegion` under a key of their own (row D07). */
      crossRegion: protection.default(
        tier === 'production'
          ? { enabled: true }
          : { enabled: false, reason: `A ${tier} environment holds nothing that can't be made again` },
      ),
      /** Days that a copy can't be deleted by anybody. */
      lockDays: whole(7, 365, 'days', 30).default(30),
      /** Days that a logical dump is kept (row D08). */
      dumpDays: whole(1, 365, 'days', 30).default(30),
      /** Days between restore tests (row D06: monthly or oftener). */
      restoreTestDays: whole(1, 31, 'days', 28).default(28),
    })
    .prefault({});
