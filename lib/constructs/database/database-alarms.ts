import { Duration, Size } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { maxConnections } from '../../config/database-sizes';
import type { Environment } from '../../config/schema';
import type { AlarmRegistrar, RegisteredAlarmProps } from '../alarms/registrar';
import { above, atOrAbove, BREACHING, below, FIVE_MINUTES, MINUTE, MISSING, NOT_BREACHING } from '../alarms/terms';
import { addLoadAlarms, FULL } from './database-load-alarms';
import type { DatabaseLogs } from './database-logs';

/** Less than this is left when storage has stopped growing by itself: RDS grows it at 10 %. */
const NEARLY_FULL = 0.95;
/** Above this share of the slots, a doubled fleet (blue/green) may find none. */
const CONNECTIONS = 0.8;
/** PostgreSQL stops writing at 2^31 - 3 million transactions; autovacuum works from 200 million on. */
const OLD_TRANSACTIONS = 1_000_000_000;
const SLOW_STATEMENTS = 50;
const LOCK_WAITS = 10;
const REFUSED = 5;

const LOAD = 'database-storage-or-load';
const STATEMENTS = 'database-slow-statements';

export interface DatabaseAlarmsProps {
  readonly environment: Environment;
  readonly instance: DatabaseInstance;
  readonly logs: DatabaseLogs;
  readonly alarms: AlarmRegistrar;
}

/**
 * What tells a person that the database suffers.
 *
 * Silence: RDS sends its figures each minute, so silence of the instance itself is `DatabaseSilent`; the others stay as they
 * are without data (`MISSING`), so that one outage is one page. Counts from the log have a zero for quiet minutes.
 */
export class DatabaseAlarms extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseAlarmsProps) {
    super(scope, id);
    const { instance, logs } = props;
    const { database } = props.environment;
    const add = (name: string, alarm: RegisteredAlarmProps) => props.alarms.add(this, name, alarm);
    const metric = (name: string, period = MINUTE, statistic = 'Average'): Metric =>
      instance.metric(name, { period, statistic });
    const storage = Size.gibibytes(database.storageGiB).toKibibytes() * 1024;
    const usedUp = { severity: 'warning', rows: ['A07', 'A09'], runbook: LOAD } as const;

    add('DatabaseSilent', {
      title: 'The database sends no figures: it is down, failing over or gone',
      metric: metric('CPUUtilization', MINUTE, 'SampleCount'),
      threshold: 1,
      comparison: below,
      periods: 3,
      missingData: BREACHING,
      severity: 'critical',
      rows: ['A06', 'A09'],
      runbook: 'database-down',
    });
    add('DatabaseConnectionsExhausted', {
      title: 'PostgreSQL refuses clients because every connection is taken',
      metric: logs.exhausted,
      threshold: 1,
      comparison: atOrAbove,
      periods: 1,
      missingData: NOT_BREACHING,
      severity: 'critical',
      rows: ['A06', 'C08'],
      runbook: 'database-connections-exhausted',
    });
    add('DatabaseConnections', {
      title: 'More than 80 % of the database connections are taken',
      metric: metric('DatabaseConnections', MINUTE, 'Maximum'),
      threshold: Math.floor(maxConnections(database.instanceClass) * CONNECTIONS),
      comparison: above,
      periods: 5,
      breaching: 3,
      missingData: MISSING,
      severity: 'critical',
      rows: ['A09', 'C08'],
      runbook: 'database-connections-exhausted',
    });
    add('DatabaseConnectionsRefused', {
      title: 'The database refuses logins: wrong password, unknown role or no TLS',
      metric: logs.refused.with({ period: FIVE_MINUTES }),
      threshold: REFUSED,
      comparison: atOrAbove,
      periods: 1,
      missingData: NOT_BREACHING,
      severity: 'security',
      rows: ['A06'],
      runbook: 'database-logins-refused',
    });

    add('DatabaseStorage', {
      title: 'Database storage is over 90 % full',
      metric: metric('FreeStorageSpace', MINUTE, 'Minimum'),
      threshold: Math.round(storage * (1 - FULL)),
      comparison: below,
      periods: 15,
      missingData: MISSING,
      ...usedUp,
    });
    add('DatabaseStorageExhausted', {
      title: 'Database storage is over 95 % full and does not grow',
      metric: metric('FreeStorageSpace', MINUTE, 'Minimum'),
      threshold: Math.round(storage * (1 - NEARLY_FULL)),
      comparison: below,
      periods: 3,
      missingData: MISSING,
      severity: 'critical',
      rows: ['A07', 'A09'],
      runbook: LOAD,
    });
    // Nobody sizes a development database by its load, and each alarm costs there what it costs in production.
    if (props.environment.tier !== 'development') addLoadAlarms(database.instanceClass, metric, add);
    add('DatabaseTransactionIds', {
      title: 'Vacuum does not keep up: transaction ids are running out',
      metric: metric('MaximumUsedTransactionIDs', FIVE_MINUTES, 'Maximum'),
      threshold: OLD_TRANSACTIONS,
      comparison: above,
      periods: 1,
      missingData: MISSING,
      severity: 'warning',
      rows: ['A09'],
      runbook: STATEMENTS,
    });

    const statements = { severity: 'warning', rows: ['D13'], runbook: STATEMENTS } as const;
    const perQuarter = Duration.minutes(15);
    add('DatabaseSlowStatements', {
      title: `More than ${SLOW_STATEMENTS} statements in 15 minutes took longer than ${database.slowQueryMs} ms`,
      metric: logs.slow.with({ period: perQuarter }),
      threshold: SLOW_STATEMENTS,
      comparison: above,
      periods: 1,
      missingData: NOT_BREACHING,
      ...statements,
    });
    add('DatabaseDeadlocks', {
      title: 'Sessions of the database locked each other out',
      metric: logs.deadlocks.with({ period: perQuarter }),
      threshold: 1,
      comparison: atOrAbove,
      periods: 1,
      missingData: NOT_BREACHING,
      ...statements,
    });
    add('DatabaseLockWaits', {
      title: 'Sessions of the database wait for locks',
      metric: logs.lockWaits.with({ period: perQuarter }),
      threshold: LOCK_WAITS,
      comparison: above,
      periods: 1,
      missingData: NOT_BREACHING,
      ...statements,
    });
  }
}
