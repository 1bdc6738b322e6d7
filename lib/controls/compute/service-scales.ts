import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { type Guard, guard, guards, is, oneOf, satisfies } from '../expect';
import { isWeb, scaledBy, scalersOf } from '../rules/compute/copies';
import {
  asList,
  asObject,
  at,
  type EnvironmentView,
  type Json,
  type JsonObject,
  type Resource,
  type Tier,
} from '../view';

const SERVICE = 'AWS::ECS::Service';
const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';
const TRACKING = 'TargetTrackingScalingPolicyConfiguration';
const SUM = 'FILL(blue, 0) + FILL(green, 0)';

const group = { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup' };
const requests = (Id: string, logicalId: string): JsonObject => ({
  Id,
  ReturnData: false,
  MetricStat: {
    Stat: 'Sum',
    Metric: {
      Namespace: 'AWS/ApplicationELB',
      MetricName: 'RequestCountPerTarget',
      Dimensions: [{ Name: 'TargetGroup', Value: { 'Fn::GetAtt': [logicalId, 'TargetGroupFullName'] } }],
    },
  },
});
const tracking = (specification: JsonObject, TargetValue: number) => ({
  Type: POLICY,
  Properties: {
    PolicyType: 'TargetTrackingScaling',
    ScalingTargetId: { Ref: 'Target' },
    [TRACKING]: { ...specification, TargetValue, ScaleInCooldown: 300, ScaleOutCooldown: 60 },
  },
});
const predefined = (PredefinedMetricType: string, value: number) =>
  tracking({ PredefinedMetricSpecification: { PredefinedMetricType } }, value);
const both = (Metrics: Json) => tracking({ CustomizedMetricSpecification: { Metrics } }, 1080);
const SUMMED = [
  { Id: 'perCopy', Expression: SUM, ReturnData: true },
  requests('blue', 'Blue'),
  requests('green', 'Green'),
];
const environment = (target: JsonObject = {}, changes: Readonly<Record<string, JsonObject | undefined>> = {}) => {
  const resources = {
    Blue: group,
    Green: group,
    Service: { Type: SERVICE, Properties: { LoadBalancers: [{ TargetGroupArn: { Ref: 'Blue' } }] } },
    Target: {
      Type: TARGET,
      Properties: {
        MinCapacity: 2,
        MaxCapacity: 6,
        ScalableDimension: 'ecs:service:DesiredCount',
        ServiceNamespace: 'ecs',
        ResourceId: { 'Fn::Join': ['', ['service/c/', { 'Fn::GetAtt': ['Service', 'Name'] }]] },
        ...target,
      },
    },
    Cpu: predefined('ECSServiceAverageCPUUtilization', 60),
    Memory: predefined('ECSServiceAverageMemoryUtilization', 75),
    Requests: both(SUMMED),
    ...changes,
  };
  return Object.fromEntries(Object.entries(resources).filter(([, each]) => each !== undefined)) as Parameters<
    typeof fixture
  >[1];
};
const unscaled = { Target: undefined, Cpu: undefined, Memory: undefined, Requests: undefined };
/** A web service that does without autoscaling. */
const fixed = (DesiredCount: Json) =>
  environment(
    {},
    {
      ...unscaled,
      Service: { Type: SERVICE, Properties: { DesiredCount, LoadBalancers: [{ TargetGroupArn: { Ref: 'Blue' } }] } },
    },
  );

export const control: RuleControl = {
  id: 'service-scales',
  title: 'The web service runs in more than one copy in production and follows the load',
  holds: ['C02/enforce', 'C14/enforce'],
  tiers: everyTier,
  why: 'With one copy, every failure and every patch is an outage; with a fixed number, every busy hour is.',
  remedy: 'Set app.copies in the environment’s file and leave the policies of Autoscaling as they are.',
  ...guards(
    guard(TARGET, {
      MinCapacity: satisfies('2 or more in production, else 1 or more', (value, _resource, { tier }) =>
        isLeast(value, tier),
      ),
      MaxCapacity: satisfies(
        'no less than the least number (more than it outside production), and at most 200',
        (value, { properties }, { tier }) => isMost(value, Number(properties.MinCapacity), tier),
      ),
      ScalableDimension: is('ecs:service:DesiredCount'),
      ServiceNamespace: is('ecs'),
      ResourceId: satisfies(
        'the web service of this environment',
        (_value, resource, view) => scaledBy(resource, view).filter(isWeb).length === 1,
      ),
      SuspendedState: satisfies('nothing', (value) => value === undefined),
      ScheduledActions: satisfies('nothing', (value) => value === undefined),
    }),
    guard(POLICY, {
      PolicyType: is('TargetTrackingScaling'),
      ScalingTargetId: satisfies(
        'a target of this environment',
        (value, resource, view) => view.target(value, resource)?.type === TARGET,
      ),
      [`${TRACKING}.ScaleInCooldown`]: is(300),
      [`${TRACKING}.ScaleOutCooldown`]: is(60),
      [`${TRACKING}.DisableScaleIn`]: satisfies('false or nothing', (value) => value === undefined || value === false),
      [`${TRACKING}.TargetValue`]: satisfies('a value that copies reach before they suffer', (value, policy) =>
        isInReach(value, policy),
      ),
      [`${TRACKING}.PredefinedMetricSpecification.PredefinedMetricType`]: satisfies(
        'CPU or memory of the service, or a metric of its own',
        (value, { properties }) =>
          value === undefined
            ? at(properties, `${TRACKING}.CustomizedMetricSpecification`) !== undefined
            : oneOf(...PREDEFINED).holds(value),
      ),
      [`${TRACKING}.CustomizedMetricSpecification.Metrics`]: satisfies(
        `${SUM}, each the requests per copy of a target group`,
        (value, policy, view) =>
          at(policy.properties, `${TRACKING}.PredefinedMetricSpecification`) !== undefined
            ? value === undefined
            : value !== undefined && isSum(value, policy, view),
      ),
    }),
    followers(),
    counted(),
  ),
  fixtures: {
    pass: [
      fixture('two to six copies', environment()),
      fixture('always three copies in production', environment({ MinCapacity: 3, MaxCapacity: 3 })),
      fixture('one to three copies in staging', environment({ MinCapacity: 1, MaxCapacity: 3 }), 'staging'),
      fixture('one copy in development', fixed(1), 'development'),
      fixture('always two copies in staging', fixed(2), 'staging'),
    ],
    refuse: [
      fixture('one copy in production', environment({ MinCapacity: 1 })),
      fixture('fewer at most than at least', environment({ MaxCapacity: 1 })),
      fixture('suspended', environment({ SuspendedState: { DynamicScalingOutSuspended: true } })),
      fixture('no target', environment({}, unscaled)),
      fixture('no target and no number in development', environment({}, unscaled), 'development'),
      fixture('a fixed number in production', fixed(3)),
      fixture('no copy', fixed(0), 'development'),
      fixture('a fixed number that only the deployment knows', fixed({ Ref: 'Copies' }), 'development'),
      fixture('half a copy', fixed(1.5), 'development'),
      fixture('a target that never scales in staging', environment({ MinCapacity: 2, MaxCapacity: 2 }), 'staging'),
      fixture(
        'a target and a number in staging',
        environment({ MinCapacity: 1, MaxCapacity: 3 }, { Service: fixed(1).Service as JsonObject }),
        'staging',
      ),
      fixture('does not follow CPU', environment({}, { Cpu: undefined })),
      fixture('does not follow memory', environment({}, { Memory: undefined })),
      fixture('does not follow requests', environment({}, { Requests: undefined })),
      fixture('follows too late', environment({}, { Cpu: predefined('ECSServiceAverageCPUUtilization', 99) })),
      fixture(
        'follows one group',
        environment({}, { Requests: both([{ Id: 'perCopy', Expression: 'FILL(blue, 0)' }, requests('blue', 'Blue')]) }),
      ),
      fixture(
        'follows one group twice',
        environment({}, { Requests: both([SUMMED[0] as Json, requests('blue', 'Blue'), requests('green', 'Blue')]) }),
      ),
      fixture('a target and a number', environment({}, { Service: fixed(3).Service as JsonObject })),
    ],
  },
};

const PREDEFINED = ['ECSServiceAverageCPUUtilization', 'ECSServiceAverageMemoryUtilization'];

function isLeast(value: Json | undefined, tier: Tier): boolean {
  return Number(value) >= (tier === 'production' ? 2 : 1) && Number(value) <= 100;
}

/** Production keeps a target whose limits are alike: they can be moved in an incident. */
function isMost(value: Json | undefined, least: number, tier: Tier): boolean {
  return (tier === 'production' ? Number(value) >= least : Number(value) > least) && Number(value) <= 200;
}

function isInReach(value: Json | undefined, { properties }: Resource): boolean {
  const percent = at(properties, `${TRACKING}.PredefinedMetricSpecification`) !== undefined;
  const [least, most] = percent ? [30, 85] : [10, 100_000];
  return Number(value) >= least && Number(value) <= most;
}

/** The sum over two target groups, and over the two of this environment. */
function isSum(value: Json, policy: Resource, view: EnvironmentView): boolean {
  const queries = asList(value).map(asObject);
  const sum = queries.find(({ Expression }) => Expression !== undefined);
  const counted = ['blue', 'green'].map((id) => asObject(queries.find(({ Id }) => Id === id)?.MetricStat));
  const groups = counted.flatMap(({ Metric: metric, Stat }) => {
    const { MetricName, Namespace, Dimensions } = asObject(metric);
    const [dimension, ...others] = asList(Dimensions).map(asObject);
    const fine = MetricName === 'RequestCountPerTarget' && Namespace === 'AWS/ApplicationELB' && Stat === 'Sum';
    return fine && others.length === 0 && dimension?.Name === 'TargetGroup'
      ? (view.target(dimension.Value, policy) ?? [])
      : [];
  });
  const kept = queries.filter(({ ReturnData }) => ReturnData === false);
  return (
    queries.length === 3 &&
    sum?.Expression === SUM &&
    sum.Id === 'perCopy' &&
    sum.ReturnData === true &&
    kept.length === 2 &&
    new Set(groups).size === 2
  );
}

/** Each target follows CPU, memory and requests. */
function followers(): Guard {
  return {
    protects: [
      { type: TARGET, properties: [] },
      { type: POLICY, properties: [] },
    ],
    check: (view) => [
      ...view.ofType(TARGET).flatMap((target) => {
        const follows = view
          .ofType(POLICY)
          .filter((policy) => view.target(policy.properties.ScalingTargetId, policy) === target)
          .map(
            ({ properties }) =>
              at(properties, `${TRACKING}.PredefinedMetricSpecification.PredefinedMetricType`) ?? 'requests',
          );
        return [...PREDEFINED, 'requests']
          .filter((each) => !follows.includes(each))
          .map(
            (each): Finding => ({
              resource: target,
              location: 'Resource',
              found: `no policy on ${each}`,
              expected: 'CPU, memory and requests',
            }),
          );
      }),
    ],
  };
}

/**
 * One place says how many copies of a web service run. A number beside a target would set the copies back at each
 * deployment; alone it is fixed, which production must not be.
 */
function counted(): Guard {
  return {
    protects: [{ type: TARGET, properties: [] }],
    check: (view) =>
      view
        .ofType(SERVICE)
        .filter(isWeb)
        .flatMap((service) => countFaults(service, view)),
  };
}

function countFaults(resource: Resource, view: EnvironmentView): readonly Finding[] {
  const { DesiredCount: count } = resource.properties;
  const { length: targets } = scalersOf(resource, view);
  if (targets > 1 || (targets === 0 && (view.tier === 'production' || count === undefined))) {
    const expected = view.tier === 'production' ? 'one scalable target' : 'one scalable target, or a fixed number';
    return [
      { resource, location: 'Resource', found: targets > 1 ? `${targets} targets` : 'no autoscaling of it', expected },
    ];
  }
  const location = 'Properties.DesiredCount';
  const found = shown(count);
  if (targets === 1)
    return count === undefined ? [] : [{ resource, location, found, expected: 'nothing: autoscaling owns the number' }];
  const fine = Number.isInteger(Number(count)) && isLeast(count, view.tier);
  return fine ? [] : [{ resource, location, found, expected: 'a whole number of copies from 1 to 100' }];
}
