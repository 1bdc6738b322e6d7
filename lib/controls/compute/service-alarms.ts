import { everyTier, fixture, type RuleControl } from '../control';
import { guards, is } from '../expect';
import { type ExactAlarm, exactlyAlarmed, type Figure } from '../rules/alarms/exact-alarms';
import { isWeb, leastCopies, scaledBy } from '../rules/compute/copies';
import type { EnvironmentView, JsonObject, Resource } from '../view';

const SERVICE = 'AWS::ECS::Service';
const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const ALARM = 'AWS::CloudWatch::Alarm';
const INSIGHTS = 'ECS/ContainerInsights';
const SHARE = '100 * used / reserved';

const textOf = (resource: Resource | undefined, name: string, view: EnvironmentView) =>
  resource && view.text(resource.properties[name]);

/** The service that a target scales, or the service itself. */
const serviceOf = (watched: Resource, view: EnvironmentView): Resource | undefined =>
  watched.type === SERVICE ? watched : scaledBy(watched, view)[0];

const figure = (metric: string, statistic: string, period: number): Figure => ({
  metric,
  statistic,
  period,
  of: (dimensions, watched, { environment }) => {
    const service = serviceOf(watched, environment);
    const cluster = service && environment.target(service.properties.Cluster, service);
    return (
      dimensions.size === 2 &&
      dimensions.get('ServiceName') === textOf(service, 'ServiceName', environment) &&
      dimensions.get('ClusterName') === textOf(cluster, 'ClusterName', environment)
    );
  },
});

/** Row A07: full means over 90 %, for a quarter of an hour. */
const full = {
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 90,
  periods: 3,
  missingData: 'notBreaching',
} as const;

/** What copies must not run out of: a worker may use all the CPU that it gets. */
const resources: readonly ExactAlarm[] = [
  {
    ...full,
    tells: 'the CPU of the web service is nearly used up',
    namespace: 'AWS/ECS',
    figures: { cpu: figure('CPUUtilization', 'Average', 300) },
    only: isWeb,
  },
  {
    ...full,
    tells: 'the memory of a service is nearly used up',
    namespace: 'AWS/ECS',
    figures: { memory: figure('MemoryUtilization', 'Average', 300) },
  },
  {
    ...full,
    tells: 'the disk of a copy is nearly full',
    namespace: INSIGHTS,
    expression: SHARE,
    figures: {
      used: figure('EphemeralStorageUtilized', 'Maximum', 300),
      reserved: figure('EphemeralStorageReserved', 'Maximum', 300),
    },
    only: (service, view) => isWeb(service) && view.tier !== 'development',
  },
];

/** Copies that are missing: each reports its CPU once a minute, and silence means that there is none. */
const missing = (periods: number): Omit<ExactAlarm, 'tells' | 'threshold'> => ({
  namespace: 'AWS/ECS',
  figures: { running: figure('CPUUtilization', 'SampleCount', 60) },
  comparison: 'LessThanThreshold',
  periods,
  missingData: 'breaching',
});

const guarded = guards(
  // A number of copies that the alarm doesn't know is told as missing, or never.
  { protects: [{ type: SERVICE, properties: ['DesiredCount'] }], check: () => [] },
  exactlyAlarmed(SERVICE, [
    ...resources,
    {
      ...missing(10),
      tells: 'a worker has fewer copies than it should',
      threshold: ({ properties }) => is(Number(properties.DesiredCount)),
      only: (service) => !isWeb(service),
    },
    {
      ...missing(5),
      tells: 'fewer copies of the web service run than the least number',
      threshold: (service, view) => is(leastCopies(service, view)),
      // Without any number, service-scales refuses the service.
      only: (service, view) => isWeb(service) && !Number.isNaN(leastCopies(service, view)),
    },
  ]),
  exactlyAlarmed(TARGET, [
    {
      tells: 'the web service has run at its most copies for half an hour',
      namespace: INSIGHTS,
      figures: { wanted: figure('DesiredTaskCount', 'Minimum', 300) },
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: ({ properties }) => is(Number(properties.MaxCapacity)),
      periods: 6,
      missingData: 'notBreaching',
      only: ({ properties }, { tier }) =>
        tier !== 'development' && Number(properties.MaxCapacity) > Number(properties.MinCapacity),
    },
  ]),
);

const dimensions = [
  { Name: 'ClusterName', Value: 'c' },
  { Name: 'ServiceName', Value: 's' },
];
const shared = {
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  Threshold: 90,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 3,
  TreatMissingData: 'notBreaching',
  AlarmActions: [{ Ref: 'Topic' }],
};
const alarm = (changes: JsonObject) => ({
  Type: ALARM,
  Properties: { ...shared, Dimensions: dimensions, Period: 300, Statistic: 'Average', ...changes },
});
const cpu = { Namespace: 'AWS/ECS', MetricName: 'CPUUtilization' };
const down = {
  Namespace: 'AWS/ECS',
  MetricName: 'CPUUtilization',
  Statistic: 'SampleCount',
  Period: 60,
  ComparisonOperator: 'LessThanThreshold',
  Threshold: 1,
  EvaluationPeriods: 10,
  DatapointsToAlarm: 10,
  TreatMissingData: 'breaching',
};
const stat = (Id: string, MetricName: string): JsonObject => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: INSIGHTS, MetricName, Dimensions: dimensions }, Period: 300, Stat: 'Maximum' },
});
const parts = {
  Topic: { Type: 'AWS::SNS::Topic' },
  Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'c' } },
};
const worker = (changes: JsonObject, memory: JsonObject = {}) => ({
  ...parts,
  Service: { Type: SERVICE, Properties: { ServiceName: 's', Cluster: { Ref: 'Cluster' }, DesiredCount: 1 } },
  Down: alarm({ ...down, ...changes }),
  Memory: alarm({ Namespace: 'AWS/ECS', MetricName: 'MemoryUtilization', ...memory }),
});
const web = (changes: JsonObject, copies: JsonObject = {}) => ({
  ...parts,
  Service: {
    Type: SERVICE,
    Properties: { ServiceName: 's', Cluster: { Ref: 'Cluster' }, LoadBalancers: [{}], ...copies },
  },
  Cpu: alarm({ ...cpu, ...changes }),
  Memory: alarm({ Namespace: 'AWS/ECS', MetricName: 'MemoryUtilization' }),
  Disk: {
    Type: ALARM,
    Properties: {
      ...shared,
      Metrics: [
        { Id: 'expr_1', Expression: SHARE, ReturnData: true },
        stat('used', 'EphemeralStorageUtilized'),
        stat('reserved', 'EphemeralStorageReserved'),
      ],
    },
  },
});

/** A web service of a fixed number of copies. */
const fixed = (DesiredCount: number, changes: JsonObject = {}) => ({
  ...web({}, { DesiredCount }),
  Missing: alarm({ ...down, Threshold: DesiredCount, EvaluationPeriods: 5, DatapointsToAlarm: 5, ...changes }),
});
/** A web service that follows the load. */
const scaled = (changes: JsonObject) => ({
  ...fixed(1, { Threshold: 2, ...changes }),
  Service: web({}).Service,
  Target: {
    Type: TARGET,
    Properties: {
      MinCapacity: 2,
      MaxCapacity: 2,
      ResourceId: { 'Fn::Join': ['', ['service/c/', { 'Fn::GetAtt': ['Service', 'Name'] }]] },
    },
  },
});

export const control: RuleControl = {
  id: 'service-alarms',
  title: 'A person is told when copies are missing, at their limit, or short of CPU, memory or disk',
  holds: ['A07/alarm', 'C02/alarm', 'C14/alarm'],
  tiers: everyTier,
  why: 'Autoscaling and restarts hide trouble until they can’t; then users are the first to notice.',
  remedy: 'Leave the alarms of ServiceAlarms and Worker as they are.',
  ...guarded,
  fixtures: {
    pass: [
      fixture('a worker', worker({})),
      fixture('a web service', web({})),
      fixture('a web service of two copies at least', scaled({})),
      fixture('a web service of one copy', fixed(1), 'development'),
      fixture('a web service of two copies', fixed(2), 'staging'),
    ],
    refuse: [
      fixture('a worker’s alarm that waits for ever', worker({ EvaluationPeriods: 1000, DatapointsToAlarm: 1000 })),
      fixture('a worker’s memory that is never full', worker({}, { Threshold: 101 })),
      fixture('silence read as health', worker({ TreatMissingData: 'notBreaching' })),
      fixture('more copies than there are', worker({ Threshold: 2 })),
      fixture('fewer copies than the least', scaled({ Threshold: 1 })),
      fixture('a copy that nobody misses', fixed(1, { Threshold: 0 }), 'development'),
      fixture('fewer copies than the fixed number', fixed(2, { Threshold: 1 }), 'staging'),
      fixture('no alarm on copies', web({}, { DesiredCount: 1 }), 'development'),
      fixture(
        'another service',
        worker({ Dimensions: [dimensions[0] as JsonObject, { Name: 'ServiceName', Value: 'x' }] }),
      ),
      fixture('reaches nobody', worker({ AlarmActions: [] })),
      fixture('switched off', worker({ ActionsEnabled: false })),
      fixture('a threshold out of reach', web({ Threshold: 900 })),
      fixture('no alarm on CPU', web({ MetricName: 'SomethingElse' })),
    ],
  },
};
