import { map, word } from './nginx-words';
import type { ProxyPlace } from './place';

/**
 * Who the client is. The load balancer adds the address that it saw as the last entry of X-Forwarded-For, and only
 * that entry is believed, and only of a trusted peer. An address with a port, as a load balancer writes it when told
 * to, is read as well.
 */
export function clientAddress({ trustedPeers }: ProxyPlace): string[] {
  return [
    ...trustedPeers.map((network) => `set_real_ip_from ${word(network)};`),
    'real_ip_header X-Forwarded-For;',
    'real_ip_recursive off;',
    // What counts as one client: an IPv4 address, or the /64 network that one subscriber's IPv6 addresses share. The
    // bytes of the address are matched: its text is abbreviated in too many ways.
    ...map('$binary_remote_addr', '$client', [
      ['"~(?s)^(?<ipv6_network>.{8}).{8}$"', '$ipv6_network'],
      ['default', '$binary_remote_addr'],
    ]),
  ];
}
