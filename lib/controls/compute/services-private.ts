import { isDeepStrictEqual } from 'node:util';
import { everyTier, fixture, type RuleControl } from '../control';
import { absent, guard, guards, is, pointsAt, satisfies } from '../expect';
import { closed } from '../rules/closed';
import { isWeb } from '../rules/compute/copies';
import { asList, asObject, type EnvironmentView, type JsonObject, type Resource } from '../view';

const TYPE = 'AWS::ECS::Service';
const PLACE = 'NetworkConfiguration.AwsvpcConfiguration';
const SUBNET_TYPE = 'aws-cdk:subnet-type';

const parts = {
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Task: { Type: 'AWS::ECS::TaskDefinition' },
  Private: { Type: 'AWS::EC2::Subnet', Properties: { Tags: [{ Key: SUBNET_TYPE, Value: 'Private' }] } },
  Public: { Type: 'AWS::EC2::Subnet', Properties: { Tags: [{ Key: SUBNET_TYPE, Value: 'Public' }] } },
  Group: { Type: 'AWS::EC2::SecurityGroup' },
};
const service = (changes: JsonObject, place: JsonObject = {}, capacity: JsonObject = { LaunchType: 'FARGATE' }) => ({
  ...parts,
  Service: {
    Type: TYPE,
    Properties: {
      Cluster: { Ref: 'Cluster' },
      TaskDefinition: { Ref: 'Task' },
      ...capacity,
      PlatformVersion: '1.4.0',
      EnableExecuteCommand: false,
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          SecurityGroups: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }],
          Subnets: [{ Ref: 'Private' }],
          ...place,
        },
      },
      ...changes,
    },
  },
});

const SPOT: readonly JsonObject[] = [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }];
/** A web service on other capacity. */
const on = (CapacityProviderStrategy: readonly JsonObject[], changes: JsonObject = {}) =>
  service({ LoadBalancers: [{}], ...changes }, {}, { CapacityProviderStrategy });

export const control: RuleControl = {
  id: 'services-private',
  title: 'Services run in private subnets, behind one security group, and nobody can open a shell in them',
  holds: ['C05/enforce', 'C07/enforce'],
  tiers: everyTier,
  why: 'A task with a public address is on the internet, and a shell in a task is production access that leaves no trace of what was done.',
  remedy: 'Leave the network of WebService and Worker as it is; run commands with `breakwater task run`.',
  ...guards(
    closed(TYPE, [
      'CapacityProviderStrategy',
      'Cluster',
      'DeploymentConfiguration',
      'DesiredCount',
      'EnableECSManagedTags',
      'EnableExecuteCommand',
      'HealthCheckGracePeriodSeconds',
      'LaunchType',
      'LoadBalancers',
      'NetworkConfiguration',
      'PlatformVersion',
      'PropagateTags',
      'ServiceName',
      'Tags',
      'TaskDefinition',
    ]),
    guard(TYPE, {
      Cluster: pointsAt('AWS::ECS::Cluster'),
      TaskDefinition: pointsAt('AWS::ECS::TaskDefinition'),
      LaunchType: satisfies('"FARGATE"; nothing where it runs on Spot', (value, resource, environment) =>
        isSpot(resource, environment) ? value === undefined : value === 'FARGATE',
      ),
      CapacityProviderStrategy: satisfies(
        'nothing; FARGATE_SPOT of weight 1, alone, for the web service of development',
        (value, resource, environment) =>
          isSpot(resource, environment) ? isDeepStrictEqual(value, SPOT) : value === undefined,
      ),
      PlatformVersion: is('1.4.0'),
      EnableExecuteCommand: is(false),
      [`${PLACE}.AssignPublicIp`]: is('DISABLED'),
      [`${PLACE}.SecurityGroups`]: satisfies(
        'one security group of this environment',
        (value, resource, environment) =>
          asList(value).length === 1 &&
          environment.target(asList(value)[0], resource)?.type === 'AWS::EC2::SecurityGroup',
      ),
      [`${PLACE}.Subnets`]: satisfies(
        'private subnets of this environment',
        (value, resource, environment) =>
          asList(value).length > 0 && asList(value).every((each) => isPrivate(environment.target(each, resource))),
      ),
      ServiceConnectConfiguration: absent,
    }),
    {
      // In a VPC of several zones, the copies of a service are spread over all of them.
      protects: [],
      check: (environment) => environment.ofType(TYPE).flatMap((each) => unspread(each, environment)),
    },
  ),
  fixtures: {
    pass: [
      fixture('a private service', service({})),
      fixture('a web service', service({ LoadBalancers: [{}] })),
      fixture('a web service of development', on(SPOT), 'development'),
      fixture('a worker of development', service({}), 'development'),
    ],
    refuse: [
      fixture('a public address', service({}, { AssignPublicIp: 'ENABLED' })),
      fixture('a public subnet', service({}, { Subnets: [{ Ref: 'Public' }] })),
      fixture('no security group', service({}, { SecurityGroups: [] })),
      fixture('a second security group', service({}, { SecurityGroups: [{ Ref: 'Group' }, { Ref: 'Group' }] })),
      fixture('a shell', service({ EnableExecuteCommand: true })),
      fixture('nothing said about a shell', service({ EnableExecuteCommand: null })),
      fixture('on hosts', service({ LaunchType: 'EC2' })),
      fixture('a web service on interruptible capacity', on(SPOT)),
      fixture('staging on interruptible capacity', on(SPOT), 'staging'),
      fixture('a worker on interruptible capacity', on(SPOT, { LoadBalancers: [] }), 'development'),
      fixture('on both', on(SPOT, { LaunchType: 'FARGATE' }), 'development'),
      fixture('on capacity of no weight', on([{ CapacityProvider: 'FARGATE_SPOT', Weight: 0 }]), 'development'),
      fixture('on capacity of hosts', on([{ CapacityProvider: 'hosts', Weight: 1 }]), 'development'),
      fixture('development at full price', service({ LoadBalancers: [{}] }), 'development'),
      fixture('nothing said about capacity', service({}, {}, {})),
      fixture('an old platform', service({ PlatformVersion: '1.3.0' })),
      fixture('a foreign task', service({ TaskDefinition: 'foreign:1' })),
      fixture('a zone left out', {
        ...service({}),
        Other: { Type: 'AWS::EC2::Subnet', Properties: { Tags: [{ Key: SUBNET_TYPE, Value: 'Private' }] } },
      }),
    ],
  },
};

/** Copies that may be interrupted: those of development's web service, and no others. */
const isSpot = (service: Resource, { tier }: EnvironmentView): boolean => tier === 'development' && isWeb(service);

/** Tagged by the CDK with what it is; a private network without a way out is called isolated, as the database's is. */
function isPrivate(subnet: Resource | undefined): boolean {
  const tags = asList(subnet?.properties.Tags).map(asObject);
  return (
    subnet?.type === 'AWS::EC2::Subnet' && tags.some(({ Key, Value }) => Key === SUBNET_TYPE && Value !== 'Public')
  );
}

const nameOf = (subnet: Resource): string =>
  String(
    asList(subnet.properties.Tags)
      .map(asObject)
      .find(({ Key }) => Key === 'aws-cdk:subnet-name')?.Value ?? '',
  );

function unspread(service: Resource, environment: EnvironmentView) {
  const { Subnets: used } = asObject(asObject(service.properties.NetworkConfiguration).AwsvpcConfiguration);
  const chosen = asList(used)
    .map((each) => environment.target(each, service))
    .filter((each) => each !== undefined);
  const names = new Set(chosen.map(nameOf));
  const missing = environment
    .ofType('AWS::EC2::Subnet')
    .filter((each) => isPrivate(each) && names.has(nameOf(each)) && !chosen.includes(each));
  return missing.map((each) => ({
    resource: service,
    location: `Properties.${PLACE}.Subnets`,
    found: `not ${each.logicalId}`,
    expected: 'the private subnets of every zone',
  }));
}
