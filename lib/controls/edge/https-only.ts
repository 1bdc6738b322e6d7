import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { absent, companion, type Guard, guard, guards, oneOf, pointsAt, satisfies } from '../expect';
import { isHttps, LISTENER, LISTENER_RULE, LOAD_BALANCER, sorted } from '../rules/edge/load-balancers';
import { edgeAnd, edgePart, edgeWith, edgeWithout, soundEdge } from '../rules/edge/samples';
import { asList, type Resource } from '../view';

/** TLS 1.2 with forward secrecy at least, TLS 1.3 and a post-quantum key exchange for those that can. */
const POLICIES = [
  'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09',
];
const REDIRECT = {
  Type: 'redirect',
  RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
};

const isHttp = (listener: Resource): boolean => listener.properties.Protocol === 'HTTP';
/** A listener is one of two kinds, and there is one of each. */
const twoListeners: Guard = {
  protects: [{ type: LISTENER, properties: ['Protocol', 'Port'] }],
  check: (environment) => {
    const ports = new Map<string, number>();
    return environment.ofType(LISTENER).flatMap((resource): Finding[] => {
      const { Protocol, Port } = resource.properties;
      const kind = `${Protocol} on ${Port}`;
      ports.set(kind, (ports.get(kind) ?? 0) + 1);
      if ((kind === 'HTTPS on 443' || kind === 'HTTP on 80') && ports.get(kind) === 1) return [];
      return [
        { resource, location: 'Properties.Port', found: kind, expected: 'HTTPS on 443 and HTTP on 80, each once' },
      ];
    });
  },
};

const rulesOnHttp: Guard = {
  protects: [],
  check: (environment) =>
    environment
      .ofType(LISTENER_RULE)
      .map((resource) => ({ resource, listener: environment.target(resource.properties.ListenerArn, resource) }))
      .filter(({ listener }) => listener && isHttp(listener))
      .map(({ resource }) => ({
        resource,
        location: 'Properties.ListenerArn',
        found: 'a rule on the plain HTTP listener',
        expected: 'no rule there: everything is redirected',
      })),
};

export const control: RuleControl = {
  id: 'https-only',
  title: 'Clients are served over TLS 1.2 or later only; plain HTTP is redirected and goes no further',
  holds: ['E03/enforce', 'E04/enforce', 'C07/enforce'],
  tiers: everyTier,
  why: 'What travels in the open can be read and changed on the way, passwords and sessions first.',
  remedy: 'Leave the two listeners of the Edge construct as they are; a weaker client must be updated.',
  ...guards(
    twoListeners,
    rulesOnHttp,
    companion(
      LISTENER,
      { by: LOAD_BALANCER, as: 'an HTTPS listener' },
      (listener, balancer, environment) =>
        isHttps(listener) && environment.target(listener.properties.LoadBalancerArn, listener) === balancer,
    ),
    companion(
      LISTENER,
      { by: LOAD_BALANCER, as: 'a listener that redirects HTTP' },
      (listener, balancer, environment) =>
        isHttp(listener) && environment.target(listener.properties.LoadBalancerArn, listener) === balancer,
    ),
    guard(LISTENER, { LoadBalancerArn: pointsAt(LOAD_BALANCER) }),
    guard(LISTENER, { SslPolicy: oneOf(...POLICIES) }, isHttps),
    guard(
      LISTENER,
      {
        DefaultActions: satisfies(
          'nothing but a permanent redirect to HTTPS on 443',
          (value) => asList(value).length === 1 && sorted(asList(value)[0]) === sorted(REDIRECT),
        ),
      },
      isHttp,
    ),
    // A listener that could not be told from its protocol must not escape both guards above.
    guard(LISTENER, { Protocol: oneOf('HTTP', 'HTTPS') }),
    guard(LISTENER, { MutualAuthentication: absent }),
  ),
  fixtures: {
    pass: [
      fixture('two listeners', soundEdge),
      fixture('TLS 1.3 alone', edgeWith('Https', { SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09' })),
    ],
    refuse: [
      fixture('a policy of 2016', edgeWith('Https', { SslPolicy: 'ELBSecurityPolicy-2016-08' })),
      fixture("AWS's default policy", edgeWith('Https', { SslPolicy: undefined })),
      fixture('no HTTPS', edgeWithout('Https', 'Production', 'Test')),
      fixture('no redirect', edgeWithout('Http')),
      fixture('HTTPS in the open', edgeWith('Https', { Protocol: 'HTTP' })),
      fixture('another port', edgeWith('Https', { Port: 8443 })),
      fixture('a third listener', edgeAnd({ Third: edgePart('Https') })),
      fixture(
        'served over HTTP',
        edgeWith('Http', { DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Blue' } }] }),
      ),
      fixture(
        'redirected for now',
        edgeWith('Http', {
          DefaultActions: [{ ...REDIRECT, RedirectConfig: { ...REDIRECT.RedirectConfig, StatusCode: 'HTTP_302' } }],
        }),
      ),
      fixture(
        'redirected to another host',
        edgeWith('Http', {
          DefaultActions: [{ ...REDIRECT, RedirectConfig: { ...REDIRECT.RedirectConfig, Host: 'evil.example' } }],
        }),
      ),
      fixture(
        'a rule on plain HTTP',
        edgeAnd({ Rule: { Type: LISTENER_RULE, Properties: { ListenerArn: { Ref: 'Http' } } } }),
      ),
      fixture('of another load balancer', edgeWith('Https', { LoadBalancerArn: 'arn:aws:elasticloadbalancing:::x' })),
    ],
  },
};
