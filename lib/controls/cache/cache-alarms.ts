import { everyTier, fixture, type RuleControl } from '../control';
import { guards } from '../expect';
import { alarmed, type NeededAlarm, onMetricsOf } from '../rules/alarms/alarmed';
import { soundAlarm } from '../rules/alarms/samples';
import type { JsonObject, Resource, Template } from '../view';

const TYPE = 'AWS::ElastiCache::ReplicationGroup';
/** ElastiCache allows six nodes in a group. */
const MOST_NODES = 6;
const copies = (cache: Resource): number => Number(cache.properties.NumCacheClusters);
const onCache = onMetricsOf('AWS/ElastiCache');

const needed: readonly NeededAlarm[] = [
  onCache('EngineCPUUtilization', [1, 1], {
    statistic: 'SampleCount',
    comparison: ['LessThanThreshold'],
    withinSeconds: 900,
    missingData: 'breaching',
  }),
  onCache('EngineCPUUtilization', [50, 95]),
  onCache('DatabaseMemoryUsagePercentage', [50, 95]),
  onCache('Evictions', [1, 5000], { statistic: 'Sum', missingData: 'notBreaching' }),
  onCache('CurrConnections', [500, 20_000], { statistic: 'Maximum' }),
  onCache('AuthenticationFailures', [1, 20], { statistic: 'Sum', withinSeconds: 600, missingData: 'notBreaching' }),
  onCache('ReplicationLag', [1, 60], {
    statistic: 'Maximum',
    missingData: 'notBreaching',
    only: (cache) => copies(cache) > 1,
  }),
];

/** The alarms of one node, which is named after the group and its number. */
function onNode(node: number) {
  const suffix = `-${String(node).padStart(3, '0')}`;
  return alarmed(
    TYPE,
    (dimensions, cache, alarm, view) =>
      Object.keys(dimensions).length === 1 &&
      view.targets(dimensions.CacheClusterId, alarm).includes(cache) &&
      view.text(dimensions.CacheClusterId).endsWith(suffix),
    needed.map((need) => ({
      ...need,
      only: (cache, view) => copies(cache) >= node && (need.only?.(cache, view) ?? true),
    })),
  );
}

type Resources = NonNullable<Template['Resources']>;
const twoNodes = { NumCacheClusters: 2 };
const alarm = (need: NeededAlarm, node: number, changes: JsonObject = {}): Resources[string] =>
  soundAlarm(
    need,
    { Name: 'CacheClusterId', Value: { 'Fn::Join': ['', [{ Ref: 'Cache' }, `-00${node}`]] } },
    twoNodes,
    changes,
  );
const cache: Resources = {
  Topic: { Type: 'AWS::SNS::Topic' },
  Cache: { Type: TYPE, Properties: twoNodes },
  ...Object.fromEntries(
    [1, 2].flatMap((node) => needed.map((need, index) => [`Alarm${node}x${index}`, alarm(need, node)] as const)),
  ),
};
const without = (id: string): Resources => Object.fromEntries(Object.entries(cache).filter(([each]) => each !== id));
const changed = (index: number, changes: JsonObject): Resources => ({
  ...cache,
  [`Alarm1x${index}`]: alarm(needed[index] as NeededAlarm, 1, changes),
});

export const control: RuleControl = {
  id: 'cache-alarms',
  title: 'Each node of the cache raises alarms on CPU, memory, evictions, clients, logins, lag and silence',
  holds: ['C09/alarm', 'A07/alarm'],
  tiers: everyTier,
  why: 'A full cache throws sessions away without an error; users notice it as being logged out.',
  remedy: 'Leave the alarms of CacheAlarms, and keep their thresholds where the metric can reach them.',
  ...guards(...Array.from({ length: MOST_NODES }, (_, index) => onNode(index + 1))),
  fixtures: {
    pass: [
      fixture('every node watched', cache),
      fixture('one node, without lag', {
        ...Object.fromEntries(Object.entries(cache).filter(([id]) => !id.startsWith('Alarm2') && id !== 'Alarm1x6')),
        Cache: { Type: TYPE, Properties: { NumCacheClusters: 1 } },
      }),
    ],
    refuse: [
      ...needed.map(({ metric }, index) => fixture(`without ${metric} (${index + 1})`, without(`Alarm1x${index}`))),
      fixture('one node unwatched', without('Alarm2x2')),
      fixture('memory that never reaches it', changed(2, { Threshold: 101 })),
      fixture('silenced', changed(2, { ActionsEnabled: false })),
      fixture('tells nobody', changed(2, { AlarmActions: [] })),
      fixture('takes silence for health', changed(0, { TreatMissingData: 'notBreaching' })),
    ],
  },
};
