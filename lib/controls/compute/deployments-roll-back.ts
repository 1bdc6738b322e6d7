import { everyTier, fixture, type RuleControl } from '../control';
import { atLeast, between, type Expectation, guard, guards, is, satisfies } from '../expect';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const TYPE = 'AWS::ECS::Service';
const ALARM = 'AWS::CloudWatch::Alarm';
const BALANCED = 'LoadBalancers.0.AdvancedConfiguration';
const STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];

const anAlarm: Expectation = satisfies(
  'alarms of this environment',
  (value, resource, environment) =>
    asList(value).length > 0 && asList(value).every((each) => environment.target(each, resource)?.type === ALARM),
);

/** Metrics that tell how users fare: an alarm on one of them must undo a deployment. */
const TELLS_OF_USERS = [
  'HTTPCode_Target_5XX_Count',
  'HTTPCode_ELB_5XX_Count',
  'TargetResponseTime',
  'UnHealthyHostCount',
];

const tellsOfUsers = ({ properties }: Resource): boolean =>
  [properties, ...asList(properties.Metrics).map((each) => asObject(at(each, 'MetricStat.Metric')))].some(
    ({ MetricName }) => TELLS_OF_USERS.includes(String(MetricName)),
  );

const everyAlarmOfUsers: Expectation = satisfies(
  'every alarm on errors, slowness and unhealthy copies, two at least, and each once',
  (value, resource, environment) => {
    const named = asList(value).map((each) => environment.target(each, resource));
    const wanted = environment.ofType(ALARM).filter(tellsOfUsers);
    return (
      wanted.length >= 2 &&
      new Set(named).size === named.length &&
      wanted.every((each) => named.includes(each)) &&
      anAlarm.holds(value, resource, environment)
    );
  },
);

/** Its own copies are a worker's only witness. What takes silence for a fault would undo the first deployment as well. */
const ownAlarm: Expectation = satisfies(
  'an alarm on its own copies that silence doesn’t raise',
  (value, resource, environment) => {
    const own = asList(value).map((each) => environment.target(each, resource));
    return (
      own.length > 0 &&
      own.every(
        (alarm) =>
          alarm?.properties.TreatMissingData === 'notBreaching' &&
          asList(alarm.type === ALARM ? alarm.properties.Dimensions : [])
            .map(asObject)
            .some(({ Name, Value }) => Name === 'ServiceName' && Value === resource.properties.ServiceName),
      )
    );
  },
);

const rule = { Type: 'AWS::ElasticLoadBalancingV2::ListenerRule' };
const group = { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup' };
const ofWorker = { Dimensions: [{ Name: 'ServiceName', Value: 'worker' }] };
const parts = {
  Errors: { Type: ALARM, Properties: { MetricName: 'HTTPCode_Target_5XX_Count' } },
  Unhealthy: { Type: ALARM, Properties: { MetricName: 'UnHealthyHostCount' } },
  Full: { Type: ALARM, Properties: { ...ofWorker, TreatMissingData: 'notBreaching' } },
  Down: { Type: ALARM, Properties: { ...ofWorker, TreatMissingData: 'breaching' } },
  Blue: group,
  Green: group,
  Rule: rule,
  Role: { Type: 'AWS::IAM::Role' },
};
const switched = {
  AlternateTargetGroupArn: { Ref: 'Green' },
  ProductionListenerRule: { Ref: 'Rule' },
  RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
};
const service = (deployment: JsonObject, changes: JsonObject = {}, advanced: JsonObject = switched) => ({
  ...parts,
  Service: {
    Type: TYPE,
    Properties: {
      HealthCheckGracePeriodSeconds: 120,
      LoadBalancers: [{ TargetGroupArn: { Ref: 'Blue' }, AdvancedConfiguration: advanced }],
      DeploymentConfiguration: {
        Strategy: 'BLUE_GREEN',
        BakeTimeInMinutes: 10,
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        Alarms: { Enable: true, Rollback: true, AlarmNames: [{ Ref: 'Errors' }, { Ref: 'Unhealthy' }] },
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        ...deployment,
      },
      ...changes,
    },
  },
});
const hook = (HookTargetArn: Json, LifecycleStages: Json) => ({
  LifecycleHooks: [{ HookTargetArn, LifecycleStages, RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } }],
});
const withFunction = (deployment: JsonObject) => ({ ...service(deployment), Probe: { Type: 'AWS::Lambda::Function' } });

const isBalanced = (resource: Resource): boolean => asList(resource.properties.LoadBalancers).length > 0;

export const control: RuleControl = {
  id: 'deployments-roll-back',
  title: 'A deployment keeps the old version until the new one has proved itself, and goes back by itself',
  holds: ['C10/enforce'],
  tiers: everyTier,
  why: 'A broken release would replace the good one, and users would have it until a person notices and knows what to do.',
  remedy:
    'Leave the deployment of WebService and Worker as it is; set rollout.bakeMinutes for the time to prove itself.',
  ...guards(
    guard(TYPE, {
      'DeploymentConfiguration.Alarms.Enable': is(true),
      'DeploymentConfiguration.Alarms.Rollback': is(true),
      'DeploymentConfiguration.DeploymentCircuitBreaker.Enable': is(true),
      'DeploymentConfiguration.DeploymentCircuitBreaker.Rollback': is(true),
      'DeploymentConfiguration.MinimumHealthyPercent': is(100),
      'DeploymentConfiguration.MaximumPercent': is(200),
      'DeploymentConfiguration.LifecycleHooks': satisfies(
        'functions of this environment at stages that exist',
        (value, resource, environment) => asList(value).every((each) => isHook(each, resource, environment)),
      ),
      'DeploymentConfiguration.DeploymentCircuitBreaker': satisfies('ECS’s own threshold', (value) =>
        Object.keys(asObject(value)).every((name) => ['Enable', 'Rollback'].includes(name)),
      ),
    }),
    guard(
      TYPE,
      {
        'DeploymentConfiguration.Strategy': is('BLUE_GREEN'),
        'DeploymentConfiguration.BakeTimeInMinutes': satisfies(
          'minutes in which faults show: 5 or more in production, at most 1440',
          (value, _resource, { tier }) => Number(value) >= (tier === 'production' ? 5 : 1) && Number(value) <= 1440,
        ),
        'DeploymentConfiguration.Alarms.AlarmNames': everyAlarmOfUsers,
        HealthCheckGracePeriodSeconds: between(30, 600),
        'LoadBalancers.0.TargetGroupArn': targetOf('AWS::ElasticLoadBalancingV2::TargetGroup'),
        [`${BALANCED}.AlternateTargetGroupArn`]: satisfies(
          'the other target group of this environment',
          (value, resource, environment) => {
            const other = environment.target(value, resource);
            const own = environment.target(at(resource.properties, 'LoadBalancers.0.TargetGroupArn'), resource);
            return other?.type === 'AWS::ElasticLoadBalancingV2::TargetGroup' && other !== own;
          },
        ),
        [`${BALANCED}.ProductionListenerRule`]: targetOf('AWS::ElasticLoadBalancingV2::ListenerRule'),
        [`${BALANCED}.TestListenerRule`]: otherRule(),
        [`${BALANCED}.RoleArn`]: targetOf('AWS::IAM::Role'),
      },
      isBalanced,
    ),
    guard(
      TYPE,
      {
        'DeploymentConfiguration.Strategy': satisfies('ROLLING', (value) => (value ?? 'ROLLING') === 'ROLLING'),
        'DeploymentConfiguration.Alarms.AlarmNames': ownAlarm,
        DesiredCount: atLeast(1),
      },
      (resource) => !isBalanced(resource),
    ),
    guard(TYPE, {
      DeploymentController: satisfies('ECS', (value) => value === undefined || at(value, 'Type') === 'ECS'),
    }),
  ),
  fixtures: {
    pass: [
      fixture('blue/green', service({})),
      fixture('with a hook', withFunction(hook({ 'Fn::GetAtt': ['Probe', 'Arn'] }, ['POST_TEST_TRAFFIC_SHIFT']))),
      fixture(
        'a worker, one copy after the other',
        service(
          { Strategy: null, Alarms: { Enable: true, Rollback: true, AlarmNames: [{ Ref: 'Full' }] } },
          { ServiceName: 'worker', LoadBalancers: [], DesiredCount: 1 },
        ),
      ),
    ],
    refuse: [
      fixture('one copy after the other, for users', service({ Strategy: 'ROLLING' })),
      fixture('all at once', service({ MinimumHealthyPercent: 0 })),
      fixture('no bake', service({ BakeTimeInMinutes: 0 })),
      fixture('no alarms', service({ Alarms: { Enable: true, Rollback: true, AlarmNames: [] } })),
      fixture('alarms that nobody minds', service({ Alarms: { Enable: false, Rollback: true, AlarmNames: [] } })),
      fixture(
        'alarms that stop and leave it there',
        service({ Alarms: { Enable: true, Rollback: false, AlarmNames: [{ Ref: 'Errors' }, { Ref: 'Unhealthy' }] } }),
      ),
      fixture(
        'an alarm of another environment',
        service({ Alarms: { Enable: true, Rollback: true, AlarmNames: ['a', 'b'] } }),
      ),
      fixture('no circuit breaker', service({ DeploymentCircuitBreaker: null })),
      fixture(
        'a circuit breaker that leaves it there',
        service({ DeploymentCircuitBreaker: { Enable: true, Rollback: false } }),
      ),
      fixture('one target group twice', service({}, {}, { ...switched, AlternateTargetGroupArn: { Ref: 'Blue' } })),
      fixture('no rule to switch', service({}, {}, { ...switched, ProductionListenerRule: null })),
      fixture('test traffic on the users’ rule', service({}, {}, { ...switched, TestListenerRule: { Ref: 'Rule' } })),
      fixture(
        'a stage that does not exist',
        withFunction(hook({ 'Fn::GetAtt': ['Probe', 'Arn'] }, ['BEFORE_SCALE_UP'])),
      ),
      fixture(
        'a hook of somebody else',
        withFunction(hook('arn:aws:lambda:us-east-1:999999999999:function:x', ['PRE_SCALE_UP'])),
      ),
      fixture(
        'a worker whose first deployment is undone by silence',
        service(
          { Strategy: null, Alarms: { Enable: true, Rollback: true, AlarmNames: [{ Ref: 'Down' }] } },
          { ServiceName: 'worker', LoadBalancers: [], DesiredCount: 1 },
        ),
      ),
      fixture('a worker that does not run', service({ Strategy: null }, { LoadBalancers: [], DesiredCount: 0 })),
    ],
  },
};

function targetOf(type: string): Expectation {
  return satisfies(
    `a reference to ${type} of this environment`,
    (value, resource, environment) => environment.target(value, resource)?.type === type,
  );
}

/** There may be no rule for tests; one that stands is not the users'. */
function otherRule(): Expectation {
  return satisfies(
    'another rule than the users’, or none where none can be reached',
    (value, resource, environment) => {
      if (value === undefined) return !environment.ofType('AWS::EC2::NatGateway').length;
      const rule = environment.target(value, resource);
      const users = environment.target(at(resource.properties, `${BALANCED}.ProductionListenerRule`), resource);
      return rule?.type === 'AWS::ElasticLoadBalancingV2::ListenerRule' && rule !== users;
    },
  );
}

function isHook(hook: Json, service: Resource, environment: EnvironmentView): boolean {
  const { HookTargetArn, RoleArn, LifecycleStages } = asObject(hook);
  const stages = asList(LifecycleStages).map(String);
  return (
    environment.target(HookTargetArn, service)?.type === 'AWS::Lambda::Function' &&
    environment.target(RoleArn, service)?.type === 'AWS::IAM::Role' &&
    stages.length > 0 &&
    stages.every((stage) => STAGES.includes(stage))
  );
}
