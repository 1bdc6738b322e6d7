import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { asList, type EnvironmentView, type Json, type Resource } from '../view';

const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const ROUTE = 'AWS::EC2::Route';

const environmentWith = (route: Readonly<Record<string, Json>>, scheme = 'internet-facing', family = 'ipv4') => ({
  Gateway: { Type: 'AWS::EC2::InternetGateway' },
  Nat: { Type: 'AWS::EC2::NatGateway' },
  Table: { Type: 'AWS::EC2::RouteTable' },
  Subnet: { Type: 'AWS::EC2::Subnet' },
  Association: {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { SubnetId: { Ref: 'Subnet' }, RouteTableId: { Ref: 'Table' } },
  },
  Route: { Type: ROUTE, Properties: { RouteTableId: { Ref: 'Table' }, ...route } },
  Balancer: {
    Type: BALANCER,
    Properties: { Scheme: scheme, IpAddressType: family, Subnets: [{ Ref: 'Subnet' }] },
  },
});
const out = { DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Gateway' } };

export const control: RuleControl = {
  id: 'load-balancer-reachable',
  title: 'A load balancer that faces the internet has a way back to it from each of its subnets',
  holds: ['C02/enforce'],
  tiers: everyTier,
  why: 'Without the route no answer leaves: the app is healthy inside and gone for everyone outside.',
  remedy: 'Leave the routes of the public subnets as the Network construct makes them.',
  protects: [{ type: ROUTE, properties: ['DestinationCidrBlock', 'DestinationIpv6CidrBlock'] }],
  check: (environment) =>
    environment
      .ofType(BALANCER)
      .filter(({ properties }) => properties.Scheme === 'internet-facing')
      .flatMap((balancer) => unreachable(balancer, environment)),
  fixtures: {
    pass: [
      fixture('out through the gateway', environmentWith(out)),
      fixture('inside only', environmentWith({ DestinationCidrBlock: '10.0.0.0/8' }, 'internal')),
    ],
    refuse: [
      fixture('no route', { ...environmentWith(out), Route: { Type: ROUTE } }),
      fixture('to some addresses only', environmentWith({ ...out, DestinationCidrBlock: '198.51.100.0/24' })),
      fixture('through a NAT gateway', environmentWith({ ...out, GatewayId: { Ref: 'Nat' } })),
      fixture('no way for the addresses of IPv6', environmentWith(out, 'internet-facing', 'dualstack')),
    ],
  },
};

function unreachable(balancer: Resource, environment: EnvironmentView): Finding[] {
  const { Subnets: subnets, IpAddressType: family } = balancer.properties;
  const everywhere = family === 'dualstack' ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0'];
  return asList(subnets).flatMap((each) => {
    const subnet = environment.target(each, balancer);
    if (!subnet) return [];
    return everywhere
      .filter((network) => !leadsOut(subnet, network, environment))
      .map((network) => ({
        resource: subnet,
        location: 'Resource',
        found: `no route to ${network} through an internet gateway`,
        expected: 'one, for the load balancer that stands here',
      }));
  });
}

function leadsOut(subnet: Resource, network: string, environment: EnvironmentView): boolean {
  const tables = environment
    .ofType('AWS::EC2::SubnetRouteTableAssociation')
    .filter((each) => environment.target(each.properties.SubnetId, each) === subnet)
    .map((each) => environment.target(each.properties.RouteTableId, each));
  return environment.ofType(ROUTE).some((route) => {
    const {
      DestinationCidrBlock: ipv4,
      DestinationIpv6CidrBlock: ipv6,
      RouteTableId: table,
      GatewayId: gateway,
    } = route.properties;
    return (
      (ipv4 === network || ipv6 === network) &&
      tables.includes(environment.target(table, route)) &&
      environment.target(gateway, route)?.type === 'AWS::EC2::InternetGateway'
    );
  });
}
