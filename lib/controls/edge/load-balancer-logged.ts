import { everyTier, fixture, type RuleControl } from '../control';
import { type Expectation, guard, is, pointsAt, satisfies } from '../expect';
import { edgeWithAttribute, soundEdge } from '../rules/edge-samples';
import { attributeOf, LOAD_BALANCER } from '../rules/load-balancers';
import type { Json } from '../view';

const LIST = 'LoadBalancerAttributes';
const changed = (key: string, value: Json | undefined) => edgeWithAttribute('Balancer', LIST, key, value);
const bucket = pointsAt('AWS::S3::Bucket');
const wanted: Readonly<Record<string, Expectation>> = {
  'access_logs.s3.enabled': is(true),
  'access_logs.s3.bucket': bucket,
  // The bucket's policy takes deliveries under these two only.
  'access_logs.s3.prefix': is('requests'),
  'connection_logs.s3.enabled': is(true),
  'connection_logs.s3.bucket': bucket,
  'connection_logs.s3.prefix': is('connections'),
};
const keys = Object.keys(wanted);

export const control: RuleControl = {
  id: 'load-balancer-logged',
  title: 'Every request and every connection at the load balancer is logged to this environment’s bucket',
  holds: ['L03/enforce'],
  tiers: everyTier,
  why: 'What never reached the proxy stands nowhere else: refused handshakes, malformed requests, other names.',
  remedy: 'Leave `accessLogs.receiveFrom(loadBalancer)` in the Edge construct.',
  ...guard(LOAD_BALANCER, {
    [LIST]: satisfies(`${keys.join(', ')}, to a bucket of this environment`, (_value, resource, environment) =>
      keys.every((key) => wanted[key]?.holds(attributeOf(resource, LIST, key), resource, environment)),
    ),
  }),
  fixtures: {
    pass: [fixture('logged', soundEdge)],
    refuse: [
      ...keys.map((key) => fixture(`without ${key}`, changed(key, undefined))),
      fixture('requests not logged', changed('access_logs.s3.enabled', 'false')),
      fixture('connections not logged', changed('connection_logs.s3.enabled', 'false')),
      fixture('to a foreign bucket', changed('access_logs.s3.bucket', 'foreign-bucket')),
    ],
  },
};
