import { Fn } from 'aws-cdk-lib';
import type { CfnEIP } from 'aws-cdk-lib/aws-ec2';
import { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** Header that a probe sends to reach the version that is not in production yet. It is a sign post, not a secret. */
export const TEST_HEADER = 'x-breakwater-test';
/** Its one value. */
const TEST_HEADER_VALUE = 'green';
/** An address that nobody has: RFC 5737 keeps it for documentation. */
export const NOBODY = '192.0.2.0/32';

/**
 * Conditions under which a request reaches the new version before the switch.
 *
 * A public load balancer resolves to public addresses, so a probe inside the VPC arrives from its NAT gateways and no
 * security group can name it. Those gateways' addresses are the fence: only what runs in our own private subnets has
 * them, and the load balancer compares them with the connection itself, which no header can forge. The header picks
 * the probe out of everything else in there that calls the public name. A header alone would have to be a secret, and
 * would stand in plain text in the listener's rules.
 *
 * Without NAT gateways there is no such address, and nobody gets through: probes then ask the new copies directly,
 * inside the VPC. The rule stands all the same, because ECS knows it: were it to go with the gateways, a service that
 * is rolled back would be given a rule that is no more.
 */
export function testTraffic(host: string, natAddresses: readonly CfnEIP[]): ListenerCondition[] {
  const addresses = natAddresses.map((address) => Fn.join('/', [address.ref, '32']));
  return [
    ListenerCondition.hostHeaders([host]),
    ListenerCondition.httpHeader(TEST_HEADER, [TEST_HEADER_VALUE]),
    ListenerCondition.sourceIps(addresses.length > 0 ? addresses : [NOBODY]),
  ];
}
