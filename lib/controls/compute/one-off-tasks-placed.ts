import { everyTier, type Finding, type RuleControl, shown } from '../control';
import { containersIn, sampleContainer, sampleTask, TASK_DEFINITION } from '../rules/compute/containers';
import { partOf } from '../rules/network/map';
import { asList, at, EnvironmentView, type Json, type JsonObject } from '../view';

const SERVICE = 'AWS::ECS::Service';
const SUBNET = 'AWS::EC2::Subnet';

/** Where an output stands, and the service beside it. */
interface Place {
  readonly environment: EnvironmentView;
  readonly stack: string;
}

/** What `breakwater task run` and deployments read from the service's stack, and what each must be. */
const OUTPUTS: Readonly<Record<string, readonly [expected: string, holds: (value: Json, place: Place) => boolean]>> = {
  ClusterName: ["the name of the service's cluster", (value, place) => isNamed(value, 'Cluster', 'ClusterName', place)],
  ServiceName: ['the name of the service', (value, place) => isNamed(value, undefined, 'ServiceName', place)],
  OneOffTask: ['the task definition of one-off commands', (value, place) => isTaskOf('one-off', value, place)],
  MigrateTask: ['the task definition of migrations', (value, place) => isTaskOf('migrate', value, place)],
  AppContainer: ["app, the container with the app's image", (value) => value === 'app'],
  TaskSubnets: ['the subnets of the service', isPlacedLikeTheService],
  TaskSecurityGroup: [
    'the security group of tasks',
    (value, { environment, stack }) => partOf(environment.target(value, { stack })) === 'tasks',
  ],
};

/** The name that a service, or what it points at, gives itself. */
const isNamed = (value: Json, wire: string | undefined, property: string, { environment, stack }: Place): boolean =>
  servicesIn({ environment, stack }).some((service) => {
    const named = wire === undefined ? service : environment.target(service.properties[wire], service);
    return named !== undefined && environment.text(named.properties[property]) === environment.text(value);
  });

function isTaskOf(process: string, value: Json, { environment, stack }: Place): boolean {
  const task = environment.target(value, { stack });
  return (
    task?.type === TASK_DEFINITION &&
    environment.text(task.properties.Family).endsWith(`-${process}`) &&
    containersIn(task).some(({ name }) => name === 'app')
  );
}

function isPlacedLikeTheService(value: Json, { environment, stack }: Place): boolean {
  const named = environment.targets(value, { stack }).filter(({ type }) => type === SUBNET);
  return servicesIn({ environment, stack }).some((service) => {
    const subnets = asList(at(service.properties, 'NetworkConfiguration.AwsvpcConfiguration.Subnets'));
    const places = new Set(subnets.map((each) => environment.target(each, service)));
    return named.length === places.size && named.every((each) => places.has(each));
  });
}

const servicesIn = ({ environment, stack }: Place) =>
  environment.ofType(SERVICE).filter((each) => each.stack === stack);

const outputs: JsonObject = {
  ClusterName: 'ums-prod-cluster',
  ServiceName: 'ums-prod-web',
  OneOffTask: { Ref: 'OneOff' },
  MigrateTask: { Ref: 'Migrate' },
  AppContainer: 'app',
  TaskSubnets: { 'Fn::Join': [',', [{ Ref: 'Inner' }]] },
  TaskSecurityGroup: { 'Fn::GetAtt': ['Tasks', 'GroupId'] },
};
const told = (name: string, changes: JsonObject = {}) => ({
  name,
  environment: new EnvironmentView('fixture', 'production', {
    stack: {
      Resources: {
        Inner: { Type: SUBNET },
        Public: { Type: SUBNET },
        Tasks: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'tasks of prod' } },
        Database: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'database of prod' } },
        Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'ums-prod-cluster' } },
        OneOff: sampleTask([sampleContainer('app')], { Family: 'ums-prod-one-off' }),
        Migrate: sampleTask([sampleContainer('app')], { Family: 'ums-prod-migrate' }),
        Service: {
          Type: SERVICE,
          Properties: {
            Cluster: { Ref: 'Cluster' },
            ServiceName: 'ums-prod-web',
            NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [{ Ref: 'Inner' }] } },
          },
        },
      },
      Outputs: Object.fromEntries(
        Object.entries({ ...outputs, ...changes }).flatMap(([key, Value]) =>
          Value === null ? [] : [[key, { Value }]],
        ),
      ),
    },
  }),
});

export const control: RuleControl = {
  id: 'one-off-tasks-placed',
  title: 'Migrations and one-off commands are told the cluster, the task, the subnets and the group that are theirs',
  holds: ['C07/enforce'],
  tiers: everyTier,
  why: 'Who starts a task by hand takes these values as they stand: in a public subnet or the group of the database it is a way in.',
  remedy: 'Leave the outputs of ServiceStack as they are.',
  protects: [{ type: SERVICE, properties: [] }],
  check: (environment) => {
    const stacks = new Set(environment.ofType(SERVICE).map(({ stack }) => stack));
    return [...stacks].flatMap((stack) => {
      const [resource] = servicesIn({ environment, stack });
      return Object.entries(OUTPUTS).flatMap(([name, [expected, holds]]): Finding[] => {
        const value = environment.templates[stack]?.Outputs?.[name]?.Value;
        if (!resource || (value !== undefined && holds(value, { environment, stack }))) return [];
        return [{ resource, location: `Outputs.${name}`, found: shown(value), expected }];
      });
    });
  },
  fixtures: {
    pass: [told('as the service runs')],
    refuse: [
      told('another cluster', { ClusterName: 'ums-staging-cluster' }),
      told('another service', { ServiceName: 'ums-staging-web' }),
      told('migrations for one-off commands', { OneOffTask: { Ref: 'Migrate' } }),
      told('another container', { AppContainer: 'proxy' }),
      told('a public subnet', { TaskSubnets: { Ref: 'Public' } }),
      told('a public subnet besides', { TaskSubnets: { 'Fn::Join': [',', [{ Ref: 'Inner' }, { Ref: 'Public' }]] } }),
      told('the group of the database', { TaskSecurityGroup: { 'Fn::GetAtt': ['Database', 'GroupId'] } }),
      told('a group by id', { TaskSecurityGroup: 'sg-0123456789abcdef0' }),
      told('nothing told', { TaskSubnets: null }),
    ],
  },
};
