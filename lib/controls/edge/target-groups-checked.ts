import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { absent, between, type Expectation, type Guard, guard, guards, is, pointsAt, satisfies } from '../expect';
import { attributes, TARGET_GROUP } from '../rules/edge/load-balancers';
import { edgeAnd, edgePart, edgeWith, edgeWithAttribute, edgeWithout, soundEdge } from '../rules/edge/samples';
import type { Json, Resource } from '../view';

const LIST = 'TargetGroupAttributes';
const PATH = /^\/[A-Za-z0-9/_.~-]{0,127}$/;
/** Port of the proxy: the app's own is on loopback. */
const PROXY_PORT = 8443;

const wanted: Readonly<Record<string, Expectation>> = {
  TargetType: is('ip'),
  Protocol: is('HTTPS'),
  Port: is(PROXY_PORT),
  ProtocolVersion: absent,
  HealthCheckEnabled: satisfies('true or nothing', (value) => value === undefined || String(value) === 'true'),
  HealthCheckProtocol: is('HTTPS'),
  HealthCheckPort: absent,
  HealthCheckPath: satisfies('an absolute path', (value) => PATH.test(String(value))),
  HealthCheckIntervalSeconds: is(10),
  HealthCheckTimeoutSeconds: is(5),
  HealthyThresholdCount: is(2),
  UnhealthyThresholdCount: is(3),
  'Matcher.HttpCode': is(200),
  // Copies register themselves; an address in the template is one that nobody checks out.
  Targets: absent,
  VpcId: pointsAt('AWS::EC2::VPC'),
};
const wantedAttributes: Readonly<Record<string, Expectation>> = {
  // From the environment; the schema holds it above the graceful stop.
  'deregistration_delay.timeout_seconds': between(5, 3600),
  'stickiness.enabled': is(false),
  'load_balancing.algorithm.type': is('least_outstanding_requests'),
};
const changed = (key: string, value: Json | undefined) => edgeWithAttribute('Blue', LIST, key, value);
const longer = changed('deregistration_delay.timeout_seconds', '120');
const seen = ({ properties: { Tags: _tags, ...rest } }: Resource): string => JSON.stringify(rest);

/** Blue and green, and they are alike: a deployment that swaps them changes nothing but the version. */
const twins: Guard = {
  protects: [{ type: TARGET_GROUP, properties: [LIST, 'HealthCheckPath'] }],
  check: (environment) => {
    const [blue, green, ...others] = environment.ofType(TARGET_GROUP);
    const anchor = blue ?? environment.resources[0];
    if (!anchor) return [];
    const fault = (resource: Resource, found: string): Finding => ({
      resource,
      location: 'Resource',
      found,
      expected: 'two target groups, alike in everything',
    });
    if (!blue || !green) return [fault(anchor, `${blue ? 'one target group' : 'no target group'}`)];
    if (others.length > 0) return others.map((each) => fault(each, 'a third target group'));
    return seen(blue) === seen(green) ? [] : [fault(blue, 'groups that differ'), fault(green, 'groups that differ')];
  },
};

export const control: RuleControl = {
  id: 'target-groups-checked',
  title: 'Both target groups reach the proxy over TLS and take a copy out of service half a minute after it fails',
  holds: ['E01/enforce', 'C02/enforce'],
  tiers: everyTier,
  why: 'A check that is lax, or that asks something else, leaves dead copies in service; groups that differ break the next deployment.',
  remedy:
    'Change health paths under app.health and the draining under limits.deregistrationSeconds; leave the rest to targetGroup().',
  ...guards(guard(TARGET_GROUP, wanted), attributes(TARGET_GROUP, LIST, wantedAttributes), twins),
  fixtures: {
    pass: [
      fixture('two alike', soundEdge),
      fixture('a longer draining', {
        ...longer,
        ...(longer.Blue && { Green: longer.Blue }),
      }),
    ],
    refuse: [
      ...Object.keys(wantedAttributes).map((key) => fixture(`without ${key}`, changed(key, undefined))),
      fixture('in the open', edgeWith('Blue', { Protocol: 'HTTP' })),
      fixture("past the proxy, at the app's port", edgeWith('Blue', { Port: 8000 })),
      fixture('never checked', edgeWith('Blue', { HealthCheckEnabled: false })),
      fixture('checked in the open', edgeWith('Blue', { HealthCheckProtocol: 'HTTP' })),
      fixture('checked at another port', edgeWith('Blue', { HealthCheckPort: '9999' })),
      fixture('checked every five minutes', edgeWith('Blue', { HealthCheckIntervalSeconds: 300 })),
      fixture('ten failures allowed', edgeWith('Blue', { UnhealthyThresholdCount: 10 })),
      fixture('every answer is healthy', edgeWith('Blue', { Matcher: { HttpCode: '200-499' } })),
      fixture('fixed addresses', edgeWith('Blue', { Targets: [{ Id: '10.0.0.9' }] })),
      fixture('machines', edgeWith('Blue', { TargetType: 'instance' })),
      fixture('sticky', changed('stickiness.enabled', 'true')),
      fixture('cut off at once', changed('deregistration_delay.timeout_seconds', '0')),
      fixture('an attribute that nobody knows', changed('slow_start.duration_seconds', '900')),
      fixture('one asks another path', edgeWith('Green', { HealthCheckPath: '/health' })),
      fixture('one alone', edgeWithout('Green')),
      fixture('none', edgeWithout('Green', 'Blue')),
      fixture('a third', edgeAnd({ Red: edgePart('Blue') })),
    ],
  },
};
