import { eachOf } from '../mistakes/guarded';
import type { Check } from './check';

const WIDEST_IPV4 = 16;
const WIDEST_IPV6 = 32;

/** Admin paths are open to named networks (row W07), and half of the internet is none. */
export const adminNetworks: Check = ({ adminNetworks: networks }) =>
  eachOf(networks, (network, index) => {
    const widest = network.includes(':') ? WIDEST_IPV6 : WIDEST_IPV4;
    const prefix = Number(network.split('/')[1]);
    return prefix >= widest
      ? []
      : [
          {
            path: ['adminNetworks', index],
            expected: `a network of your own, /${widest} or smaller: /${prefix} lets in more people than you know`,
            example: network.includes(':') ? '2001:db8:1234::/48' : '203.0.113.0/24',
          },
        ];
  });
