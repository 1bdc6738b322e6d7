import { everyTier, type RuleControl } from '../control';
import type { RequestVariables } from '../rules/proxy/nginx-variables';
import {
  type FileFault,
  guardProxy,
  named,
  type RenderedProxy,
  requestFor,
  strangersTo,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

/** Fields that alarms, reviews and whoever looks into an incident need: text in quotes, numbers or null without. */
const FIELDS: Readonly<Record<string, string>> = {
  log: '"access"',
  time: '"$time_iso8601"',
  request_id: '"$request_id"',
  trace_id: '"$http_x_amzn_trace_id"',
  client: '"$remote_addr"',
  method: '"$sent_method"',
  host: '"$host"',
  path: '"$path_without_query"',
  protocol: '"$server_protocol"',
  tls: '"$client_tls"',
  user_agent: '"$http_user_agent"',
  referrer: '"$referrer_without_query"',
  limited: '"$limited"',
  blocked: '"$blocked_why"',
  status: '$status_number',
  bytes: '$body_bytes_sent',
  request_bytes: '$request_length',
  seconds: '$request_time',
  app_status: '$app_status',
  app_seconds: '$app_seconds',
};
const HEALTH = ['200', '503', '404'];
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
  ...guardProxy((proxy) => [...format(proxy), ...targets(proxy), ...meant(proxy)]),
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
      confFixture('what nginx made of the request', { '"~^(?<verb>[A-Z]+) " $verb;': '' }),
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
  const fields = text.replace(/^\{|\}$/g, '').split(',');
  const missing = Object.entries(FIELDS)
    .filter(([name, value]) => !fields.includes(`"${name}":${value}`))
    .map(([name]) => name);
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
    ...(health.length > 0 && HEALTH.map((status) => proxy.value('$unwell', { status })).join() !== '0,1,1'
      ? [{ found: 'failed health checks leave no line', expected: '$unwell for all but 200' }]
      : []),
    // From `error` down nginx writes the request line, query and all.
    ...(level.length === 1 && /^error_log stderr (crit|alert|emerg)$/.test(level[0] as string)
      ? []
      : [{ found: level.join() || 'no error_log', expected: 'error_log stderr crit' }]),
  ];
}

const SECRET_URL = 'https://ums.example.com/reset?token=secret';
const TRACE_METHOD = { request: 'TRACE / HTTP/1.1', request_method: 'GET' };

/** What a variable of the line must be for a request. */
const MEANINGS: readonly (readonly [variable: string, request: RequestVariables, expected: string])[] = [
  ['$path_without_query', { request_uri: '/reset?token=secret' }, '/reset'],
  ['$path_without_query', { request_uri: '/reset#token=secret' }, '/reset'],
  ['$path_without_query', { request_uri: '/a/b;c' }, '/a/b;c'],
  ['$referrer_without_query', { http_referer: SECRET_URL }, 'https://ums.example.com/reset'],
  ['$referrer_without_query', { http_referer: SECRET_URL.replace('?', '#') }, 'https://ums.example.com/reset'],
  // nginx answers an error as if the method was GET.
  ['$sent_method', TRACE_METHOD, 'TRACE'],
  ['$sent_method', { request: 'POST /x HTTP/1.1', request_method: 'POST' }, 'POST'],
  ['$sent_method', { request: 'xTRACE /', request_method: 'GET' }, 'GET'],
  ['$sent_method', { request: 'x y', request_method: 'GET' }, 'GET'],
  ['$sent_method', { request: '', request_method: 'GET' }, 'GET'],
  ['$client_tls', { http_x_amzn_tls_version: 'TLSv1.2', ssl_protocol: 'TLSv1.3' }, 'TLSv1.2'],
  ['$client_tls', { ssl_protocol: 'TLSv1.3' }, 'TLSv1.3'],
  // No number of JSON begins with a zero.
  ['$status_number', { status: '009' }, '0'],
  ['$status_number', { status: '000' }, '0'],
  ['$status_number', { status: '200' }, '200'],
  ['$status_number', { status: '500' }, '500'],
  ['$app_status', { upstream_status: '502, 200' }, '200'],
  ['$app_status', { upstream_status: '404' }, '404'],
  ['$app_status', { upstream_status: '999' }, '999'],
  ['$app_status', { upstream_status: '-' }, 'null'],
  ['$app_status', { upstream_status: '000' }, 'null'],
  ['$app_status', { upstream_status: '200, -' }, 'null'],
  ['$app_seconds', { upstream_response_time: '0.001, 12.250' }, '12.250'],
  ['$app_seconds', { upstream_response_time: '0.003' }, '0.003'],
  ['$app_seconds', { upstream_response_time: '0.003, -' }, 'null'],
  ['$app_seconds', {}, 'null'],
  ['$blocked_why', { status: '421', ...requestFor('/.env') }, 'host'],
  ['$blocked_why', { status: '404', ...requestFor('/.env') }, 'debris'],
  ['$blocked_why', { status: '400', ...requestFor('/x', { request_uri: '/a/../x' }) }, 'spelling'],
  ['$blocked_why', { status: '414', ...requestFor(`/${'a'.repeat(5000)}`) }, 'length'],
  ['$blocked_why', { status: '405', ...requestFor('/', { request_method: 'TRACE' }) }, 'method'],
  ['$blocked_why', { status: '200', ...requestFor('/') }, ''],
  ['$blocked_why', { status: '404', ...requestFor('/nothing') }, ''],
  // Asked by the log where an error comes before the fences: the address is our page's by then.
  ...['json', 'html', 'range', 'late'].map(
    (page) => ['$blocked_why', { status: '400', ...requestFor(`/.breakwater/error-${page}`) }, ''] as const,
  ),
];

function meant({ value, promises }: RenderedProxy): readonly FileFault[] {
  const [api] = promises.apiPaths;
  const [admin] = promises.adminPaths;
  const stranger = strangersTo(promises)[0] ?? '';
  const preflight = { request_method: 'OPTIONS', http_access_control_request_method: 'PUT' };
  const cases = [
    ...MEANINGS,
    ...(api === undefined
      ? []
      : [
          [
            '$blocked_why',
            { ...requestFor(api, { ...preflight, http_origin: 'https://evil.example' }), status: '403' },
            'origin',
          ] as const,
        ]),
    ...(admin === undefined
      ? []
      : [['$blocked_why', requestFor(admin, { status: '403', remote_addr: stranger }), 'admin'] as const]),
    ...['REJECTED', 'PASSED', ''].map(
      (limit_req_status) =>
        ['$limited', requestFor('/', { limit_req_status }), limit_req_status === 'REJECTED' ? 'hourly' : ''] as const,
    ),
  ];
  return cases
    .filter(([variable, request, expected]) => value(variable, request) !== expected)
    .map(([variable, request, expected]) => ({
      found: `${variable} is ${value(variable, request) || 'empty'} for ${JSON.stringify(request).slice(0, 200)}`,
      expected: expected || 'nothing',
    }));
}
