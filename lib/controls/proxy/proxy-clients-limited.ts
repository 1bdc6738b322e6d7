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
import { confFixture, soundProxy } from '../rules/proxy/samples';

const MINUTE = 60;
/** Memory for 8,000 clients each; three zones must fit beside everything else. */
const MOST_MEBIBYTES = 16;
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
        {
          'rate=8r/m': 'rate=1r/m',
          'burst=519': 'burst=24',
          'r=0;t=8': 'r=0;t=60',
          'hourly 8;': 'hourly 60;',
          'q=1000;': 'q=50;',
        },
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
        '"api:" write; default hourly; }': '"api:" write; default ""; }',
      }),
      confFixture('everybody shares one count', {
        'map $limit $login_key { login $client;': 'map $limit $login_key { login all;',
      }),
      confFixture('health is free', {
        'limit_req_zone $client': 'limit_req_zone $counted',
        'map $limit $login_key': 'map $uri $counted { /health ""; default $client; }\n  map $limit $login_key',
      }),
      confFixture('a word for the wrong limit', { 'login 12; write 6;': 'login 6; write 12;' }),
      confFixture('another policy', { 'q=1000;w=3600': 'q=5000;w=3600' }),
      confFixture('told without a reason', { 'REJECTED $limit;': 'REJECTED $limit; PASSED $limit;' }),
      confFixture('nobody is counted', {
        'limit_req_zone $client': 'limit_req_zone $nobody',
        'map $limit $login_key': 'map $limit $nobody { default ""; }\n  map $limit $login_key',
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

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];
const READS = ['GET', 'HEAD', 'OPTIONS'];

/** Which zone counts a request, as the keys say. */
function counted(proxy: RenderedProxy): readonly FileFault[] {
  const { promises, http, value } = proxy;
  const keys = new Map(named(http, 'limit_req_zone').map(({ args }) => [zoneName(args[1]), args[0] as string]));
  const keyOf = (zone: string, uri: string, request_method: string) =>
    value(keys.get(zone) ?? '', requestFor(uri, { request_method, binary_remote_addr: CLIENT }));
  // A key that is no address is one count for everybody.
  const zonesOf = (uri: string, method: string) =>
    ['login', 'write', 'hourly'].flatMap((zone) => {
      const key = keyOf(zone, uri, method);
      return key === '' ? [] : [key === CLIENT ? zone : `${zone} of all together`];
    });
  const bare = (paths: readonly string[]) => paths.map((path) => path.replace(/\/+$/, ''));
  const under = (path: string) => bare(promises.apiPaths).some((api) => path.startsWith(`${api}/`));
  const logins = bare(promises.loginPaths).flatMap((path) =>
    [path, path.toUpperCase()].concat(['/', ';a=b', '/;a=b', '.', ' ', '. /'].map((rest) => `${path}${rest}`)),
  );
  const writes = bare(promises.apiPaths).flatMap((path) =>
    [`${path}/anything`, `${path.toUpperCase()}/X`, path].concat(
      ['/', ';a=b', '.', ' ', '. /x'].map((rest) => `${path}${rest}`),
    ),
  );
  const others = [
    ...bare(promises.loginPaths).flatMap((path) => [`${path}s`, `${path}/x`, `/x${path}`]),
    ...bare(promises.apiPaths).flatMap((path) => [`${path}s/x`, `/x${path}/`]),
  ].filter((path) => !writes.includes(path) && !logins.includes(path));
  const cases: (readonly [string, string, string])[] = [
    ...logins.flatMap((path) => WRITES.map((method) => [path, method, 'login and hourly'] as const)),
    ...writes
      .filter((path) => !logins.includes(path))
      .flatMap((path) => WRITES.map((method) => [path, method, 'write and hourly'] as const)),
    ...[...writes, ...logins, '/', '/elsewhere'].flatMap((path) =>
      READS.map((method) => [path, method, 'hourly'] as const),
    ),
    ...others.map((path) => [path, 'POST', under(path) ? 'write and hourly' : 'hourly'] as const),
    ...promises.healthPaths.flatMap((path) => READS.map((method) => [path, method, 'hourly'] as const)),
    ['/elsewhere', 'POST', 'hourly'],
  ];
  return cases
    .filter(([uri, method, zone]) => zonesOf(uri, method).join(' and ') !== zone)
    .map(([uri, method, zone]) => ({
      found: `${method} ${uri} counts as ${zonesOf(uri, method).join(' and ') || 'nothing'}`,
      expected: zone || 'nothing',
    }));
}

/** What nginx is told of each limit: whole requests a minute, so an hourly number is half at once, half spread. */
function limitsOf({ promises }: RenderedProxy) {
  const { loginsPerMinute = 0, writesPerMinute = 0, requestsPerHour = 0 } = promises.limits;
  const trickle = Math.max(1, Math.floor(requestsPerHour / 2 / MINUTE));
  const atOnce = Math.max(Math.ceil(requestsPerHour / 2), requestsPerHour - trickle * MINUTE);
  return [
    { zone: 'login', rate: loginsPerMinute, burst: loginsPerMinute - 1, quota: loginsPerMinute, window: MINUTE },
    { zone: 'write', rate: writesPerMinute, burst: writesPerMinute - 1, quota: writesPerMinute, window: MINUTE },
    { zone: 'hourly', rate: trickle, burst: atOnce - 1, quota: requestsPerHour, window: MINUTE * MINUTE },
  ];
}

/** Rates, bursts and memory. */
function zones(proxy: RenderedProxy): readonly FileFault[] {
  const { http, every } = proxy;
  const location = locationOf(ownServer(proxy), '/') ?? [];
  const used = named(every, 'limit_req');
  const wanted = limitsOf(proxy);
  return [
    ...(used.length === wanted.length
      ? []
      : [{ at: used.at(-1), found: `${used.length} limits in use`, expected: `${wanted.length}, in location /` }]),
    ...wanted.flatMap(({ zone, rate, burst }): FileFault[] => {
      const made = named(http, 'limit_req_zone').filter(({ args }) => zoneName(args[1]) === zone);
      const [, mebibytes = '0'] = /^zone=\w+:(\d+)m$/.exec(made[0]?.args[1] ?? '') ?? [];
      const use = named(location, 'limit_req').filter(({ args }) => args[0] === `zone=${zone}`);
      const expected = `limit_req zone=${zone}${burst > 0 ? ` burst=${burst}` : ''} nodelay`;
      const right =
        made.length === 1 &&
        made[0]?.args.slice(2).join(' ') === `rate=${rate}r/m` &&
        Number(mebibytes) >= 1 &&
        Number(mebibytes) <= MOST_MEBIBYTES;
      return [
        ...(right
          ? []
          : [
              {
                at: made[0],
                found: made.map(written).join() || `no zone ${zone}`,
                expected: `rate=${rate}r/m in 1m to ${MOST_MEBIBYTES}m`,
              },
            ]),
        ...(use.map(written).join() === expected
          ? []
          : [{ at: use[0], found: use.map(written).join() || `zone ${zone} unused`, expected }]),
      ];
    }),
  ];
}

function answers(proxy: RenderedProxy): readonly FileFault[] {
  const { value, http } = proxy;
  const [client] = named(http, 'map').filter(({ args }) => args[1] === '$client');
  // The first eight bytes of an address of IPv6; one of IPv4 has four.
  const counted = ['0123456789abcdef', '0123'].map((binary_remote_addr) =>
    value('$client', requestFor('/', { binary_remote_addr })),
  );
  return [
    ...throughout(proxy, 'limit_req_status', '429'),
    ...named(proxy.every, 'limit_req_dry_run').map((at) => ({ at, found: written(at), expected: 'limits that act' })),
    ...told(proxy),
    ...(counted.join() === '01234567,0123'
      ? []
      : [
          {
            at: client,
            found: `clients counted as ${counted.join()}`,
            expected: 'IPv6 by /64: one subscriber has 2^64',
          },
        ]),
  ];
}

/** What a client hears: of the limit that refused it, and of none when the proxy let it on. */
function told(proxy: RenderedProxy): readonly FileFault[] {
  const { promises, value } = proxy;
  const [login] = promises.loginPaths;
  const [api] = promises.apiPaths;
  const requests = new Map([
    ['hourly', requestFor('/elsewhere')],
    ...(login === undefined ? [] : [['login', requestFor(login, { request_method: 'POST' })] as const]),
    ...(api === undefined
      ? []
      : [['write', requestFor(`${api.replace(/\/+$/, '')}/x`, { request_method: 'POST' })] as const]),
  ]);
  return limitsOf(proxy).flatMap(({ zone, rate, quota, window }) => {
    const request = requests.get(zone);
    const pause = Math.ceil(MINUTE / rate);
    const headers = [
      ['Retry-After', String(pause)],
      ['RateLimit', `"${zone}";r=0;t=${pause}`],
      ['RateLimit-Policy', `"${zone}";q=${quota};w=${window}`],
    ] as const;
    return headers.flatMap(([header, refused]) => {
      const variable = headerValue(proxy, header) ?? '';
      const cases = [
        [{ status: '429', limit_req_status: 'REJECTED' }, refused],
        [{ status: '200', limit_req_status: 'PASSED' }, ''],
        [{ status: '429', limit_req_status: 'PASSED' }, ''],
        [{ status: '404' }, ''],
      ] as const;
      return cases
        .filter(([answer, expected]) => request && value(variable, { ...request, ...answer }) !== expected)
        .map(([answer, expected]) => ({
          found: `${header} ${request && value(variable, { ...request, ...answer })} with ${answer.status} by ${zone}`,
          expected: expected || 'none',
        }));
    });
  });
}

const zoneName = (zone = ''): string => zone.replace(/^zone=|:.*$/g, '');
