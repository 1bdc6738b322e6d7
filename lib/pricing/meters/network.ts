import { asList, asObject } from '../../controls/view';
import { charge, type Meters } from '../meter';
import { HOURS, prices } from '../prices';

const KB_IN_GB = 1_000_000;
const SECONDS = HOURS * 3600;
/** What one capacity unit of a load balancer carries: GB an hour, new connections a second. */
const LCU = { gigabytes: 1, connections: 25 };

export const networkMeters: Meters = {
  'AWS::EC2::NatGateway': (_resource, { assumed }) => [
    charge('network', 'NAT gateway', HOURS, prices.natGateway),
    charge('network', 'NAT traffic', assumed.natGb, prices.natTraffic),
  ],
  'AWS::EC2::EIP': () => [charge('network', 'public IPv4 address', HOURS, prices.publicAddress)],
  'AWS::EC2::VPCEndpoint': ({ properties }) =>
    properties.VpcEndpointType === 'Interface'
      ? [charge('network', 'interface endpoint', HOURS * asList(properties.SubnetIds).length, prices.interfaceEndpoint)]
      : [],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ properties }, { assumed }) => {
    const gigabytes = (assumed.millionRequests * 1_000_000 * assumed.answerKb) / KB_IN_GB;
    const units = Math.max(
      gigabytes / HOURS / LCU.gigabytes,
      (assumed.millionRequests * 1_000_000) / SECONDS / LCU.connections,
    );
    const open = properties.Scheme !== 'internal';
    return [
      charge('edge', 'load balancer', HOURS, prices.loadBalancer),
      charge('edge', 'load balancer capacity', HOURS * units, prices.loadBalancerCapacity),
      ...(open
        ? [
            charge('edge', 'public IPv4 addresses', HOURS * asList(properties.Subnets).length, prices.publicAddress),
            charge('edge', 'answers to the internet', gigabytes, prices.trafficOut),
          ]
        : []),
    ];
  },
  'AWS::WAFv2::WebACL': ({ properties }, { assumed }) => [
    charge('edge', 'web ACL', 1, prices.webAcl),
    charge('edge', 'web ACL rules', asList(properties.Rules).map(asObject).length, prices.webAclRule),
    charge('edge', 'web ACL requests', assumed.millionRequests, prices.webAclRequests),
  ],
  'AWS::Route53::HostedZone': () => [charge('edge', 'hosted zone', 1, prices.hostedZone)],
  'AWS::Route53::HealthCheck': () => [charge('edge', 'health check', 1, prices.healthCheck)],
};
