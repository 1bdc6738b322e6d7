import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { functionNamed } from '../rules/functions';
import { minutesBetween, namedBy, ROTATING, SECRET, useOf } from '../rules/rotation';
import { actionsOf, grantsOf } from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const FUNCTION = 'AWS::Lambda::Function';
const SERVICE = 'AWS::ECS::Service';
const TASK = 'AWS::ECS::TaskDefinition';
/** Row K07: days in which a key that signs no more is still accepted. */
const GRACE_DAYS = 7;
/** A compromised key must be out of use within the hour, deployment and bake included. */
const MOST_MINUTES = 15;
const DAY_MINUTES = 24 * 60;
/** What it takes to deploy a service anew. */
const CALLS = ['ecs:ListServiceDeployments', 'ecs:UpdateService'];

const arn = (id: string): Json => ({ 'Fn::GetAtt': [id, 'Arn'] });
const lambda = (name: string, Variables: JsonObject) => ({
  Type: FUNCTION,
  Properties: {
    FunctionName: `ums-fixture-${name}`,
    Role: arn('Role'),
    Environment: { Variables },
  },
});
const rights = (service: string) => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: {
    Roles: [{ Ref: 'Role' }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: ['ecs:ListServiceDeployments', 'ecs:UpdateService'],
          Resource: [`arn:aws:ecs:us-east-1:111111111111:${service}`],
        },
      ],
    },
  },
});
const rule = (target: string, ScheduleExpression: string) => ({
  Type: 'AWS::Events::Rule',
  Properties: { ScheduleExpression, Targets: [{ Arn: arn(target) }] },
});
const secret = (name: string) => ({ Type: SECRET, Properties: { Name: `ums/fixture/${name}` } });
const joined = (...ids: readonly string[]): Json => ({ 'Fn::Join': [',', ids.map((Ref) => ({ Ref }))] });
const good = {
  App: secret('database/app'),
  Key: secret('secret-key'),
  Task: {
    Type: TASK,
    Properties: { ContainerDefinitions: [{ Secrets: [{ ValueFrom: { Ref: 'App' } }, { ValueFrom: { Ref: 'Key' } }] }] },
  },
  Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'ums-fixture-cluster' } },
  Web: {
    Type: SERVICE,
    Properties: { ServiceName: 'ums-fixture-web', Cluster: { Ref: 'Cluster' }, TaskDefinition: { Ref: 'Task' } },
  },
  Role: { Type: 'AWS::IAM::Role' },
  Rights: rights('service/ums-fixture-cluster/ums-fixture-web'),
  Redeploy: lambda('redeploy-service', {
    CLUSTER_NAME: 'ums-fixture-cluster',
    SERVICE_NAMES: 'ums-fixture-web',
    SECRET_ARNS: joined('App', 'Key'),
    LOGIN_SECRET_ARN: { Ref: 'App' },
    LOGIN_USERS: 'app_a,app_b',
  }),
  RedeployRule: rule('Redeploy', 'rate(5 minutes)'),
  Rotate: lambda('rotate-application-key', { GRACE_DAYS: '7' }),
  Retire: lambda('retire-application-key', { KEYRINGS: { Ref: 'Key' } }),
  RetireRule: rule('Retire', 'rate(1 day)'),
};
const redeploying = (changes: Readonly<Record<string, Json>>) => ({
  ...good,
  Redeploy: lambda('redeploy-service', { ...good.Redeploy.Properties.Environment.Variables, ...changes }),
});
const nothing = { Type: 'AWS::SNS::Topic' };

export const control: RuleControl = {
  id: 'secrets-deployed',
  title: 'A new value of a secret is deployed and seen in use, and a key that follows another keeps it for 7 days',
  holds: ['K07/enforce'],
  tiers: everyTier,
  why: 'ECS hands a task its secrets once: without a deployment the old value stays in use until the next rotation makes it invalid.',
  remedy: 'Leave Redeployment in the service stack and KeyRotation in the data stack as they are.',
  protects: [
    { type: 'AWS::IAM::ManagedPolicy', properties: ['PolicyDocument.Statement'] },
    { type: FUNCTION, properties: ['Environment.Variables'] },
    { type: 'AWS::Events::Rule', properties: ['ScheduleExpression'] },
    { type: 'AWS::Events::Rule', properties: [] },
  ],
  check: (environment) => [
    ...environment.ofType(SERVICE).flatMap((service) => serviceFaults(service, environment)),
    ...keyringFaults(environment),
  ],
  fixtures: {
    pass: [fixture('deployed every time', good)],
    refuse: [
      fixture('nobody deploys', { ...good, Redeploy: nothing }),
      fixture('twice a day', { ...good, RedeployRule: rule('Redeploy', 'rate(12 hours)') }),
      fixture('never', { ...good, RedeployRule: nothing }),
      fixture('a service left out', redeploying({ SERVICE_NAMES: 'ums-fixture-worker-mailer' })),
      fixture('services of another cluster', redeploying({ CLUSTER_NAME: 'ums-other-cluster' })),
      fixture('a service that it may not deploy', { ...good, Rights: rights('service/ums-fixture-cluster/other') }),
      fixture('a secret left out', redeploying({ SECRET_ARNS: { Ref: 'App' } })),
      fixture('another login', redeploying({ LOGIN_SECRET_ARN: { Ref: 'Key' } })),
      fixture('other users', redeploying({ LOGIN_USERS: 'app_a' })),
      fixture('no grace', { ...good, Rotate: lambda('rotate-application-key', { GRACE_DAYS: '1' }) }),
      fixture('no end of the grace', { ...good, RetireRule: nothing }),
      fixture('a keyring that nobody clears', { ...good, Retire: lambda('retire-application-key', { KEYRINGS: '' }) }),
    ],
  },
};

const fault = (resource: Resource, found: string, expected: string, location = 'Resource'): Finding => ({
  resource,
  location,
  found,
  expected,
});

/** What a service's tasks get must be watched by the function that deploys it anew. */
function serviceFaults(service: Resource, environment: EnvironmentView): Finding[] {
  const redeploy = functionNamed('redeploy-service', environment);
  const minutes = minutesBetween('redeploy-service', environment);
  const task = environment.target(service.properties.TaskDefinition, service);
  const secrets = new Set(
    asList(task?.properties.ContainerDefinitions)
      .flatMap((each) => asList(asObject(each).Secrets))
      .flatMap((each) => environment.targets(asObject(each).ValueFrom, task as Resource))
      .filter(({ type }) => type === SECRET),
  );
  if (secrets.size === 0) return [];
  if (!redeploy) return [fault(service, 'nothing that deploys it when a secret changes', 'redeploy-service')];
  const variables = asObject(at(redeploy.properties, 'Environment.Variables'));
  const name = environment.text(service.properties.ServiceName);
  const watched = namedBy('redeploy-service', 'SECRET_ARNS', environment);
  const [login] = namedBy('redeploy-service', 'LOGIN_SECRET_ARN', environment);
  const cluster = environment.target(service.properties.Cluster, service)?.properties.ClusterName;
  const placeOf = (variable: string) => `Properties.Environment.Variables.${variable}`;
  return [
    ...(minutes !== undefined && minutes <= MOST_MINUTES
      ? []
      : [fault(redeploy, `a run every ${shown(minutes)} minutes`, `every ${MOST_MINUTES} minutes or oftener`)]),
    ...(environment.text(variables.SERVICE_NAMES).split(',').includes(name)
      ? []
      : [fault(redeploy, shown(variables.SERVICE_NAMES), `a list with ${name}`, placeOf('SERVICE_NAMES'))]),
    ...(cluster !== undefined && environment.text(variables.CLUSTER_NAME) === environment.text(cluster)
      ? []
      : [fault(redeploy, shown(variables.CLUSTER_NAME), shown(cluster), placeOf('CLUSTER_NAME'))]),
    ...CALLS.filter(
      (call) => !mayCall(redeploy, call, `:service/${environment.text(cluster ?? '')}/${name}`, environment),
    ).map((call) =>
      fault(redeploy, `a role without ${call} on ${name}`, 'every service that it deploys', 'Properties.Role'),
    ),
    ...[...secrets]
      .filter((each) => !watched.includes(each))
      .map((each) => fault(redeploy, `no look at ${each.path}`, 'every secret of the tasks', placeOf('SECRET_ARNS'))),
    ...(login && useOf(login, environment) === 'database/app'
      ? []
      : [fault(redeploy, shown(variables.LOGIN_SECRET_ARN), "the application's login", placeOf('LOGIN_SECRET_ARN'))]),
    ...(variables.LOGIN_USERS === 'app_a,app_b'
      ? []
      : [fault(redeploy, shown(variables.LOGIN_USERS), '"app_a,app_b"', placeOf('LOGIN_USERS'))]),
  ];
}

/** Whether the role of a function may make a call on what ends so: ECS knows services by name. */
function mayCall(lambda: Resource, call: string, end: string, environment: EnvironmentView): boolean {
  const role = environment.target(lambda.properties.Role, lambda);
  return (role ? grantsOf(role, environment) : [])
    .filter((each) => actionsOf(each).includes(call))
    .some(({ body }) => asList(body.Resource).some((each) => environment.text(each).endsWith(end)));
}

/** Keys are accepted for their grace, and no longer. */
function keyringFaults(environment: EnvironmentView): Finding[] {
  const keyrings = environment
    .ofType(SECRET)
    .filter((each) => ROTATING[useOf(each, environment)]?.by === 'rotate-application-key');
  const [first] = keyrings;
  if (!first) return [];
  const rotate = functionNamed('rotate-application-key', environment);
  const retire = functionNamed('retire-application-key', environment);
  const cleared = namedBy('retire-application-key', 'KEYRINGS', environment);
  const grace = rotate && at(rotate.properties, 'Environment.Variables.GRACE_DAYS');
  const minutes = minutesBetween('retire-application-key', environment);
  return [
    ...(String(grace) === String(GRACE_DAYS)
      ? []
      : [fault(rotate ?? first, shown(grace), `a grace of ${GRACE_DAYS} days`)]),
    ...(minutes !== undefined && minutes <= DAY_MINUTES
      ? []
      : [fault(retire ?? first, 'no daily run', 'retire-application-key every day')]),
    ...keyrings
      .filter((each) => !cleared.includes(each))
      .map((each) => fault(each, 'nothing that takes its old keys out', 'retire-application-key')),
  ];
}
