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
} from '../rules/proxy';
import { confFixture, soundProxy } from '../rules/proxy-samples';

const MINUTE = 60;
/** What the checklist allows a client at most, whatever the environment says. */
const MOST = { loginsPerMinute: 5, writesPerMinute: 10, requestsPerHour: 1000 } as const;
/** The address as nginx counts it: for IPv6, the network of one subscriber. */
const CLIENT = 'an address';

export const control: RuleControl = {
  id: 'proxy-clients-limited',
  title: 'Each copy limits a client’s logins, writes and requests, and answers 429 with when to come back',
  holds: ['W03/enforce', 'W04/enforce', 'W05/enforce', 'W09/enforce'],
  tiers: everyTier,
  why: 'Without limits passwords are guessed by the thousand, and one client can use up what all share.',
  remedy:
    'Set the numbers under limits, never above the checklist’s; leave the counting to lib/constructs/proxy/rate-limits.ts.',
  ...guardProxy((proxy) => [...numbers(proxy), ...counted(proxy), ...zones(proxy), ...answers(proxy)]),
  fixtures: {
    pass: [
      soundProxy,
      confFixture(
        'a strict profile',
        { 'rate=8r/m': 'rate=1r/m', 'burst=519': 'burst=24' },
        {
          limits: { loginsPerMinute: 5, writesPerMinute: 10, requestsPerHour: 50, bodyKiB: 8, headerKiB: 16 },
        },
      ),
    ],
    refuse: [
      confFixture('a login is not counted', { 'limit_req zone=login burst=4 nodelay;': '' }),
      confFixture('more logins', { 'zone=login:4m rate=5r/m': 'zone=login:4m rate=50r/m' }),
      confFixture('more at once', { 'zone=login burst=4': 'zone=login burst=400' }),
      confFixture('logins a second', { 'zone=login:4m rate=5r/m': 'zone=login:4m rate=5r/s' }),
      confFixture('another path counts as login', { '(?:/api/login)': '(?:/api/signin)' }),
      confFixture('in capitals it does not', { '"~*^(?:/api/login)': '"~^(?:/api/login)' }),
      confFixture('writes are free', { '"api:" write;': '"api:" "";' }),
      confFixture('reads are free', {
        'default hourly; }\n  map $limit $login_key': 'default ""; }\n  map $limit $login_key',
      }),
      confFixture('everybody shares one count', {
        'map $limit $login_key { login $client;': 'map $limit $login_key { login all;',
      }),
      confFixture('nobody is counted', {
        'map $limit $hourly_key { "" ""; default $client; }': 'map $limit $hourly_key { default ""; }',
      }),
      confFixture('IPv6 by single address', { '"~(?s)^(?<ipv6_network>.{8}).{8}$" $ipv6_network;': '' }),
      confFixture('503 for a limit', { 'limit_req_status 429': 'limit_req_status 503' }),
      confFixture('a rehearsal', { 'limit_req_status 429;': 'limit_req_status 429; limit_req_dry_run on;' }),
      confFixture('no word when to come back', { '"429:REJECTED:" $limit_pause;': '' }),
      confFixture(
        'more than the checklist allows',
        { 'rate=8r/m': 'rate=80r/m', 'burst=519': 'burst=5199' },
        {
          limits: { loginsPerMinute: 5, writesPerMinute: 10, requestsPerHour: 10_000, bodyKiB: 8, headerKiB: 16 },
        },
      ),
      confFixture('memory for a few', { 'zone=hourly:4m': 'zone=hourly:8k' }),
    ],
  },
};

function numbers({ promises: { limits } }: RenderedProxy): readonly FileFault[] {
  return Object.entries(MOST)
    .filter(([name, most]) => !((limits[name] ?? Infinity) <= most))
    .map(([name, most]) => ({ found: `limits.${name} ${limits[name] ?? 'missing'}`, expected: `at most ${most}` }));
}

/** Which zone counts a request, as the keys say. */
function counted(proxy: RenderedProxy): readonly FileFault[] {
  const { promises, http, value } = proxy;
  const keys = new Map(named(http, 'limit_req_zone').map(({ args }) => [zoneName(args[1]), args[0] as string]));
  const zonesOf = (uri: string, request_method: string) =>
    ['login', 'write', 'hourly'].filter(
      (zone) => value(keys.get(zone) ?? '', requestFor(uri, { request_method, binary_remote_addr: CLIENT })) === CLIENT,
    );
  const bare = promises.loginPaths.map((path) => path.replace(/\/+$/, ''));
  const logins = bare.flatMap((path) => [path, `${path}/`, path.toUpperCase(), `${path};a=b`]);
  const writes = promises.apiPaths.map((path) => `${path.replace(/\/+$/, '')}/anything`);
  const cases: (readonly [string, string, string])[] = [
    ...logins.map((path) => [path, 'POST', 'login and hourly'] as const),
    ...writes.flatMap((path) =>
      ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [path, method, 'write and hourly'] as const),
    ),
    ...writes.map((path) => [path, 'GET', 'hourly'] as const),
    ['/', 'GET', 'hourly'],
    ['/elsewhere', 'POST', 'hourly'],
  ];
  return cases
    .filter(([uri, method, zone]) => zonesOf(uri, method).join(' and ') !== zone)
    .map(([uri, method, zone]) => ({
      found: `${method} ${uri} counts as ${zonesOf(uri, method).join(' and ') || 'nothing'}`,
      expected: zone,
    }));
}

/** Rates, bursts and memory. */
function zones(proxy: RenderedProxy): readonly FileFault[] {
  const { promises, http, every } = proxy;
  const { loginsPerMinute = 0, writesPerMinute = 0, requestsPerHour = 0 } = promises.limits;
  const location = locationOf(ownServer(proxy), '/') ?? [];
  const used = named(every, 'limit_req');
  const wanted = [
    { zone: 'login', rate: loginsPerMinute, burst: loginsPerMinute - 1 },
    { zone: 'write', rate: writesPerMinute, burst: writesPerMinute - 1 },
    { zone: 'hourly', rate: Math.max(1, Math.floor(requestsPerHour / 2 / MINUTE)), burst: requestsPerHour },
  ];
  return [
    ...(used.length === wanted.length
      ? []
      : [{ at: used.at(-1), found: `${used.length} limits in use`, expected: `${wanted.length}, in location /` }]),
    ...wanted.flatMap(({ zone, rate, burst }): FileFault[] => {
      const made = named(http, 'limit_req_zone').filter(({ args }) => zoneName(args[1]) === zone);
      const [, mebibytes] = /:(\d+)m$/.exec(made[0]?.args[1] ?? '') ?? [];
      const [, perMinute] = /^rate=(\d+)r\/m$/.exec(made[0]?.args[2] ?? '') ?? [];
      const use = named(location, 'limit_req').filter(({ args }) => args[0] === `zone=${zone}`);
      const [, held = '0'] = /^burst=(\d+)$/.exec(use[0]?.args[1] ?? '') ?? [];
      const total = zone === 'hourly' ? Number(held) + 1 + Number(perMinute) * MINUTE : 0;
      const faults: FileFault[] = [];
      if (made.length !== 1 || Number(perMinute ?? Infinity) > rate || Number(mebibytes ?? 0) < 1) {
        faults.push({
          at: made[0],
          found: made.map(written).join() || `no zone ${zone}`,
          expected: `rate=${rate}r/m in 1m or more`,
        });
      }
      if (
        use.length !== 1 ||
        use[0]?.args.at(-1) !== 'nodelay' ||
        Number(held) > burst ||
        total > Math.max(requestsPerHour, 120)
      ) {
        faults.push({
          at: use[0],
          found: use.map(written).join() || `zone ${zone} unused`,
          expected: `limit_req zone=${zone} within the promised number`,
        });
      }
      return faults;
    }),
  ];
}

function answers(proxy: RenderedProxy): readonly FileFault[] {
  const { value } = proxy;
  const header = headerValue(proxy, 'Retry-After') ?? '';
  const status = { status: '429', limit_req_status: 'REJECTED' };
  const seconds = Number(value(header, requestFor('/', status)));
  const rate = value(headerValue(proxy, 'RateLimit') ?? '', requestFor('/', status));
  const [client] = named(proxy.http, 'map').filter(({ args }) => args[1] === '$client');
  const network = /^"?~\(\?s\)\^\(\?<(\w+)>\.\{8\}\)\.\{8\}\$ \$\1$/.test(
    written(client?.block?.[0] ?? client ?? NOTHING),
  );
  return [
    ...throughout(proxy, 'limit_req_status', '429'),
    ...named(proxy.every, 'limit_req_dry_run').map((at) => ({ at, found: written(at), expected: 'limits that act' })),
    ...(seconds > 0 ? [] : [{ found: 'a limited client is not told when to come back', expected: 'Retry-After' }]),
    ...(/^"hourly";r=0;t=\d+$/.test(rate)
      ? []
      : [{ found: `RateLimit ${rate || 'missing'}`, expected: '"hourly";r=0;t=…' }]),
    ...(network
      ? []
      : [{ at: client, found: 'IPv6 clients counted by address', expected: 'by /64: one subscriber has 2^64' }]),
  ];
}

const NOTHING = { name: '', args: [], line: 0 };
const zoneName = (zone = ''): string => zone.replace(/^zone=|:.*$/g, '');
