import { everyTier, type RuleControl } from '../control';
import {
  type FileFault,
  guardProxy,
  headerValue,
  locationOf,
  named,
  ownServer,
  type RenderedProxy,
  requestFor,
  throughout,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, proxyFixture, soundProxy } from '../rules/proxy/samples';
import { asList, asObject, type EnvironmentView } from '../view';

/** Seconds until callers may try again; the load balancer takes a dead copy out within half a minute. */
const MOST_PAUSE = 60;
/** Seconds for a connection on loopback, which takes microseconds or never comes. */
const CONNECT = 5;
/** Bounds of the load balancer's patience where none is seen, and by how much we may outlast it. */
const LEAST_IDLE = 10;
const MOST_IDLE = 4000;
const IDLE_MARGIN = 60;
const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const IDLE = 'idle_timeout.timeout_seconds';

const balancer = (seconds: number) => ({
  Balancer: {
    Type: LOAD_BALANCER,
    Properties: { LoadBalancerAttributes: [{ Key: IDLE, Value: String(seconds) }] },
  },
});

export const control: RuleControl = {
  id: 'proxy-fails-fast',
  title: 'When the app is down or too slow, callers get 503 with Retry-After before anybody’s patience ends',
  holds: ['E15/enforce'],
  tiers: everyTier,
  why: 'Callers that hang keep their connections, and one dead app takes everything in front of it along.',
  remedy: 'Set limits.proxySeconds below limits.loadBalancerSeconds; leave the rest to lib/constructs/proxy.',
  ...guardProxy((proxy, environment) => [...times(proxy, environment), ...answers(proxy), ...retries(proxy)]),
  fixtures: {
    pass: [soundProxy, proxyFixture('behind a load balancer', { beside: balancer(75) })],
    refuse: [
      confFixture('waits for a connection', { 'proxy_connect_timeout 2s': 'proxy_connect_timeout 60s' }),
      confFixture('waits for an answer', { 'proxy_read_timeout 65s;': '' }),
      proxyFixture('waits longer than the load balancer', { beside: balancer(60) }),
      confFixture('502', { 'error_page 502 =503 $error_page;\n      error_page 504': 'error_page 504' }),
      confFixture('no Retry-After', { '"503:PASSED:" 10;': '' }),
      confFixture('writes are sent twice', {
        'proxy_next_upstream error;': 'proxy_next_upstream error timeout non_idempotent;',
      }),
      confFixture('idle connections die first', { 'keepalive_timeout 85s': 'keepalive_timeout 5s' }),
      confFixture('no connections are kept', { 'keepalive 32; ': '' }),
      confFixture('callers are sent away for an hour', { '"503::" 10;': '"503::" 3600;' }),
      confFixture('idle connections live for ever', { 'keepalive_timeout 85s': 'keepalive_timeout 85000s' }),
    ],
  },
};

const seconds = (args: string): number => Number(/^(\d+)s$/.exec(args)?.[1] ?? 0);

/** The load balancer's patience, where this environment has one. */
function patience(environment: EnvironmentView): number {
  const [load] = environment.ofType(LOAD_BALANCER);
  const attribute = asList(load?.properties.LoadBalancerAttributes)
    .map(asObject)
    .find(({ Key }) => Key === IDLE);
  return attribute === undefined ? Infinity : Number(attribute.Value);
}

function times(proxy: RenderedProxy, environment: EnvironmentView): readonly FileFault[] {
  const most = patience(environment);
  const below = (name: string, limit: number) =>
    throughout(proxy, name, {
      words: Number.isFinite(limit) ? `below ${limit}s` : 'a time in seconds',
      fits: (args) => seconds(args) > 0 && seconds(args) < limit,
    });
  return [
    ...below('proxy_connect_timeout', CONNECT + 1),
    ...below('proxy_read_timeout', most),
    ...below('proxy_send_timeout', most),
    ...idle(proxy, most),
  ];
}

/** The load balancer closes idle connections first, or meets some that are closed. In an upstream it is the app's end. */
function idle({ http }: RenderedProxy, most: number): readonly FileFault[] {
  const least = Number.isFinite(most) ? most : LEAST_IDLE;
  const found = named(http, 'keepalive_timeout');
  const length = seconds(found[0]?.args.join(' ') ?? '');
  return found.length === 1 && length > least && length <= (Number.isFinite(most) ? most : MOST_IDLE) + IDLE_MARGIN
    ? []
    : [
        {
          at: found[0],
          found: found.map(written).join() || 'no keepalive_timeout',
          expected: `above ${least}s, and no longer than it needs to be`,
        },
      ];
}

function answers(proxy: RenderedProxy): readonly FileFault[] {
  const app = locationOf(ownServer(proxy), '@app') ?? [];
  const header = headerValue(proxy, 'Retry-After') ?? '';
  const after = ['PASSED', ''].map((limit_req_status) =>
    Number(proxy.value(header, requestFor('/', { status: '503', limit_req_status }))),
  );
  const own = proxy.value(
    header,
    requestFor('/', { status: '503', limit_req_status: 'PASSED', sent_http_retry_after: '7' }),
  );
  return [
    ...(named(app, 'error_page').some((each) => written(each) === 'error_page 502 =503 $error_page')
      ? []
      : [{ at: app[0], found: '502 for an app that is down', expected: 'error_page 502 =503 $error_page' }]),
    ...(after.every((each) => each > 0 && each <= MOST_PAUSE)
      ? []
      : [{ found: '503 without Retry-After', expected: 'seconds until a copy may be back' }]),
    ...(own === '' ? [] : [{ found: 'Retry-After beside the app’s own', expected: 'one of both' }]),
  ];
}

function retries(proxy: RenderedProxy): readonly FileFault[] {
  const upstream = named(proxy.http, 'upstream')[0]?.block ?? [];
  return [
    ...throughout(proxy, 'proxy_next_upstream', {
      words: 'off or error',
      fits: (args) => args === 'off' || args === 'error',
    }),
    ...throughout(proxy, 'proxy_http_version', '1.1'),
    ...(Number(named(upstream, 'keepalive')[0]?.args[0] ?? 0) > 0
      ? []
      : [{ at: upstream[0], found: 'a new connection for each request', expected: 'keepalive' }]),
  ];
}
