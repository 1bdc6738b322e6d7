import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { type Guard, guard, guards, is, matches, pointsAt, satisfies } from '../expect';
import { closed } from '../rules/closed';
import { networkOf, placesIn, ROUTE, SUBNET } from '../rules/network/map';
import { networkPart, networkWith, networkWithout, soundNetwork } from '../rules/network/samples';
import type { EnvironmentView, Resource } from '../view';

const NAT = 'AWS::EC2::NatGateway';
const IGW = 'AWS::EC2::InternetGateway';
const offOrNothing = satisfies('false or nothing', (value) => value === undefined || String(value) === 'false');

/** Routes lead to the internet gateway or to a NAT gateway, everywhere at once; there is no peering and no VPN. */
const routes: Guard = {
  protects: [{ type: ROUTE, properties: ['RouteTableId'] }],
  check: (environment) =>
    environment.ofType(ROUTE).flatMap((resource): Finding[] => {
      const {
        DestinationCidrBlock: four,
        DestinationIpv6CidrBlock: six,
        GatewayId,
        NatGatewayId,
      } = resource.properties;
      const everywhere = four === undefined ? six === '::/0' : four === '0.0.0.0/0' && six === undefined;
      const gateway = environment.target(GatewayId ?? NatGatewayId, resource)?.type;
      const leads = GatewayId === undefined ? gateway === NAT && six === undefined : gateway === IGW && !NatGatewayId;
      if (everywhere && leads) return [];
      const expected = 'everything, to the internet gateway or (IPv4) to a NAT gateway of this environment';
      return [{ resource, location: 'Properties', found: shown(resource.properties), expected }];
    }),
};

/** Every subnet has one route table, and a table leads one way. */
const tables: Guard = {
  protects: [{ type: 'AWS::EC2::SubnetRouteTableAssociation', properties: ['RouteTableId', 'SubnetId'] }],
  check: (environment) => {
    const { tablesOf, routesOf } = networkOf(environment);
    const used = new Set(environment.ofType(SUBNET).flatMap(tablesOf));
    const unused = environment
      .ofType('AWS::EC2::RouteTable')
      .filter((table) => !used.has(table))
      .map((resource): Finding => {
        return {
          resource,
          location: 'Resource',
          found: 'no subnet that uses it',
          expected: 'the subnet it was made for',
        };
      });
    const perSubnet = environment.ofType(SUBNET).flatMap((resource): Finding[] => {
      const [table, ...others] = tablesOf(resource);
      if (!table || others.length > 0) {
        const found = table ? 'more than one route table' : "no route table, and so the VPC's main one";
        return [{ resource, location: 'Resource', found, expected: 'one route table of its own tier' }];
      }
      const ways = new Set(routesOf(table).map(({ properties }) => (properties.GatewayId ? 'internet' : 'NAT')));
      if (ways.size < 2) return [];
      return [{ resource: table, location: 'Resource', found: 'routes to internet and NAT', expected: 'one way out' }];
    });
    return [...unused, ...perSubnet];
  },
};

/** A NAT gateway stands in a public subnet and serves somebody; what runs has a way to AWS. */
const gateways: Guard = {
  protects: [{ type: NAT, properties: ['SubnetId'] }],
  check: (environment) => [
    ...environment.ofType(NAT).flatMap((resource) => gatewayFaults(resource, environment)),
    ...environment.ofType(SUBNET).flatMap((subnet) => throughOtherZone(subnet, environment)),
    ...placesIn(environment).flatMap(({ resource, part, subnets = [] }) =>
      ['service', 'tasks', 'functions'].includes(part)
        ? subnets.flatMap((each) => stranded(environment.target(each, resource), environment))
        : [],
    ),
  ],
};

function gatewayFaults(resource: Resource, environment: EnvironmentView): Finding[] {
  const { kindOf } = networkOf(environment);
  const subnet = environment.target(resource.properties.SubnetId, resource);
  const faults: Finding[] = [];
  const fault = (location: string, found: string, expected: string) =>
    faults.push({ resource, location, found, expected });
  if (!subnet || kindOf(subnet) !== 'public') {
    fault('Properties.SubnetId', shown(resource.properties.SubnetId), 'a public subnet of this environment');
  }
  for (const property of ['SubnetId', 'AllocationId']) {
    const own = environment.target(resource.properties[property], resource);
    const shared = environment
      .ofType(NAT)
      .some((other) => other !== resource && environment.target(other.properties[property], other) === own);
    if (shared) fault(`Properties.${property}`, 'the same as of another gateway', 'one of its own');
  }
  const users = environment
    .ofType(ROUTE)
    .filter((route) => environment.target(route.properties.NatGatewayId, route) === resource);
  if (users.length === 0) fault('Resource', 'no route that leads to it', 'a route of the private subnet of its zone');
  return faults;
}

const zoneOf = (subnet: Resource | undefined): string => JSON.stringify(subnet?.properties.AvailabilityZone);

/** Where a zone has a gateway its subnets leave by it: another zone's failure cuts nobody off. */
function throughOtherZone(subnet: Resource, environment: EnvironmentView): Finding[] {
  const { tablesOf, routesOf } = networkOf(environment);
  const gateways = environment.ofType(NAT);
  const zoneOfGateway = (gateway: Resource) => zoneOf(environment.target(gateway.properties.SubnetId, gateway));
  const used = tablesOf(subnet)
    .flatMap(routesOf)
    .map((route) => environment.target(route.properties.NatGatewayId, route));
  return used.flatMap((gateway): Finding[] => {
    if (!gateway || zoneOfGateway(gateway) === zoneOf(subnet)) return [];
    if (!gateways.some((each) => zoneOfGateway(each) === zoneOf(subnet))) return [];
    const found = `a way out by ${gateway.path}, in another zone`;
    return [{ resource: subnet, location: 'Resource', found, expected: 'the gateway of its own zone' }];
  });
}

function stranded(subnet: Resource | undefined, environment: EnvironmentView): Finding[] {
  if (!subnet || networkOf(environment).kindOf(subnet) !== 'isolated') return [];
  const endpoints = environment.ofType('AWS::EC2::VPCEndpoint').map(({ properties }) => properties.VpcEndpointType);
  if (endpoints.includes('Interface')) return [];
  const found = 'no route out, and no interface endpoints';
  return [
    { resource: subnet, location: 'Resource', found, expected: 'a NAT gateway, or endpoints of the AWS services' },
  ];
}

/** One VPC, in private address space, and one internet gateway attached to it. */
const single: Guard = {
  protects: [
    { type: IGW, properties: [] },
    { type: 'AWS::EC2::VPCGatewayAttachment', properties: ['InternetGatewayId'] },
  ],
  check: (environment) => [
    ...['AWS::EC2::VPC', IGW, 'AWS::EC2::VPCGatewayAttachment'].flatMap((type) =>
      environment
        .ofType(type)
        .slice(1)
        .map((resource): Finding => {
          return { resource, location: 'Resource', found: `a second ${type}`, expected: 'one of each' };
        }),
    ),
    ...environment
      .ofType(IGW)
      .filter(
        (gateway) =>
          !environment
            .ofType('AWS::EC2::VPCGatewayAttachment')
            .some((each) => environment.target(each.properties.InternetGatewayId, each) === gateway),
      )
      .map((resource): Finding => {
        return { resource, location: 'Resource', found: 'no attachment to the VPC', expected: 'one' };
      }),
  ],
};

export const control: RuleControl = {
  id: 'routes-closed',
  title:
    'Subnets are what their tier says: routes lead to the internet or to NAT and nowhere else, no address is public by itself',
  holds: ['C07/enforce', 'D12/enforce'],
  tiers: everyTier,
  why: 'A single route turns a private subnet into a public one, or leads into a network that nobody here reviews.',
  remedy:
    'Leave routes to the Network construct (lib/constructs/network). Peering and VPNs need a design and a control.',
  ...guards(
    routes,
    tables,
    gateways,
    single,
    guard(SUBNET, {
      MapPublicIpOnLaunch: offOrNothing,
      AssignIpv6AddressOnCreation: offOrNothing,
      AvailabilityZone: satisfies(
        'a zone by position: Fn::Select of Fn::GetAZs',
        (value) => typeof value === 'object' && value !== null && 'Fn::Select' in value,
      ),
    }),
    guard('AWS::EC2::VPC', {
      CidrBlock: matches(/^10\.\d+\.\d+\.0\/(1[6-9]|20)$/, 'a private network 10.x.y.0/16 to /20'),
      EnableDnsHostnames: is(true),
      EnableDnsSupport: is(true),
    }),
    guard('AWS::EC2::VPCCidrBlock', { AmazonProvidedIpv6CidrBlock: is(true), VpcId: pointsAt('AWS::EC2::VPC') }),
    guard('AWS::EC2::EIP', { Domain: is('vpc') }),
    closed('AWS::EC2::EIP', ['Domain', 'Tags']),
    closed('AWS::EC2::VPCCidrBlock', ['AmazonProvidedIpv6CidrBlock', 'VpcId']),
    closed(ROUTE, ['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'GatewayId', 'NatGatewayId', 'RouteTableId']),
  ),
  fixtures: {
    pass: [fixture('three tiers', soundNetwork)],
    refuse: [
      fixture(
        'a private subnet that leads to the internet',
        networkWith('ToNat1', { NatGatewayId: undefined, GatewayId: { Ref: 'Gateway' } }),
      ),
      fixture('a route to a peer', networkWith('ToNat1', { VpcPeeringConnectionId: 'pcx-1' })),
      fixture('a route to an instance', networkWith('ToNat1', { NatGatewayId: undefined, InstanceId: 'i-1' })),
      fixture('a route to part of the internet', networkWith('ToNat1', { DestinationCidrBlock: '203.0.113.0/24' })),
      fixture('no way out for what runs', networkWithout('ToNat1')),
      fixture(
        'a gateway that nobody uses',
        networkWith('ToNat2', { NatGatewayId: { 'Fn::GetAtt': ['Nat1', 'NatGatewayId'] } }),
      ),
      fixture('a gateway inside', networkWith('Nat1', { SubnetId: { Ref: 'Private1' } })),
      fixture(
        'two gateways with one address',
        networkWith('Nat2', { AllocationId: { 'Fn::GetAtt': ['Address1', 'AllocationId'] } }),
      ),
      fixture('two gateways in one zone', networkWith('Nat2', { SubnetId: { Ref: 'Public1' } })),
      fixture('a table of the other zone', {
        ...networkWith('Private1Routes', { RouteTableId: { Ref: 'PrivateTable2' } }),
        Private2Routes: {
          Type: 'AWS::EC2::SubnetRouteTableAssociation',
          Properties: { SubnetId: { Ref: 'Private2' }, RouteTableId: { Ref: 'PrivateTable1' } },
        },
      }),
      fixture('a table that nobody uses', networkWith('Private1Routes', { RouteTableId: { Ref: 'PrivateTable2' } })),
      fixture('a subnet without a table', networkWithout('Private1Routes')),
      fixture('a subnet with two tables', {
        ...soundNetwork,
        Second: {
          Type: 'AWS::EC2::SubnetRouteTableAssociation',
          Properties: { SubnetId: { Ref: 'Private1' }, RouteTableId: { Ref: 'PublicTable' } },
        },
      }),
      fixture('public addresses by themselves', networkWith('Public1', { MapPublicIpOnLaunch: true })),
      fixture('a zone by name', networkWith('Public1', { AvailabilityZone: 'us-east-1a' })),
      fixture('no names inside', networkWith('Vpc', { EnableDnsSupport: false })),
      fixture('public address space', networkWith('Vpc', { CidrBlock: '8.8.0.0/16' })),
      fixture('a gateway detached', networkWithout('Attachment')),
      fixture('a second VPC', { ...soundNetwork, Other: networkPart('Vpc') }),
    ],
  },
};
