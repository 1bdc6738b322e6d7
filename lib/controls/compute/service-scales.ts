import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { type Guard, guard, guards, is, oneOf, satisfies } from '../expect';
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

const isWeb = (service: Resource): boolean => asList(service.properties.LoadBalancers).length > 0;
const scaledBy = (target: Resource, environment: EnvironmentView): readonly Resource[] =>
  environment.targets(target.properties.ResourceId, target).filter(({ type }) => type === SERVICE);

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
        'no less than the least number, and at most 200',
        (value, { properties }) => Number(value) >= Number(properties.MinCapacity) && Number(value) <= 200,
      ),
      ScalableDimension: is('ecs:service:DesiredCount'),
      ServiceNamespace: is('ecs'),
      ResourceId: satisfies(
        'a service of this environment',
        (_value, resource, view) => scaledBy(resource, view).length === 1,
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
            : oneOf(...PREDEFINED).holds(value, undefined as never, undefined as never),
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
    ownCount(),
  ),
  fixtures: {
    pass: [
      fixture('two to six copies', environment()),
      fixture('one copy in development', environment({ MinCapacity: 1, MaxCapacity: 1 }), 'development'),
    ],
    refuse: [
      fixture('one copy in production', environment({ MinCapacity: 1 })),
      fixture('fewer at most than at least', environment({ MaxCapacity: 1 })),
      fixture('suspended', environment({ SuspendedState: { DynamicScalingOutSuspended: true } })),
      fixture(
        'no target',
        environment({}, { Target: undefined, Cpu: undefined, Memory: undefined, Requests: undefined }),
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
      fixture('a fixed number', {
        ...environment(),
        Service: {
          Type: SERVICE,
          Properties: { DesiredCount: 1, LoadBalancers: [{ TargetGroupArn: { Ref: 'Blue' } }] },
        },
      }),
    ],
  },
};

const PREDEFINED = ['ECSServiceAverageCPUUtilization', 'ECSServiceAverageMemoryUtilization'];

function isLeast(value: Json | undefined, tier: Tier): boolean {
  return Number(value) >= (tier === 'production' ? 2 : 1) && Number(value) <= 100;
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
    const [dimension] = asList(Dimensions).map(asObject);
    const fine = MetricName === 'RequestCountPerTarget' && Namespace === 'AWS/ApplicationELB' && Stat === 'Sum';
    return fine && dimension?.Name === 'TargetGroup' ? (view.target(dimension.Value, policy) ?? []) : [];
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

/** Each web service has a target, and each target follows CPU, memory and requests. */
function followers(): Guard {
  return {
    protects: [
      { type: TARGET, properties: [] },
      { type: POLICY, properties: [] },
    ],
    check: (view) => [
      ...view
        .ofType(SERVICE)
        .filter(
          (service) =>
            isWeb(service) && view.ofType(TARGET).filter((each) => scaledBy(each, view).includes(service)).length !== 1,
        )
        .map(
          (resource): Finding => ({
            resource,
            location: 'Resource',
            found: 'no autoscaling of it',
            expected: 'one scalable target',
          }),
        ),
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

/** A number in the template would set the copies back at each deployment. */
function ownCount(): Guard {
  return {
    protects: [],
    check: (view) =>
      view
        .ofType(SERVICE)
        .filter((service) => isWeb(service) && service.properties.DesiredCount !== undefined)
        .map((resource) => ({
          resource,
          location: 'Properties.DesiredCount',
          found: shown(resource.properties.DesiredCount),
          expected: 'nothing: autoscaling owns the number',
        })),
  };
}
