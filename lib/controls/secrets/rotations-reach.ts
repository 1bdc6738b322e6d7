import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { functionNamed } from '../rules/functions';
import { networkOf } from '../rules/network/map';
import { networkWithout, soundNetwork } from '../rules/network/samples';
import { ROTATION } from '../rules/rotation';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const GROUP = 'AWS::EC2::SecurityGroup';
const ENDPOINT = 'AWS::EC2::VPCEndpoint';
const HTTPS = '443';
const POSTGRESQL = '5432';
/** Functions that log in at the database, beside Secrets Manager. */
const AT_DATABASE = ['prepare-database', 'redeploy-service', 'rotate-database-password'] as const;
/** Functions that read or write secrets. */
const AT_SECRETS = [...AT_DATABASE, 'audit-secrets', 'retire-application-key', 'rotate-application-key'] as const;

const lambda = (name: string, group: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: `ums-fixture-${name}`,
    VpcConfig: {
      SubnetIds: [{ Ref: 'Private1' }, { Ref: 'Private2' }],
      SecurityGroupIds: [{ 'Fn::GetAtt': [group, 'GroupId'] }],
    },
  },
});
const schedule = {
  Type: ROTATION,
  Properties: { RotationLambdaARN: { 'Fn::GetAtt': ['Rotate', 'Arn'] } },
};
const database = {
  Type: 'AWS::RDS::DBInstance',
  Properties: { VPCSecurityGroups: [{ 'Fn::GetAtt': ['DatabaseGroup', 'GroupId'] }] },
};
const withRotation = (group: string, network: typeof soundNetwork = soundNetwork) => ({
  ...network,
  Db: database,
  Rotate: lambda('rotate-database-password', group),
  Schedule: schedule,
});

export const control: RuleControl = {
  id: 'rotations-reach',
  title: 'What rotates secrets reaches Secrets Manager and, where it logs in there, the database',
  holds: ['K04/enforce', 'K05/enforce'],
  tiers: everyTier,
  why: 'A rotation that reaches nothing hangs and is repeated for hours; nobody misses it until a password is a year old.',
  remedy:
    'Place functions with KitFunction, and leave lib/constructs/network/connections.ts and endpoints.ts as they are.',
  protects: [
    { type: ENDPOINT, properties: ['ServiceName'] },
    { type: 'AWS::EC2::SecurityGroupEgress', properties: [] },
    { type: 'AWS::EC2::SecurityGroupIngress', properties: [] },
  ],
  check: (environment) => [
    ...AT_SECRETS.flatMap((name) => cutFrom('secretsmanager', functionNamed(name, environment), environment)),
    ...AT_DATABASE.flatMap((name) => cutFromDatabase(functionNamed(name, environment), environment)),
  ],
  fixtures: {
    pass: [
      fixture('in the part of functions', withRotation('FunctionsGroup')),
      fixture('nothing that rotates', soundNetwork),
    ],
    refuse: [
      fixture('in another part', withRotation('LoadBalancerGroup')),
      fixture('no route out', withRotation('FunctionsGroup', networkWithout('ToNat1'))),
      fixture('not let out', withRotation('FunctionsGroup', networkWithout('FunctionsGroupToDatabaseGroup'))),
      fixture('not let in', withRotation('FunctionsGroup', networkWithout('DatabaseGroupFromFunctionsGroup'))),
    ],
  },
};

const fault = (resource: Resource, found: string, expected: string): Finding[] => [
  { resource, location: 'Properties.VpcConfig', found, expected },
];

/** A way to a service: out by NAT, or by an endpoint in the same network. */
function cutFrom(service: string, lambda: Resource | undefined, environment: EnvironmentView): Finding[] {
  if (!lambda) return [];
  const { kindOf } = networkOf(environment);
  const subnets = asList(at(lambda.properties, 'VpcConfig.SubnetIds')).map((each) => environment.target(each, lambda));
  const byEndpoint = environment
    .ofType(ENDPOINT)
    .some(({ properties }) => environment.text(properties.ServiceName).endsWith(`.${service}`));
  const cut = subnets.filter((subnet) => !subnet || (kindOf(subnet) !== 'private' && !byEndpoint));
  const groups = groupsOf(lambda, environment);
  const out = groups.some((group) =>
    rulesOf(group, 'Egress', environment).some(
      ({ rule }) => String(rule.FromPort) === HTTPS && (byEndpoint || rule.CidrIp === '0.0.0.0/0'),
    ),
  );
  return [
    ...(subnets.length > 0 && cut.length === 0
      ? []
      : fault(lambda, 'subnets without a way out', `a way to ${service}`)),
    ...(out ? [] : fault(lambda, `a security group without a way out on ${HTTPS}`, `a way to ${service}`)),
  ];
}

/** Both ends must allow it: the function's group outward, the database's inward. */
function cutFromDatabase(lambda: Resource | undefined, environment: EnvironmentView): Finding[] {
  if (!lambda) return [];
  const own = groupsOf(lambda, environment);
  return environment.ofType('AWS::RDS::DBInstance').flatMap((database) => {
    const theirs = asList(database.properties.VPCSecurityGroups).flatMap(
      (each) => environment.target(each, database) ?? [],
    );
    const allows = (from: readonly Resource[], way: 'Egress' | 'Ingress', to: readonly Resource[]): boolean =>
      from.some((group) =>
        rulesOf(group, way, environment).some(({ rule, source }) => {
          const peer = environment.target(
            way === 'Egress' ? rule.DestinationSecurityGroupId : rule.SourceSecurityGroupId,
            source,
          );
          return peer !== undefined && to.includes(peer) && String(rule.FromPort) === POSTGRESQL;
        }),
      );
    return allows(own, 'Egress', theirs) && allows(theirs, 'Ingress', own)
      ? []
      : fault(lambda, `no connection to ${database.path} on ${POSTGRESQL}`, 'a rule at both ends');
  });
}

const groupsOf = (lambda: Resource, environment: EnvironmentView): readonly Resource[] =>
  asList(at(lambda.properties, 'VpcConfig.SecurityGroupIds')).flatMap((each) => environment.target(each, lambda) ?? []);

/** Rules of a group, written in it or beside it. */
function rulesOf(
  group: Resource,
  way: 'Egress' | 'Ingress',
  environment: EnvironmentView,
): readonly { readonly rule: JsonObject; readonly source: Resource }[] {
  const inside = asList(group.properties[`SecurityGroup${way}`] as Json | undefined).map((each) => ({
    rule: asObject(each),
    source: group,
  }));
  const beside = environment
    .ofType(`${GROUP}${way}`)
    .filter((each) => environment.target(each.properties.GroupId, each) === group)
    .map((source) => ({ rule: source.properties, source }));
  return [...inside, ...beside];
}
