import { everyTier, type RuleControl } from '../control';
import { type FileFault, guardProxy, named, type RenderedProxy, written } from '../rules/proxy';
import { confFixture, soundProxy } from '../rules/proxy-samples';

/** Fields that alarms, reviews and whoever looks into an incident need. */
const FIELDS = {
  time: '$time_iso8601',
  request_id: '$request_id',
  client: '$remote_addr',
  method: '$sent_method',
  path: '$path_without_query',
  user_agent: '$http_user_agent',
  limited: '$limited',
} as const;
const NAMES = ['status', 'bytes', 'seconds', 'app_seconds', 'tls', 'blocked'];
/** Variables that carry tokens: queries, cookies, passwords. */
const SECRET =
  /\$\{?(request|request_uri|args|query_string|http_referer|http_cookie|cookie_\w+|arg_\w+|http_authorization|request_body|http_x_csrftoken)\b/;

export const control: RuleControl = {
  id: 'proxy-logs-requests',
  title: 'Each request leaves one line of JSON with who, what, how it ended and why it was refused, and no token',
  holds: ['L01/enforce', 'L06/enforce'],
  tiers: everyTier,
  why: 'Without the line nobody can tell what an attacker did; with a token in it the log is what the attacker wants.',
  remedy: 'Leave log_format to lib/constructs/proxy/access-log.ts.',
  ...guardProxy((proxy) => [...format(proxy), ...targets(proxy), ...redacted(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('no log', { 'access_log /dev/stdout access;': 'access_log off;' }),
      confFixture('a location without', { 'proxy_intercept_errors on;': 'proxy_intercept_errors on; access_log off;' }),
      confFixture('a file in the container', {
        'access_log /dev/stdout access;': 'access_log /tmp/access.log access;',
      }),
      confFixture('another form', { 'access_log /dev/stdout access;': 'access_log /dev/stdout combined;' }),
      confFixture('lines that a client can forge', { ' escape=json': '' }),
      confFixture('the query', { '"path":"$path_without_query"': '"path":"$request_uri"' }),
      confFixture('a path with its query', {
        'map $request_uri $path_without_query { "~^(?<path>[^?#]*)" $path; }':
          'map $request_uri $path_without_query { default $request_uri; }',
      }),
      confFixture('what nginx made of the request', { '"~^(?<verb>[A-Z]+) " $verb;': 'default $request_method;' }),
      confFixture('a referrer with its query', { '"~^(?<referrer>[^?#]*)" $referrer;': 'default $http_referer;' }),
      confFixture('the cookies', { '"limited":"$limited"': '"limited":"$limited","cookie":"$http_cookie"' }),
      confFixture('no client', { '"client":"$remote_addr",': '' }),
      confFixture('a client by its own word', { '"client":"$remote_addr"': '"client":"$http_x_forwarded_for"' }),
      confFixture('no reason', { '"limited":"$limited",': '' }),
      confFixture('not every request', {
        'access_log /dev/stdout access;': 'access_log /dev/stdout access if=$limited;',
      }),
      confFixture('errors with the query', { 'error_log stderr crit': 'error_log stderr info' }),
    ],
  },
};

function format({ http }: RenderedProxy): readonly FileFault[] {
  const formats = named(http, 'log_format');
  const [access] = formats;
  const text = access?.args.slice(2).join('') ?? '';
  const missing = [
    ...Object.entries(FIELDS)
      .filter(([name, value]) => !text.includes(`"${name}":"${value}"`))
      .map(([name]) => name),
    ...NAMES.filter((name) => !text.includes(`"${name}":`)),
  ];
  const faults: FileFault[] = [];
  if (formats.length !== 1 || access?.args[0] !== 'access' || access.args[1] !== 'escape=json') {
    faults.push({
      at: access,
      found: formats.map(({ args }) => args.slice(0, 2).join(' ')).join(),
      expected: 'access escape=json',
    });
  }
  if (missing.length > 0)
    faults.push({ at: access, found: `no ${missing.join(', ')}`, expected: 'each in every line' });
  if (SECRET.test(text))
    faults.push({
      at: access,
      found: `${SECRET.exec(text)?.[0]} in every line`,
      expected: 'nothing that carries tokens',
    });
  return faults;
}

/** Where lines go. Health checks of the load balancer may be left out while they succeed. */
function targets(proxy: RenderedProxy): readonly FileFault[] {
  const main = named(proxy.http, 'access_log').map(written).join();
  const strangers = proxy.servers[0]?.block ?? [];
  const health = named(strangers, 'location').flatMap(({ block = [] }) => named(block, 'access_log'));
  const others = named(proxy.every, 'access_log').filter((each) => !proxy.http.includes(each));
  const level = proxy.every.filter(({ name }) => name === 'error_log').map(written);
  return [
    ...(main === 'access_log /dev/stdout access'
      ? []
      : [{ found: main || 'no access_log', expected: 'access_log /dev/stdout access' }]),
    ...others
      .filter((each) => !health.includes(each) || written(each) !== 'access_log /dev/stdout access if=$unwell')
      .map((at) => ({ at, found: written(at), expected: 'what http says' })),
    ...(health.length > 0 &&
    ['200', '503', '404'].map((status) => proxy.value('$unwell', { status })).join() !== '0,1,1'
      ? [{ found: 'failed health checks leave no line', expected: '$unwell for all but 200' }]
      : []),
    // From `error` down nginx writes the request line, query and all.
    ...(level.length === 1 && /^error_log stderr (crit|alert|emerg)$/.test(level[0] as string)
      ? []
      : [{ found: level.join() || 'no error_log', expected: 'error_log stderr crit' }]),
  ];
}

function redacted(proxy: RenderedProxy): readonly FileFault[] {
  const target = '/reset?token=secret';
  const request = {
    request: `POST ${target} HTTP/1.1`,
    request_uri: target,
    http_referer: `https://ums.example.com${target}`,
    // Once nginx answers an error in the app's place, it has forgotten what was sent.
    request_method: 'GET',
  };
  const wanted = {
    $path_without_query: '/reset',
    $referrer_without_query: 'https://ums.example.com/reset',
    $sent_method: 'POST',
  };
  return Object.entries(wanted)
    .filter(([name, expected]) => proxy.value(name, request) !== expected)
    .map(([name, expected]) => ({ found: `${name} is ${proxy.value(name, request)} for ${target}`, expected }));
}
