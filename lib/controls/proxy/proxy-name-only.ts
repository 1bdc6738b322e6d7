import { everyTier, type RuleControl } from '../control';
import type { Directive } from '../rules/proxy/nginx-file';
import {
  type FileFault,
  guardProxy,
  locationOf,
  named,
  type RenderedProxy,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

export const control: RuleControl = {
  id: 'proxy-name-only',
  title:
    'Requests under another name than the environment’s are refused; health checks of the load balancer are the one exception',
  holds: ['E02/enforce'],
  tiers: everyTier,
  why: 'An app that takes any Host writes it into the links of its mails, and caches serve them to others.',
  remedy:
    'Leave the server without a name to lib/constructs/proxy: it knows health checks and answers 421 to the rest.',
  ...guardProxy((proxy) => [...names(proxy), ...strangers(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('any name', { 'server_name ums.example.com': 'server_name ums.example.com ""' }),
      confFixture('another name', { 'server_name ums.example.com': 'server_name other.example.com' }),
      confFixture('strangers reach the app', { 'location / { return 421; }': 'location / { proxy_pass http://app; }' }),
      confFixture('anybody may ask for health', { 'if ($load_balancer = "") { return 421; }': '' }),
      confFixture('a fence that lets in', { 'if ($load_balancer = "")': 'if ($load_balancer = 0)' }),
      confFixture('everybody is the load balancer', {
        'geo $load_balancer { default "";': 'geo $load_balancer { default 1;',
      }),
      confFixture('a third server', {
        'server_name ums.example.com;':
          'server_name ums.example.com; } server { listen 8443 ssl; server_name old.example.com;',
      }),
      confFixture('one more page for strangers', {
        'location / { return 421; }': 'location / { return 421; } location /x { proxy_pass http://app; }',
      }),
    ],
  },
};

function names({ servers, promises }: RenderedProxy): readonly FileFault[] {
  const found = servers.map(({ block = [] }) =>
    named(block, 'server_name')
      .map(({ args }) => args.join(' '))
      .join(' and '),
  );
  const expected = ['_', promises.name];
  return found.join() === expected.join()
    ? []
    : [{ at: servers[1], found: `servers named ${found.join(', ') || 'nothing'}`, expected: expected.join(' and ') }];
}

function strangers(proxy: RenderedProxy): readonly FileFault[] {
  const { servers, promises } = proxy;
  const [server] = servers;
  const block = server?.block ?? [];
  const rest = locationOf(block, '/')?.map(written).join('; ');
  const faults: FileFault[] =
    rest === 'return 421' ? [] : [{ at: server, found: `strangers get ${rest ?? 'nothing'}`, expected: 'return 421' }];
  for (const location of named(block, 'location')) {
    const inside = location.block ?? [];
    const reaches = inside.some(({ name }) => name === 'proxy_pass');
    const health = location.args[0] === '=' && promises.healthPaths.includes(location.args[1] as string);
    if (reaches && !health)
      faults.push({ at: location, found: written(location), expected: 'health checks alone reach the app' });
    if ((reaches || /health/.test(location.args.join(' '))) && !fenced(inside[0])) {
      faults.push({
        at: location,
        found: `${written(location)} for anybody`,
        expected: 'if ($load_balancer = "") first',
      });
    }
  }
  const [peers] = named(proxy.http, 'geo').filter(({ args }) => args.at(-1) === '$load_balancer');
  const entries = peers?.block?.map(written).sort().join('; ');
  const expected = [`${promises.loadBalancerNetwork} 1`, 'default '].sort().join('; ');
  return [
    ...faults,
    ...(entries === expected && peers?.args.length === 1
      ? []
      : [{ at: peers, found: `$load_balancer ${entries ?? 'nowhere'}`, expected }]),
    ...ownHealth(block),
  ];
}

/** The proxy's own health, which the app has no part in. */
function ownHealth(block: readonly Directive[]): readonly FileFault[] {
  const own = locationOf(block, '= /.breakwater/health') ?? [];
  return ['default_type application/json', 'return 200 {"status":"ok"}\n']
    .filter((wanted) => !own.some((each) => written(each) === wanted))
    .map((wanted) => ({
      at: own[0],
      found: `the proxy’s own health without ${wanted.trim()}`,
      expected: wanted.trim(),
    }));
}

const fenced = (first: Directive | undefined): boolean =>
  first !== undefined &&
  written(first) === 'if ($load_balancer =  )' &&
  first.block?.map(written).join() === 'return 421';
