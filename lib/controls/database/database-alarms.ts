import { everyTier, fixture, type RuleControl } from '../control';
import { between, type Expectation } from '../expect';
import { alarmed, falling, type NeededAlarm, rising } from '../rules/alarms/alarmed';
import { onInstance, watchedDatabase } from '../rules/database/watched-database';
import type { Resource } from '../view';

const DB = 'AWS::RDS::DBInstance';
const GIB = 1024 ** 3;

/** A share of the allocated storage, bytes. */
const ofStorage = (least: number, most: number) => (instance: Resource) => {
  const bytes = Number(instance.properties.AllocatedStorage) * GIB;
  return between(Math.floor(bytes * least), Math.ceil(bytes * most));
};
/** A share of the class's memory, bytes. */
const ofMemory = (least: number, most: number) => (instance: Resource) => {
  const bytes = memoryGiB(instance) * GIB;
  return between(Math.floor(bytes * least), Math.ceil(bytes * most));
};
/** A share of max_connections as RDS sets it: memory divided by 9531392, 5000 at most. */
const ofConnections = (least: number, most: number) => (instance: Resource) => {
  const slots = Math.min((memoryGiB(instance) * GIB) / 9_531_392, 5000);
  return between(Math.floor(slots * least), Math.ceil(slots * most));
};
const from = (least: number, most: number) => (): Expectation => between(least, most);

/** Memory by the naming of AWS: `large` has 8 GiB, of the R families 16; each size is the double of the one before. */
function memoryGiB(instance: Resource): number {
  const [, family = '', size = ''] = String(instance.properties.DBInstanceClass).split('.');
  const steps = ['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge'].indexOf(
    size,
  );
  return (family.startsWith('r') ? 16 : 8) * 2 ** (steps - 3);
}

const rds = (metric: string, threshold: NeededAlarm['threshold'], rest: Partial<NeededAlarm> = {}): NeededAlarm => ({
  namespace: 'AWS/RDS',
  metric,
  comparison: rising,
  threshold,
  withinSeconds: 1800,
  missingData: 'missing',
  ...rest,
});

/** Row A09 by its words, then what else stops PostgreSQL. */
const needed: readonly NeededAlarm[] = [
  // Silence of the instance: no sample in a period, or no data at all.
  rds('CPUUtilization', from(1, 1), {
    statistic: 'SampleCount',
    comparison: ['LessThanThreshold'],
    withinSeconds: 600,
    missingData: 'breaching',
  }),
  rds('CPUUtilization', from(50, 95)),
  rds('DBLoadRelativeToNumVCPUs', from(0.5, 2), { missingData: 'notBreaching' }),
  rds('DatabaseConnections', ofConnections(0.5, 0.95), { statistic: 'Maximum', withinSeconds: 900 }),
  rds('FreeableMemory', ofMemory(0.05, 0.25), { comparison: falling }),
  rds('FreeStorageSpace', ofStorage(0.08, 0.3), { statistic: 'Minimum', comparison: falling }),
  rds('FreeStorageSpace', ofStorage(0.02, 0.079), { statistic: 'Minimum', comparison: falling, withinSeconds: 600 }),
  rds('ReadLatency', from(0.01, 0.2)),
  rds('WriteLatency', from(0.01, 0.2)),
  rds('DiskQueueDepth', from(5, 200)),
  rds('EBSIOBalance%', from(5, 60), { comparison: falling, missingData: 'notBreaching' }),
  rds('EBSByteBalance%', from(5, 60), { comparison: falling, missingData: 'notBreaching' }),
  rds('CPUCreditBalance', from(10, 300), {
    comparison: falling,
    missingData: 'notBreaching',
    only: (instance) => String(instance.properties.DBInstanceClass).startsWith('db.t'),
  }),
  rds('MaximumUsedTransactionIDs', from(200_000_000, 1_900_000_000), { statistic: 'Maximum' }),
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
      fixture('more connections than there can be', whole.changed(3, { Threshold: 2880 })),
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
