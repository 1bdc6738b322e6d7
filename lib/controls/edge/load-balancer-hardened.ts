import { everyTier, fixture, type RuleControl } from '../control';
import { between, guard, guards, is, oneOf } from '../expect';
import { attributes, LOAD_BALANCER } from '../rules/edge/load-balancers';
import { edgeWith, edgeWithAttribute, soundEdge } from '../rules/edge/samples';
import type { Json } from '../view';

const LIST = 'LoadBalancerAttributes';
const changed = (key: string, value: Json | undefined) => edgeWithAttribute('Balancer', LIST, key, value);
const wanted = {
  'routing.http.drop_invalid_header_fields.enabled': is(true),
  'routing.http.desync_mitigation_mode': is('strictest'),
  'routing.http.preserve_host_header.enabled': is(true),
  // The load balancer appends what it saw; the proxy believes that last entry only.
  'routing.http.xff_header_processing.mode': is('append'),
  'routing.http.xff_client_port.enabled': is(false),
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': is(true),
  'routing.http2.enabled': is(true),
  // From the environment's ladder of time-outs; the schema's bounds, where a wait still means something.
  'idle_timeout.timeout_seconds': between(10, 4000),
  'client_keep_alive.seconds': is(3600),
  'waf.fail_open.enabled': is(false),
};
/** Attributes that other controls judge. */
const others = [
  'deletion_protection.enabled',
  ...['access_logs', 'connection_logs'].flatMap((log) => [`${log}.s3.enabled`, `${log}.s3.bucket`, `${log}.s3.prefix`]),
];

export const control: RuleControl = {
  id: 'load-balancer-hardened',
  title: 'The load balancer drops malformed requests, keeps the client’s address true and fails closed',
  holds: ['E01/enforce'],
  tiers: everyTier,
  why: 'A request that two parsers read differently smuggles a second one past the proxy, and an address that a client can forge defeats every limit.',
  remedy: 'Leave the attributes of the load balancer in the Edge construct as they are.',
  ...guards(
    attributes(LOAD_BALANCER, LIST, wanted, others),
    guard(LOAD_BALANCER, { Type: is('application'), IpAddressType: oneOf('ipv4', 'dualstack') }),
  ),
  fixtures: {
    pass: [
      fixture('hardened', soundEdge),
      fixture('with IPv6', edgeWith('Balancer', { IpAddressType: 'dualstack' })),
      fixture('a longer ladder', changed('idle_timeout.timeout_seconds', '300')),
    ],
    refuse: [
      ...Object.keys(wanted).map((key) => fixture(`without ${key}`, changed(key, undefined))),
      fixture('malformed headers let through', changed('routing.http.drop_invalid_header_fields.enabled', 'false')),
      fixture('requests only monitored', changed('routing.http.desync_mitigation_mode', 'monitor')),
      fixture("the client's word for its address", changed('routing.http.xff_header_processing.mode', 'preserve')),
      fixture('a firewall that fails open', changed('waf.fail_open.enabled', 'true')),
      fixture('waits for nothing', changed('idle_timeout.timeout_seconds', '1')),
      fixture('an attribute that nobody knows', changed('routing.http.response.server.enabled', 'true')),
      fixture('no application load balancer', edgeWith('Balancer', { Type: 'network' })),
    ],
  },
};
