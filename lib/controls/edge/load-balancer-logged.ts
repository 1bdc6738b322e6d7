import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { type Expectation, type Guard, guard, guards, is, pointsAt, satisfies } from '../expect';
import { attributeOf, LOAD_BALANCER } from '../rules/edge/load-balancers';
import { edgeWithAttribute, soundEdge } from '../rules/edge/samples';
import { actionsOf, isAllow, principalsOf, statementsOf } from '../rules/statements';
import { asList, type Json } from '../view';

const LIST = 'LoadBalancerAttributes';
const DELIVERY = 'logdelivery.elasticloadbalancing.amazonaws.com';
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

/** The bucket takes both deliveries, each in its folder: what it refuses is lost without a word. */
const delivered: Guard = {
  protects: [{ type: 'AWS::S3::BucketPolicy', properties: ['PolicyDocument'] }],
  check: (environment) =>
    environment.ofType(LOAD_BALANCER).flatMap((resource): Finding[] =>
      ['access_logs', 'connection_logs'].flatMap((log) => {
        const bucket = environment.target(attributeOf(resource, LIST, `${log}.s3.bucket`), resource);
        const prefix = environment.text(attributeOf(resource, LIST, `${log}.s3.prefix`));
        const place = `\${${bucket?.logicalId}.Arn}/${prefix}/AWSLogs/\${AWS::AccountId}/*`;
        const taken = environment
          .ofType('AWS::S3::BucketPolicy')
          .filter((each) => environment.target(each.properties.Bucket, each) === bucket)
          .flatMap((each) => statementsOf(each))
          .filter((each) => isAllow(each) && actionsOf(each).includes('s3:PutObject'))
          .filter((each) => principalsOf(each, environment).some(([, who]) => who === DELIVERY))
          .some(({ body }) => asList(body.Resource).some((each) => environment.text(each) === place));
        const found = `no right to put ${prefix} into the bucket`;
        return taken || !bucket ? [] : [{ resource, location: `Properties.${LIST}`, found, expected: place }];
      }),
    ),
};

export const control: RuleControl = {
  id: 'load-balancer-logged',
  title: 'Every request and every connection at the load balancer is logged to this environment’s bucket',
  holds: ['L03/enforce'],
  tiers: everyTier,
  why: 'What never reached the proxy stands nowhere else: refused handshakes, malformed requests, other names.',
  remedy: 'Leave `accessLogs.receiveFrom(loadBalancer)` in the Edge construct.',
  ...guards(
    delivered,
    guard(LOAD_BALANCER, {
      [LIST]: satisfies(`${keys.join(', ')}, to a bucket of this environment`, (_value, resource, environment) =>
        keys.every((key) => wanted[key]?.holds(attributeOf(resource, LIST, key), resource, environment)),
      ),
    }),
  ),
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
