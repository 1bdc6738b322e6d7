import { alarmed, falling, type NeededAlarm, rising } from '../alarmed';
import { everyTier, fixture, type RuleControl } from '../control';
import { atLeast, between, type Expectation } from '../expect';
import type { Resource } from '../view';
import { onInstance, watchedDatabase } from '../watched-database';

const DB = 'AWS::RDS::DBInstance';
const GIB = 1024 ** 3;

/** A share of the allocated storage, bytes. */
const ofStorage = (least: number, most: number) => (instance: Resource) => {
  const bytes = Number(instance.properties.AllocatedStorage) * GIB;
  return between(Math.floor(bytes * least), Math.ceil(bytes * most));
};
const from = (least: number, most: number) => (): Expectation => between(least, most);
const rds = (metric: string, threshold: NeededAlarm['threshold'], rest: Partial<NeededAlarm> = {}): NeededAlarm => ({
  namespace: 'AWS/RDS',
  metric,
  comparison: rising,
  threshold,
  withinSeconds: 1800,
  missingData: ['missing', 'breaching', 'notBreaching'],
  ...rest,
});

/** Row A09 by its words, then what else stops PostgreSQL. */
const needed: readonly NeededAlarm[] = [
  // Silence of the instance: no sample in a period, or no data at all.
  rds('CPUUtilization', from(1, 1), {
    statistic: ['SampleCount'],
    comparison: ['LessThanThreshold'],
    withinSeconds: 600,
    missingData: ['breaching'],
  }),
  rds('CPUUtilization', from(50, 95)),
  rds('DBLoadRelativeToNumVCPUs', from(0.5, 2)),
  // The fewest connections that any class allows is about 110, the most is 5000.
  rds('DatabaseConnections', from(20, 4500), { statistic: ['Maximum', 'Average'], withinSeconds: 900 }),
  rds('FreeableMemory', () => atLeast(50 * 1024 ** 2), { comparison: falling }),
  rds('FreeStorageSpace', ofStorage(0.08, 0.3), { statistic: ['Minimum', 'Average'], comparison: falling }),
  rds('FreeStorageSpace', ofStorage(0.02, 0.079), {
    statistic: ['Minimum', 'Average'],
    comparison: falling,
    withinSeconds: 600,
  }),
  rds('ReadLatency', from(0.005, 0.5)),
  rds('WriteLatency', from(0.005, 0.5)),
  rds('DiskQueueDepth', from(5, 200)),
  rds('EBSIOBalance%', from(5, 60), { comparison: falling }),
  rds('EBSByteBalance%', from(5, 60), { comparison: falling }),
  rds('CPUCreditBalance', from(10, 300), {
    comparison: falling,
    only: (instance) => String(instance.properties.DBInstanceClass).startsWith('db.t'),
  }),
  rds('MaximumUsedTransactionIDs', from(200_000_000, 1_900_000_000), { statistic: ['Maximum'] }),
];

const whole = watchedDatabase(needed);

export const control: RuleControl = {
  id: 'database-alarms',
  title: 'Load, connections, storage, memory, bursts and silence of the database raise alarms that can fire',
  holds: ['A09/alarm', 'A07/alarm', 'C08/alarm'],
  tiers: everyTier,
  why: 'A full disk stops PostgreSQL; the hour of warning before it is the difference between a resize and an outage.',
  remedy: 'Leave the alarms of DatabaseAlarms, and keep their thresholds where the metric can reach them.',
  ...alarmed(DB, onInstance, needed),
  fixtures: {
    pass: [fixture('all alarms', whole.resources)],
    refuse: [
      fixture('no alarm at all', { Db: whole.resources.Db as never }),
      ...needed.map((need, index) => fixture(`without the one on ${need.metric} (${index + 1})`, whole.without(index))),
      fixture('CPU that never reaches its threshold', whole.changed(1, { Threshold: 101 })),
      fixture('storage that warns too late', whole.changed(5, { Threshold: 1 })),
      fixture('turned round', whole.changed(1, { ComparisonOperator: 'LessThanThreshold' })),
      fixture('silenced', whole.changed(1, { ActionsEnabled: false })),
      fixture('tells nobody', whole.changed(1, { AlarmActions: [] })),
      fixture(
        'looks at another instance',
        whole.changed(1, { Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'x' }] }),
      ),
      fixture('takes a day', whole.changed(1, { Period: 86_400 })),
      fixture('takes silence for health', whole.changed(0, { TreatMissingData: 'notBreaching' })),
      fixture('wants more points than it has', whole.changed(1, { DatapointsToAlarm: 99 })),
      fixture('in a unit that no data has', whole.changed(1, { Unit: 'Megabytes' })),
    ],
  },
};
