import { asList, asObject } from '../../../../lib/controls/view';
import { same, valueAt } from '../sabotage';
import { type Equivalent, less, number, oneLess, removedDefault } from './change';

/** The rule by which the CDK says "nothing": a protocol and an address that no packet has. */
const NOWHERE = '255.255.255.255/32';

const ofNowhere: Equivalent['when'] = ({ path }, properties) => {
  const rule = valueAt(properties, path.split('.').slice(0, 2));
  return asObject(rule).CidrIp === NOWHERE && !path.endsWith('CidrIp');
};

/** Of the network and the load balancer. Every entry is read by reviewers: keep it narrow and say why. */
export const network: readonly Equivalent[] = [
  {
    type: /^AWS::EC2::VPCEndpoint$/,
    path: /^SubnetIds$/,
    when: ({ kind, after }) => kind === 'subnets of another tier' && /isolatedSubnet/.test(JSON.stringify(after)),
    why: 'An interface endpoint serves the whole network from any tier that is not public.',
  },
  {
    type: /^AWS::EC2::SecurityGroup$/,
    path: /^SecurityGroup(Egress|Ingress)$/,
    when: ({ kind, before, after }) =>
      kind === "a sibling's value" && asList(after).every((each) => asList(before).some((one) => same(one, each))),
    why: 'Fewer connections expose nothing; what the environment needs is refused when it is missing.',
  },
  {
    type: /^AWS::EC2::VPCEndpoint$/,
    path: /^PolicyDocument\.Statement$/,
    when: ({ kind, before }) => kind === 'the account beside' && same(asObject(before).Principal, { AWS: '*' }),
    why: 'One more beside everybody; the condition lets in this account alone.',
  },
  {
    type: /^AWS::EC2::SecurityGroup$/,
    path: /^SecurityGroupEgress\.(FromPort|ToPort|IpProtocol)$/,
    when: ofNowhere,
    why: 'Another protocol to an address that no packet has: still nothing.',
  },
  {
    type: /^AWS::(EC2::Subnet|EC2::VPCEndpoint|ECS::TaskDefinition|EC2::EIP|Logs::LogGroup)$/,
    path: /(^|\.)(MapPublicIpOnLaunch|ReadOnly|Protocol|VpcEndpointType|Domain|LogGroupClass)$/,
    when: removedDefault(false, 'tcp', 'Gateway', 'vpc', 'STANDARD'),
    why: 'What is removed is what CloudFormation takes when nothing is said.',
  },
  {
    type: /^AWS::EC2::Subnet$/,
    path: /^AssignIpv6AddressOnCreation$/,
    when: ({ after }) => after !== true,
    why: 'Fewer addresses that the internet reaches.',
  },
  {
    type: /^AWS::(RDS::DBInstance|EC2::FlowLog)$/,
    path: /^(MonitoringInterval|MaxAggregationInterval)$/,
    when: less,
    why: 'Watched more closely.',
  },
  {
    type: /^AWS::ElasticLoadBalancingV2::LoadBalancer$/,
    path: /^LoadBalancerAttributes\.Value$/,
    when: (sabotage, properties, view) => number(sabotage.before) >= 30 && oneLess(sabotage, properties, view),
    why: 'The load balancer waits a second less, and still longer than the proxy.',
  },
  {
    type: /^AWS::EC2::SecurityGroup$/,
    path: /^SecurityGroup(Egress|Ingress)$/,
    when: ({ kind }) => kind === 'list item dropped',
    why: 'A connection less exposes nothing, and health checks fail before anybody is served by it.',
  },
  {
    type: /^AWS::EC2::VPCEndpoint$/,
    path: /^PolicyDocument\.Statement$/,
    when: ({ kind, before }) => kind === 'Principal *' && same(asObject(before).Principal, { AWS: '*' }),
    why: 'The same principal in another spelling.',
  },
  {
    type: /^AWS::EC2::VPCEndpoint$/,
    path: /^PrivateDnsEnabled$/,
    when: (_sabotage, { VpcEndpointType: type }) => type === 'Gateway',
    why: 'A gateway endpoint is reached by its route and knows no name.',
  },
  {
    type: /^AWS::ElasticLoadBalancingV2::LoadBalancer$/,
    path: /^LoadBalancerAttributes(\.Value)?$/,
    when: ({ path }, properties) =>
      same(valueAt(properties, path.split('.').slice(0, 2)), { Key: 'deletion_protection.enabled', Value: 'false' }),
    why: 'Deletion protection is off where the tier leaves it off.',
  },
  {
    type: /^AWS::EC2::NatGateway$/,
    path: /^SubnetId$/,
    when: ({ kind }, _properties, { tier }) => tier !== 'production' && kind === 'reference swapped',
    why: 'One gateway for all zones, in the public subnet of another.',
  },
];
