import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { absent, type Expectation, type Guard, guard, guards, satisfies } from '../expect';
import { CERTIFICATE, isHttps, LISTENER, LISTENER_RULE, sorted, TARGET_GROUP } from '../rules/edge/load-balancers';
import { edgeAnd, edgePart, edgeWith, edgeWithout, soundEdge } from '../rules/edge/samples';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}$/;
const NAT = 'AWS::EC2::NatGateway';
const TEST_HEADER = 'x-breakwater-test';
/** An address that nobody has (RFC 5737), where there is no gateway. */
const NOBODY = '192.0.2.0/32';
/** The narrow rule is asked first. */
const PRIORITY = { test: '10', production: '20' } as const;
type Kind = keyof typeof PRIORITY;
/** What everyone else is answered. */
const MISDIRECTED = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '421', ContentType: 'text/plain', MessageBody: 'Misdirected request' },
};

/** What a rule is for, told by the fields of its conditions alone; nothing when they are neither's. */
function kindOf({ properties }: Resource): Kind | undefined {
  const fields = asList(properties.Conditions).map((each) => asObject(each).Field);
  const said = [...fields].sort().join();
  return said === 'host-header' ? 'production' : said === 'host-header,http-header,source-ip' ? 'test' : undefined;
}

const conditionOf = (rule: Resource, field: string): JsonObject =>
  asList(rule.properties.Conditions)
    .map((each) => asObject(each))
    .find((each) => each.Field === field) ?? {};

/** The one host of a rule: the certificate's name, or any single name when the certificate was brought along. */
function isOurHost(rule: Resource, environment: EnvironmentView): boolean {
  const { Field: _field, HostHeaderConfig, ...others } = conditionOf(rule, 'host-header');
  const [host, ...more] = asList(at(HostHeaderConfig, 'Values')).map(String);
  const ours = environment.ofType(CERTIFICATE).map(({ properties }) => String(properties.DomainName));
  return (
    Object.keys(others).length === 0 &&
    Object.keys(asObject(HostHeaderConfig)).join() === 'Values' &&
    more.length === 0 &&
    host !== undefined &&
    HOST.test(host) &&
    (ours.length === 0 || ours.includes(host))
  );
}

/** Only from the addresses of our own NAT gateways, from nobody's where there are none, and only with the header. */
function isFenced(rule: Resource, environment: EnvironmentView): boolean {
  const addresses = asList(at(conditionOf(rule, 'source-ip'), 'SourceIpConfig.Values'));
  const header = asObject(conditionOf(rule, 'http-header').HttpHeaderConfig);
  const gateways = environment.ofType(NAT).map((each) => environment.target(each.properties.AllocationId, each));
  const named = new Set(addresses.map((address) => oneAddress(address, rule, environment)));
  return (
    Object.keys(header).sort().join() === 'HttpHeaderName,Values' &&
    header.HttpHeaderName === TEST_HEADER &&
    JSON.stringify(header.Values) === '["green"]' &&
    (gateways.length === 0
      ? addresses.length === 1 && addresses[0] === NOBODY
      : named.size === addresses.length &&
        named.size === gateways.length &&
        gateways.every((gateway) => gateway !== undefined && named.has(gateway)))
  );
}

/** The elastic address that a value means, and no network around it. */
function oneAddress(value: Json, rule: Resource, environment: EnvironmentView): Resource | undefined {
  const [address, ...others] = environment.targets(value, rule);
  return others.length === 0 && environment.text(value) === `\${${address?.logicalId}}/32` ? address : undefined;
}

/** Everything to one of two groups of this environment, nothing to the other. */
function isSplit(value: Json | undefined, rule: Resource, environment: EnvironmentView): boolean {
  const [action, ...others] = asList(value).map((each) => asObject(each));
  const { TargetGroups, ...sticky } = asObject(action?.ForwardConfig);
  const groups = asList(TargetGroups).map((each) => asObject(each));
  const targets = new Set(groups.map((group) => environment.target(group.TargetGroupArn, rule)));
  const [blue, green] = groups.map((group) => String(group.Weight));
  return (
    others.length === 0 &&
    action?.Type === 'forward' &&
    action.TargetGroupArn === undefined &&
    Object.keys(sticky).length === 0 &&
    groups.length === 2 &&
    targets.size === 2 &&
    [...targets].every((target) => target?.type === TARGET_GROUP) &&
    `${blue}/${green}` === (kindOf(rule) === 'test' ? '0/100' : '100/0')
  );
}

const expectation = (expected: string, holds: (rule: Resource, environment: EnvironmentView) => boolean): Expectation =>
  satisfies(expected, (_value, rule, environment) => holds(rule, environment));

/** One rule for users on each HTTPS listener, and one for tests: ECS is told of both and moves their weights. */
const oneOfEach: Guard = {
  protects: [{ type: LISTENER_RULE, properties: [] }],
  check: (environment) =>
    environment
      .ofType(LISTENER)
      .filter(isHttps)
      .flatMap((listener): Finding[] => {
        const kinds = environment
          .ofType(LISTENER_RULE)
          .filter((rule) => environment.target(rule.properties.ListenerArn, rule) === listener)
          .map(kindOf);
        const count = (kind: Kind) => kinds.filter((each) => each === kind).length;
        return count('production') === 1 && count('test') === 1
          ? []
          : [
              {
                resource: listener,
                location: 'Resource',
                found: `${count('production')} rules for users and ${count('test')} for tests`,
                expected: 'one for users, one for tests',
              },
            ];
      }),
};

export const control: RuleControl = {
  id: 'traffic-forwarded',
  title: 'Requests under the environment’s name go to its copies; all others end at the load balancer',
  holds: ['E01/enforce', 'C07/enforce', 'C10/enforce'],
  tiers: everyTier,
  why: 'Another rule is a way past the name, the deployment’s order or the proxy; an open test rule shows everyone the next version.',
  remedy:
    'Leave the rules of the Edge construct as they are; ECS moves their weights during a deployment, nobody else.',
  ...guards(
    guard(
      LISTENER,
      {
        DefaultActions: satisfies(
          'a fixed answer of 421',
          (value) => asList(value).length === 1 && sorted(asList(value)[0]) === sorted(MISDIRECTED),
        ),
      },
      isHttps,
    ),
    guard(LISTENER_RULE, {
      ListenerArn: satisfies('the HTTPS listener', (value, rule, environment) => {
        const listener = environment.target(value, rule);
        return listener?.type === LISTENER && isHttps(listener);
      }),
      Conditions: expectation(
        'one host name, alone or with the fence of test traffic',
        (rule, environment) =>
          isOurHost(rule, environment) &&
          (kindOf(rule) === 'production' || (kindOf(rule) === 'test' && isFenced(rule, environment))),
      ),
      Actions: satisfies('everything to blue, in the rule for tests to green', isSplit),
      Priority: satisfies(
        `${PRIORITY.test} for tests, ${PRIORITY.production} for users`,
        (value, rule) => String(value) === PRIORITY[kindOf(rule) ?? 'production'],
      ),
      Transforms: absent,
    }),
    oneOfEach,
  ),
  fixtures: {
    pass: [
      fixture('users and tests', soundEdge),
      fixture('tests from nobody, where there are no gateways', withoutGateways(['192.0.2.0/32'])),
    ],
    refuse: [
      fixture('everyone else is served too', {
        ...edgeWith('Https', { DefaultActions: soundEdge.Production?.Properties?.Actions }),
      }),
      fixture('nobody is served', edgeWithout('Production')),
      fixture('every name', withHost('*.example.com')),
      fixture('another name', withHost('evil.example')),
      fixture('no condition on the name', edgeWith('Production', { Conditions: [] })),
      fixture('by path', edgeWith('Production', { Conditions: [{ Field: 'path-pattern', Values: ['*'] }] })),
      fixture('tests from everywhere', withoutCondition('source-ip')),
      fixture('tests without the header', withoutCondition('http-header')),
      fixture('tests from an open network', withAddresses(['0.0.0.0/0'])),
      fixture('tests from half the internet', withAddresses([{ 'Fn::Join': ['/', [{ Ref: 'Address' }, '1']] }])),
      fixture(
        'to a foreign group',
        edgeWith('Production', { Actions: [{ Type: 'forward', TargetGroupArn: 'foreign' }] }),
      ),
      fixture('a redirect', edgeWith('Production', { Actions: [{ Type: 'redirect' }] })),
      fixture('users to both versions', withWeights('Production', 50, 50)),
      fixture('users to green', withWeights('Production', 0, 100)),
      fixture('tests to blue', withWeights('Test', 100, 0)),
      fixture('users asked first', edgeWith('Production', { Priority: 1 })),
      fixture('a second rule for users', edgeAnd({ More: edgePart('Production') })),
      fixture('a rewritten path', edgeWith('Production', { Transforms: [{ Type: 'url-rewrite' }] })),
      fixture('no rule for tests', edgeWithout('Test')),
      fixture('no rule for tests where there are no gateways', edgeWithout('Test', 'Nat')),
      fixture('tests from nobody although there are gateways', withAddresses(['192.0.2.0/32'])),
      fixture('tests from somebody where there are no gateways', withoutGateways(['192.0.2.0/24'])),
      fixture('tests from nobody and somebody else', withoutGateways(['192.0.2.0/32', '198.51.100.7/32'])),
      fixture('tests from an address that is no gateway', edgeWithout('Nat')),
    ],
  },
};

function withHost(host: string) {
  return edgeWith('Production', { Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }] });
}

function withoutCondition(field: string) {
  const conditions = asList(soundEdge.Test?.Properties?.Conditions).filter((each) => asObject(each).Field !== field);
  return edgeWith('Test', { Conditions: conditions });
}

function withAddresses(values: readonly Json[]) {
  const conditions = asList(soundEdge.Test?.Properties?.Conditions).map((each) =>
    asObject(each).Field === 'source-ip' ? { Field: 'source-ip', SourceIpConfig: { Values: values } } : each,
  );
  return edgeWith('Test', { Conditions: conditions });
}

function withoutGateways(values: readonly Json[]) {
  const { Nat: _gateway, Address: _address, ...others } = withAddresses(values);
  return others;
}

function withWeights(rule: string, blue: number, green: number) {
  const to = (id: string, weight: number) => ({ TargetGroupArn: { Ref: id }, Weight: weight });
  return edgeWith(rule, {
    Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [to('Blue', blue), to('Green', green)] } }],
  });
}
