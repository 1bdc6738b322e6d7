import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { guard, guards, is, satisfies, somewhere } from '../expect';
import { LOAD_BALANCER, naming } from '../rules/edge/load-balancers';
import { edgeAnd, edgePart, edgeWith, edgeWithout, soundEdge } from '../rules/edge/samples';
import { asList, asObject, type EnvironmentView, type Resource } from '../view';

const GROUP = 'AWS::EC2::SecurityGroup';
const SUBNET = 'AWS::EC2::Subnet';

/** Whether a subnet's route table leads to an internet gateway. */
function isPublic(subnet: Resource, environment: EnvironmentView): boolean {
  const tables = naming(environment, 'AWS::EC2::SubnetRouteTableAssociation', 'SubnetId', subnet).map((each) =>
    environment.target(each.properties.RouteTableId, each),
  );
  return environment
    .ofType('AWS::EC2::Route')
    .filter((route) => tables.includes(environment.target(route.properties.RouteTableId, route)))
    .some((route) => environment.target(route.properties.GatewayId, route)?.type === 'AWS::EC2::InternetGateway');
}

/** Whether a group lets addresses in on 443, as no other part's does. */
function facesTheInternet(group: Resource, environment: EnvironmentView): boolean {
  const beside = naming(environment, 'AWS::EC2::SecurityGroupIngress', 'GroupId', group).map((each) => each.properties);
  return [...asList(group.properties.SecurityGroupIngress).map((each) => asObject(each)), ...beside].some(
    (rule) => (rule.CidrIp ?? rule.CidrIpv6) !== undefined && String(rule.FromPort) === '443',
  );
}

/** There is one way in; whatever else could be one is refused. */
const oneWayIn = (environment: EnvironmentView): Finding[] =>
  [
    ...environment.ofType(LOAD_BALANCER).slice(1),
    ...environment.ofType('AWS::ElasticLoadBalancing::LoadBalancer'),
    ...environment.ofType('AWS::GlobalAccelerator::Accelerator'),
    ...environment.ofType('AWS::CloudFront::Distribution'),
    ...environment.ofType('AWS::ApiGateway::RestApi'),
    ...environment.ofType('AWS::ApiGatewayV2::Api'),
  ].map((resource) => ({
    resource,
    location: 'Resource',
    found: `a second way in: ${shown(resource.type)}`,
    expected: 'one load balancer, and no other way in',
  }));

export const control: RuleControl = {
  id: 'load-balancer-placed',
  title: 'One load balancer is the only way in, in public subnets of two zones, with a security group of its own',
  holds: ['E01/enforce', 'C02/enforce', 'C07/enforce'],
  tiers: everyTier,
  why: 'A second way in is one that no rule, log or alarm of the first covers.',
  remedy:
    'Leave the place of the load balancer in the Edge construct; write connections into the table of the network.',
  ...guards(
    somewhere(LOAD_BALANCER, 'a load balancer in front of the service'),
    guard(LOAD_BALANCER, {
      Scheme: is('internet-facing'),
      SecurityGroups: satisfies(
        'the one security group that lets the internet in on 443',
        (value, resource, environment) => {
          const group = environment.target(asList(value)[0], resource);
          return asList(value).length === 1 && group?.type === GROUP && facesTheInternet(group, environment);
        },
      ),
      Subnets: satisfies('two public subnets or more, each once', (value, resource, environment) => {
        const listed = asList(value);
        const subnets = new Set(listed.map((each) => environment.target(each, resource)));
        return (
          subnets.size >= 2 &&
          subnets.size === listed.length &&
          [...subnets].every((subnet) => subnet?.type === SUBNET && isPublic(subnet, environment))
        );
      }),
    }),
    { protects: [], check: oneWayIn },
  ),
  fixtures: {
    pass: [fixture('the only way in', soundEdge)],
    refuse: [
      fixture('no load balancer', edgeWithout('Balancer')),
      fixture('internal', edgeWith('Balancer', { Scheme: 'internal' })),
      fixture('one subnet', edgeWith('Balancer', { Subnets: [{ Ref: 'SubnetA' }] })),
      fixture('the same subnet twice', edgeWith('Balancer', { Subnets: [{ Ref: 'SubnetA' }, { Ref: 'SubnetA' }] })),
      fixture('a subnet without a way to the internet', edgeWithout('RouteB')),
      fixture('the security group of another part', edgeWith('Group', { SecurityGroupIngress: [] })),
      fixture('no security group', edgeWith('Balancer', { SecurityGroups: [] })),
      fixture('a foreign security group', edgeWith('Balancer', { SecurityGroups: ['sg-0123456789abcdef0'] })),
      fixture('a second one', edgeAnd({ Second: edgePart('Balancer') })),
      fixture('a distribution beside it', edgeAnd({ Cdn: { Type: 'AWS::CloudFront::Distribution' } })),
    ],
  },
};
