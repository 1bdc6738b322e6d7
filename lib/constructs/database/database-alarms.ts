import { Duration, Size } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { type InstanceClass, instanceMemoryGiB, maxConnections } from '../../config/database-sizes';
import type { Environment } from '../../config/schema';
import type { AlarmRegistrar, RegisteredAlarmProps } from '../alarms/registrar';
import {
  above,
  atOrAbove,
  BREACHING,
  below,
  FIVE_MINUTES,
  LASTING,
  MINUTE,
  MISSING,
  NOT_BREACHING,
} from '../alarms/terms';
import type { DatabaseLogs } from './database-logs';

/** Row A07: full means over 90 %. */
const FULL = 0.9;
/** Less than this is left when storage has stopped growing by itself: RDS grows it at 10 %. */
const NEARLY_FULL = 0.95;
/** Above this share of the slots, a doubled fleet (blue/green) may find none. */
const CONNECTIONS = 0.8;
/** gp3 answers in single milliseconds; this is trouble. */
const SLOW_STORAGE = Duration.millis(50);
/** Requests waiting for the volume; more than a healthy gp3 volume ever queues. */
const QUEUE = 32;
/** Share of burst credits left, %. */
const CREDITS_PERCENT = 20;
/** Credits at which a T instance is about to be billed or slowed: an hour of full load on one vCPU. */
const CPU_CREDITS = 60;
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
    const memory = Size.gibibytes(instanceMemoryGiB[database.instanceClass]).toKibibytes() * 1024;
    const usedUp = { severity: 'warning', rows: ['A07', 'A09'], runbook: LOAD } as const;
    const slow = { severity: 'warning', rows: ['A09'], runbook: LOAD } as const;

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

    add('DatabaseCpu', {
      title: 'Database CPU is over 90 %',
      metric: metric('CPUUtilization'),
      threshold: FULL * 100,
      ...LASTING,
      comparison: above,
      missingData: MISSING,
      ...usedUp,
    });
    add('DatabaseMemory', {
      title: 'Database memory is over 90 % used',
      metric: metric('FreeableMemory'),
      threshold: Math.round(memory * (1 - FULL)),
      comparison: below,
      periods: 15,
      missingData: MISSING,
      ...usedUp,
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
    add('DatabaseLoad', {
      title: 'More sessions want to run than the database has CPUs',
      metric: metric('DBLoadRelativeToNumVCPUs'),
      threshold: 1,
      ...LASTING,
      comparison: above,
      missingData: NOT_BREACHING,
      severity: 'warning',
      rows: ['A09', 'D13'],
      runbook: LOAD,
    });
    for (const [name, metricName, what] of [
      ['DatabaseReadLatency', 'ReadLatency', 'reads'],
      ['DatabaseWriteLatency', 'WriteLatency', 'writes'],
    ] as const) {
      add(name, {
        title: `Storage ${what} of the database take longer than ${SLOW_STORAGE.toMilliseconds()} ms`,
        metric: metric(metricName),
        threshold: SLOW_STORAGE.toSeconds({ integral: false }),
        ...LASTING,
        comparison: above,
        missingData: MISSING,
        ...slow,
      });
    }
    add('DatabaseDiskQueue', {
      title: 'Requests queue for the database volume',
      metric: metric('DiskQueueDepth'),
      threshold: QUEUE,
      ...LASTING,
      comparison: above,
      missingData: MISSING,
      ...slow,
    });
    // gp3 has no burst balance of its own; the instance's channel to it has, on these sizes.
    for (const [name, metricName, what] of [
      ['DatabaseIoBurst', 'EBSIOBalance%', 'requests'],
      ['DatabaseThroughputBurst', 'EBSByteBalance%', 'throughput'],
    ] as const) {
      add(name, {
        title: `Less than ${CREDITS_PERCENT} % of the database's burst of storage ${what} is left`,
        metric: metric(metricName, FIVE_MINUTES),
        threshold: CREDITS_PERCENT,
        comparison: below,
        periods: 3,
        missingData: NOT_BREACHING,
        ...slow,
      });
    }
    if (bursts(database.instanceClass)) {
      add('DatabaseCpuCredits', {
        title: 'The database has used up its CPU credits',
        metric: metric('CPUCreditBalance', FIVE_MINUTES),
        threshold: CPU_CREDITS,
        comparison: below,
        periods: 6,
        missingData: NOT_BREACHING,
        ...slow,
      });
    }
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

/** T classes run on credits. */
const bursts = (instanceClass: InstanceClass): boolean => instanceClass.startsWith('t');
