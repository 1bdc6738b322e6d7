import { networkOf } from '../address';
import { eachOf } from '../mistakes/guarded';
import type { Check } from './check';

const WIDEST_IPV4 = 16;
const WIDEST_IPV6 = 32;

/** Admin paths are open to named networks (row W07), and half of the internet is none. */
export const adminNetworks: Check = ({ adminNetworks: networks }) =>
  eachOf(networks, (network, index) => {
    const refused = (expected: string, example: string) => [{ path: ['adminNetworks', index], expected, example }];
    const [address = '', length] = network.split('/');
    const isIpv6 = network.includes(':');
    const [widest, narrowest] = isIpv6 ? [WIDEST_IPV6, 128] : [WIDEST_IPV4, 32];
    const prefix = Number(length);
    if (prefix < widest) {
      return refused(
        `a network of your own, /${widest} or smaller: /${prefix} lets in more people than you know`,
        isIpv6 ? '2001:db8:1234::/48' : '203.0.113.0/24',
      );
    }
    const whole = networkOf(network);
    // nginx drops the bits beyond the prefix without a word, and lets in a network where one address may be meant.
    return whole.sameAddress
      ? []
      : refused(
          `${whole.network} for the whole network, or ${address}/${narrowest} for this address alone: /${prefix} ends before the address does`,
          whole.network,
        );
  });
