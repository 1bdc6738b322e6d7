import { everyTier, fixture, type RuleControl } from '../control';
import { alarmed, type Bounds, falling, type NeededAlarm, onMetricsOf } from '../rules/alarms/alarmed';
import { soundAlarm } from '../rules/alarms/samples';
import type { EnvironmentView, Json, JsonObject, Resource, Template } from '../view';

const DB = 'AWS::RDS::DBInstance';
const GIB = 1024 ** 3;

const shareOf = (whole: number, least: number, most: number): Bounds => [
  Math.floor(whole * least),
  Math.ceil(whole * most),
];
/** A share of the allocated storage, bytes. */
const ofStorage = (least: number, most: number) => (instance: JsonObject) =>
  shareOf(Number(instance.AllocatedStorage) * GIB, least, most);
/** A share of the class's memory, bytes. */
const ofMemory = (least: number, most: number) => (instance: JsonObject) =>
  shareOf(memoryGiB(instance) * GIB, least, most);
/** A share of max_connections as RDS sets it: memory divided by 9531392, 5000 at most. */
const ofConnections = (least: number, most: number) => (instance: JsonObject) =>
  shareOf(Math.min((memoryGiB(instance) * GIB) / 9_531_392, 5000), least, most);

/** Memory by the naming of AWS: `large` has 8 GiB, of the R families 16; each size is the double of the one before. */
function memoryGiB(instance: JsonObject): number {
  const [, family = '', size = ''] = String(instance.DBInstanceClass).split('.');
  const steps = ['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge'].indexOf(
    size,
  );
  return (family.startsWith('r') ? 16 : 8) * 2 ** (steps - 3);
}

const onDatabase = onMetricsOf('AWS/RDS');

/** What tells of too much to do: nobody sizes a development database by it. */
const underLoad: typeof onDatabase = (metric, threshold, rest = {}) =>
  onDatabase(metric, threshold, {
    ...rest,
    only: (watched, environment) => environment.tier !== 'development' && (rest.only?.(watched, environment) ?? true),
  });

/** Row A09 by its words, then what else stops PostgreSQL. */
const needed: readonly NeededAlarm[] = [
  // Silence of the instance: no sample in a period, or no data at all.
  onDatabase('CPUUtilization', [1, 1], {
    statistic: 'SampleCount',
    comparison: ['LessThanThreshold'],
    withinSeconds: 600,
    missingData: 'breaching',
  }),
  underLoad('CPUUtilization', [50, 95]),
  underLoad('DBLoadRelativeToNumVCPUs', [0.5, 2], { missingData: 'notBreaching' }),
  onDatabase('DatabaseConnections', ofConnections(0.5, 0.95), { statistic: 'Maximum', withinSeconds: 900 }),
  underLoad('FreeableMemory', ofMemory(0.05, 0.25), { comparison: falling }),
  onDatabase('FreeStorageSpace', ofStorage(0.08, 0.3), { statistic: 'Minimum', comparison: falling }),
  onDatabase('FreeStorageSpace', ofStorage(0.02, 0.079), {
    statistic: 'Minimum',
    comparison: falling,
    withinSeconds: 600,
  }),
  underLoad('ReadLatency', [0.01, 0.2]),
  underLoad('WriteLatency', [0.01, 0.2]),
  underLoad('DiskQueueDepth', [5, 200]),
  underLoad('EBSIOBalance%', [5, 60], { comparison: falling, missingData: 'notBreaching' }),
  underLoad('EBSByteBalance%', [5, 60], { comparison: falling, missingData: 'notBreaching' }),
  underLoad('CPUCreditBalance', [10, 300], {
    comparison: falling,
    missingData: 'notBreaching',
    only: (instance) => String(instance.properties.DBInstanceClass).startsWith('db.t'),
  }),
  onDatabase('MaximumUsedTransactionIDs', [200_000_000, 1_900_000_000], { statistic: 'Maximum' }),
];

/** Whether an alarm's dimensions are an instance's own: its identifier, written out or referred to. */
function onInstance(
  dimensions: Readonly<Record<string, Json>>,
  instance: Resource,
  alarm: Resource,
  view: EnvironmentView,
): boolean {
  const identifier = dimensions.DBInstanceIdentifier;
  if (Object.keys(dimensions).length !== 1 || identifier === undefined) return false;
  return view.target(identifier, alarm) === instance || identifier === instance.properties.DBInstanceIdentifier;
}

type Resources = NonNullable<Template['Resources']>;
const instance = {
  DBInstanceIdentifier: 'ums-prod-database',
  AllocatedStorage: '50',
  DBInstanceClass: 'db.t4g.medium',
};
const unwatched: Resources = { Topic: { Type: 'AWS::SNS::Topic' }, Db: { Type: DB, Properties: instance } };
const alarm = (need: NeededAlarm, changes: JsonObject = {}) =>
  soundAlarm(need, { Name: 'DBInstanceIdentifier', Value: { Ref: 'Db' } }, instance, changes);
const watched: Resources = {
  ...unwatched,
  ...Object.fromEntries(needed.map((need, index) => [`Alarm${index}`, alarm(need)])),
};
const without = (index: number): Resources =>
  Object.fromEntries(Object.entries(watched).filter(([id]) => id !== `Alarm${index}`));
const changed = (index: number, changes: JsonObject): Resources => ({
  ...watched,
  [`Alarm${index}`]: alarm(needed[index] as NeededAlarm, changes),
});

export const control: RuleControl = {
  id: 'database-alarms',
  title: 'Load, connections, storage, memory, bursts and silence of the database raise alarms that can fire',
  holds: ['A09/alarm', 'A07/alarm', 'C08/alarm'],
  tiers: everyTier,
  why: 'A full disk stops PostgreSQL; the hour of warning before it is the difference between a resize and an outage.',
  remedy: 'Leave the alarms of DatabaseAlarms, and keep their thresholds where the metric can reach them.',
  ...alarmed(DB, onInstance, needed),
  fixtures: {
    pass: [fixture('all alarms', watched), fixture('development, without those on load', without(1), 'development')],
    refuse: [
      fixture('no alarm at all', unwatched),
      ...needed.map((need, index) => fixture(`without the one on ${need.metric} (${index + 1})`, without(index))),
      fixture('CPU that never reaches its threshold', changed(1, { Threshold: 101 })),
      fixture('more connections than there can be', changed(3, { Threshold: 2880 })),
      fixture('storage that warns too late', changed(5, { Threshold: 1 })),
      fixture('turned round', changed(1, { ComparisonOperator: 'LessThanThreshold' })),
      fixture('silenced', changed(1, { ActionsEnabled: false })),
      fixture('tells nobody', changed(1, { AlarmActions: [] })),
      fixture('looks at another instance', changed(1, { Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'x' }] })),
      fixture('takes a day', changed(1, { Period: 86_400 })),
      fixture('takes silence for health', changed(0, { TreatMissingData: 'notBreaching' })),
      fixture('wants more points than it has', changed(1, { DatapointsToAlarm: 99 })),
      fixture('in a unit that no data has', changed(1, { Unit: 'Megabytes' })),
    ],
  },
};
