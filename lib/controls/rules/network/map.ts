import { asList, asObject, at, type EnvironmentView, type Json, type Resource } from '../../view';

export const SUBNET = 'AWS::EC2::Subnet';
export const ROUTE = 'AWS::EC2::Route';
export const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';
const ASSOCIATION = 'AWS::EC2::SubnetRouteTableAssociation';

/** Parts of an environment that may have a security group. */
export const partNames = ['loadBalancer', 'service', 'tasks', 'database', 'cache', 'endpoints', 'functions'] as const;
export type PartName = (typeof partNames)[number];

/** The part that a security group stands for: the first word of its description, which can't change without replacing it. */
export function partOf(group: Resource | undefined): PartName | undefined {
  const [, word] = /^(\w+) of /.exec(String(group?.properties.GroupDescription)) ?? [];
  return group?.type === SECURITY_GROUP ? partNames.find((name) => name === word) : undefined;
}

/** Where a subnet's traffic can go: `public` to the internet and back, `private` out by NAT, `isolated` nowhere. */
export type SubnetKind = 'public' | 'private' | 'isolated';

/** What routes make of the subnets of an environment. */
export interface NetworkMap {
  /** Route tables of a subnet; a sound one has exactly one. */
  readonly tablesOf: (subnet: Resource) => readonly Resource[];
  readonly routesOf: (table: Resource) => readonly Resource[];
  readonly kindOf: (subnet: Resource) => SubnetKind;
}

const maps = new WeakMap<EnvironmentView, NetworkMap>();

/** Kept for each view, because several controls ask. */
export function networkOf(environment: EnvironmentView): NetworkMap {
  const known = maps.get(environment);
  if (known) return known;
  const tables = grouped(environment, ASSOCIATION, 'SubnetId', (each) =>
    environment.target(each.properties.RouteTableId, each),
  );
  const routes = grouped(environment, ROUTE, 'RouteTableId', (each) => each);
  const tablesOf = (subnet: Resource) => tables.get(subnet) ?? [];
  const routesOf = (table: Resource) => routes.get(table) ?? [];
  const made: NetworkMap = {
    tablesOf,
    routesOf,
    kindOf: (subnet) => {
      const ways = tablesOf(subnet).flatMap(routesOf);
      if (ways.some(({ properties }) => properties.GatewayId !== undefined)) return 'public';
      return ways.length > 0 ? 'private' : 'isolated';
    },
  };
  maps.set(environment, made);
  return made;
}

function grouped(
  environment: EnvironmentView,
  type: string,
  by: string,
  to: (resource: Resource) => Resource | undefined,
): Map<Resource, Resource[]> {
  const groups = new Map<Resource, Resource[]>();
  for (const each of environment.ofType(type)) {
    const key = environment.target(each.properties[by], each);
    const value = to(each);
    if (key && value) groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups;
}

/** A place in the network that a resource takes. */
export interface Place {
  readonly resource: Resource;
  /** Location of the object with subnets and security groups, below `Properties`; empty for the properties themselves. */
  readonly location: string;
  readonly part: PartName;
  readonly securityGroups: readonly Json[];
  readonly securityGroupsAt: string;
  /** Nothing for what is placed by a subnet group. */
  readonly subnets?: readonly Json[];
  readonly kinds: readonly SubnetKind[];
  readonly properties: Resource['properties'];
}

interface Wearer {
  readonly type: string;
  /** Objects that hold the place, below `Properties`. */
  readonly at: (resource: Resource) => readonly string[];
  readonly part: (resource: Resource) => PartName;
  readonly securityGroups: string;
  readonly subnets?: string;
  readonly kinds?: readonly SubnetKind[];
}

const inside: readonly SubnetKind[] = ['private', 'isolated'];
const AWSVPC = { securityGroups: 'SecurityGroups', subnets: 'Subnets' };

/** Every type of resource that gets network interfaces here, and which part it is. */
const wearers: readonly Wearer[] = [
  {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    at: () => [''],
    part: () => 'loadBalancer',
    securityGroups: 'SecurityGroups',
    subnets: 'Subnets',
    kinds: ['public'],
  },
  {
    type: 'AWS::ECS::Service',
    at: () => ['NetworkConfiguration.AwsvpcConfiguration'],
    part: ({ properties }) => (asList(properties.LoadBalancers).length > 0 ? 'service' : 'tasks'),
    ...AWSVPC,
  },
  {
    type: 'AWS::Scheduler::Schedule',
    at: ({ properties }) =>
      at(properties, 'Target.EcsParameters') === undefined
        ? []
        : ['Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration'],
    part: () => 'tasks',
    ...AWSVPC,
  },
  {
    type: 'AWS::Events::Rule',
    at: ({ properties }) =>
      asList(properties.Targets).flatMap((target, index) =>
        asObject(target).EcsParameters === undefined
          ? []
          : [`Targets.${index}.EcsParameters.NetworkConfiguration.AwsVpcConfiguration`],
      ),
    part: () => 'tasks',
    ...AWSVPC,
  },
  {
    type: 'AWS::Lambda::Function',
    at: () => ['VpcConfig'],
    part: () => 'functions',
    securityGroups: 'SecurityGroupIds',
    subnets: 'SubnetIds',
  },
  {
    type: 'AWS::EC2::VPCEndpoint',
    at: ({ properties }) => (properties.VpcEndpointType === 'Interface' ? [''] : []),
    part: () => 'endpoints',
    securityGroups: 'SecurityGroupIds',
    subnets: 'SubnetIds',
  },
  { type: 'AWS::RDS::DBInstance', at: () => [''], part: () => 'database', securityGroups: 'VPCSecurityGroups' },
  {
    type: 'AWS::RDS::DBProxy',
    at: () => [''],
    part: () => 'database',
    securityGroups: 'VpcSecurityGroupIds',
    subnets: 'VpcSubnetIds',
    kinds: ['isolated'],
  },
  {
    type: 'AWS::ElastiCache::ReplicationGroup',
    at: () => [''],
    part: () => 'cache',
    securityGroups: 'SecurityGroupIds',
  },
];

/** Every place that something takes in the network. */
export function placesIn(environment: EnvironmentView): readonly Place[] {
  return wearers.flatMap((wearer) =>
    environment.ofType(wearer.type).flatMap((resource) =>
      wearer.at(resource).map((location): Place => {
        const properties = asObject(location === '' ? resource.properties : at(resource.properties, location));
        return {
          resource,
          location,
          part: wearer.part(resource),
          properties,
          securityGroups: asList(properties[wearer.securityGroups]),
          securityGroupsAt: ['Properties', location, wearer.securityGroups].filter(Boolean).join('.'),
          ...(wearer.subnets && { subnets: asList(properties[wearer.subnets]) }),
          kinds: wearer.kinds ?? inside,
        };
      }),
    ),
  );
}
