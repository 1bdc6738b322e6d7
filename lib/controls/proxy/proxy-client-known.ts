import { everyTier, type RuleControl } from '../control';
import { DROPPED } from '../rules/proxy/client-headers';
import {
  type FileFault,
  guardProxy,
  named,
  type RenderedProxy,
  throughout,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';
import type { EnvironmentView } from '../view';

export const control: RuleControl = {
  id: 'proxy-client-known',
  title: 'The app is told who the client is by the proxy alone, from the address that the load balancer saw',
  holds: ['E02/enforce'],
  tiers: everyTier,
  why: 'A client that can name its own address escapes every limit, passes the fence of the admin pages and blames others in the log.',
  remedy: 'Leave the headers of requests to lib/constructs/proxy/forwarding.ts and client-address.ts.',
  ...guardProxy((proxy, environment) => [...realAddress(proxy, environment), ...headers(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('everybody is believed', { 'set_real_ip_from 10.0.0.0/16': 'set_real_ip_from 0.0.0.0/0' }),
      confFixture('somebody else is believed', {
        'set_real_ip_from 10.0.0.0/16;': 'set_real_ip_from 10.0.0.0/16; set_real_ip_from 198.51.100.0/24;',
      }),
      confFixture('nobody is believed', { 'set_real_ip_from 10.0.0.0/16;': '' }),
      confFixture('the first entry counts', { 'real_ip_recursive off': 'real_ip_recursive on' }),
      confFixture('another header', { 'real_ip_header X-Forwarded-For': 'real_ip_header X-Real-IP' }),
      confFixture('what the client says goes on', {
        'X-Forwarded-For $remote_addr': 'X-Forwarded-For $proxy_add_x_forwarded_for',
      }),
      confFixture('any scheme', { 'X-Forwarded-Proto https': 'X-Forwarded-Proto $http_x_forwarded_proto' }),
      confFixture('any host', { 'proxy_set_header Host ums.example.com;': 'proxy_set_header Host $http_host;' }),
      confFixture('no address', { 'proxy_set_header X-Real-IP $remote_addr;': '' }),
      confFixture('a prefix by the client', { 'proxy_set_header X-Forwarded-Prefix "";': '' }),
      confFixture('HTTP_PROXY by the client', { 'proxy_set_header Proxy "";': '' }),
      confFixture('headers with underscores', { 'underscores_in_headers off': 'underscores_in_headers on' }),
      confFixture('a location that forgets them', {
        'proxy_intercept_errors on;': 'proxy_intercept_errors on; proxy_set_header X-A b;',
      }),
      confFixture('a request id by the client', {
        'X-Request-ID $request_id;\n  proxy_set_header F': 'X-Request-ID $http_x_request_id;\n  proxy_set_header F',
      }),
    ],
  },
};

function realAddress(proxy: RenderedProxy, environment: EnvironmentView): readonly FileFault[] {
  const { loadBalancerNetwork } = proxy.promises;
  const network = environment.ofType('AWS::EC2::VPC')[0]?.properties.CidrBlock;
  return [
    ...throughout(proxy, 'set_real_ip_from', loadBalancerNetwork),
    ...throughout(proxy, 'real_ip_header', 'X-Forwarded-For'),
    ...throughout(proxy, 'real_ip_recursive', 'off'),
    ...throughout(proxy, 'underscores_in_headers', 'off'),
    ...throughout(proxy, 'ignore_invalid_headers', 'on'),
    ...(network === undefined || network === loadBalancerNetwork
      ? []
      : [{ found: `the load balancer in ${loadBalancerNetwork || 'no network'}`, expected: `in ${String(network)}` }]),
  ];
}

function headers(proxy: RenderedProxy): readonly FileFault[] {
  const { http, every, promises } = proxy;
  const wanted = new Map([
    ['Host', promises.name],
    ['X-Real-IP', '$remote_addr'],
    ['X-Forwarded-For', '$remote_addr'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', promises.name],
    ['X-Forwarded-Port', '443'],
    ['X-Request-ID', '$request_id'],
    ...DROPPED.map((name) => [name, ''] as const),
  ]);
  const set = named(http, 'proxy_set_header');
  const below = named(every, 'proxy_set_header').filter((each) => !set.includes(each));
  return [
    // nginx forgets all of them in a block that has one of its own.
    ...below.map((at) => ({ at, found: `${written(at)} in a block of its own`, expected: 'all of them in http' })),
    ...[...wanted].flatMap(([name, value]) => {
      const found = set.filter(({ args }) => args[0]?.toLowerCase() === name.toLowerCase());
      return found.length === 1 && found[0]?.args[1] === value
        ? []
        : [
            {
              at: found[0],
              found: found.map(written).join(' and ') || `no ${name}`,
              expected: `proxy_set_header ${name} ${value || '""'}, once`,
            },
          ];
    }),
    ...set
      .filter(({ args }) => !wanted.has(args[0] as string) && args[1] !== '')
      .map((at) => ({ at, found: written(at), expected: 'no other header' })),
  ];
}
