import { everyTier, type RuleControl } from '../control';
import { containerNamed, plainSettings } from '../rules/compute/containers';
import { CORS } from '../rules/proxy/client-headers';
import type { RequestVariables } from '../rules/proxy/nginx-variables';
import {
  type FileFault,
  guardProxy,
  headerValue,
  locationOf,
  named,
  ownServer,
  type RenderedProxy,
  refusalOf,
  requestFor,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

const ORIGIN = 'Access-Control-Allow-Origin';

export const control: RuleControl = {
  id: 'proxy-origins-named',
  title: 'Only the named origins may read answers of the API, and the app is told the same ones',
  holds: ['E08/enforce'],
  tiers: everyTier,
  why: 'Any site that a user visits could read what the API answers to that user.',
  remedy: 'Name origins under app.corsOrigins; the proxy compares them as a whole.',
  ...guardProxy((proxy) => [...shared(proxy), ...agreed(proxy), ...preflights(proxy), ...answered(proxy)]),
  fixtures: {
    pass: [
      soundProxy,
      confFixture(
        'no origin',
        { '"https://portal.example.com" "https://portal.example.com"; ': '', '1 Origin;': '1 "";' },
        { origins: [] },
      ),
    ],
    refuse: [
      confFixture('any origin', {
        'add_header Access-Control-Allow-Origin $cors_origin': 'add_header Access-Control-Allow-Origin "*"',
      }),
      confFixture('whoever asks', {
        'map $http_origin $named_origin { "https': 'map $http_origin $named_origin { default $http_origin; "https',
        'portal.example.com"; default ""': 'portal.example.com"',
      }),
      confFixture('an origin that begins alike', {
        '{ "https://portal.example.com" "https://portal.example.com"': '{ "~^https://portal.example.com" $http_origin',
      }),
      confFixture('one that nobody named', {
        'default ""; }\n  map $is_api $cors_origin':
          '"https://evil.example" "https://evil.example"; default ""; }\n  map $is_api $cors_origin',
      }),
      confFixture('a named one is left out', { '"https://portal.example.com" "https://portal.example.com";': '' }),
      confFixture('outside the API', {
        'map $is_api $cors_origin { 1 $named_origin; default ""; }':
          'map $is_api $cors_origin { default $named_origin; }',
      }),
      confFixture('the app’s own answer passes', { 'proxy_hide_header Access-Control-Allow-Origin;': '' }),
      confFixture('credentials by the app', { 'proxy_hide_header Access-Control-Allow-Credentials;': '' }),
      confFixture('credentials by the proxy', {
        'add_header Vary': 'add_header Access-Control-Allow-Credentials true always; add_header Vary',
      }),
      confFixture('a stranger’s preflight is let on', { 'if ($preflight = refused) { return 403; }': '' }),
      confFixture('every method for named origins', { '"GET, HEAD, POST, PUT, PATCH, DELETE"': '"*"' }),
      confFixture('for a day', { 'answered "600";': 'answered "86400";' }),
      confFixture('told to everybody', {
        'answered "GET, HEAD, POST, PUT, PATCH, DELETE"; default "";': 'default "GET, HEAD, POST, PUT, PATCH, DELETE";',
      }),
      confFixture('caches mix origins', { 'map $is_api $vary_of_api { 1 Origin;': 'map $is_api $vary_of_api { 1 "";' }),
    ],
  },
};

/** Origins that look like a named one, or that browsers send for pages of nobody. */
const lookAlikes = (origin: string): readonly string[] => [
  'null',
  '*',
  'https://evil.example',
  `${origin}.evil.example`,
  origin.replace('://', '://x'),
  origin.replace(/^https:/, 'http:'),
  `${origin}:8443`,
];

/** A request of another site's page to a path. */
const from = (http_origin: string, uri: string) => ({ http_origin, uri, request_uri: uri, request_method: 'GET' });

function shared(proxy: RenderedProxy): readonly FileFault[] {
  const { promises, value } = proxy;
  const header = headerValue(proxy, ORIGIN);
  if (header === undefined) return [{ found: `${ORIGIN} not once and always`, expected: 'a variable of the origin' }];
  const paths = promises.apiPaths.length > 0 ? promises.apiPaths : ['/api/'];
  const strangers = (promises.origins[0] === undefined ? ['https://a.example'] : promises.origins).flatMap(lookAlikes);
  const asked = [
    ...promises.origins.flatMap((origin) => [
      ...promises.apiPaths.map((path) => ({ origin, path, expected: origin })),
      { origin, path: '/', expected: '' },
    ]),
    ...strangers
      .filter((origin) => !promises.origins.includes(origin))
      .flatMap((origin) => ['/', ...paths].map((path) => ({ origin, path, expected: '' }))),
  ];
  return asked.flatMap(({ origin, path, expected }) => {
    const found = value(header, from(origin, path));
    return found === expected
      ? []
      : [{ found: `${ORIGIN} ${found || 'nothing'} for ${origin} at ${path}`, expected: expected || 'nothing' }];
  });
}

/** The app has the same list, for what it decides itself. */
function agreed({ container, promises }: RenderedProxy): readonly FileFault[] {
  const app = containerNamed(container.task, 'app');
  const told = app && plainSettings(app).ALLOWED_ORIGINS;
  return told === undefined || String(told) === promises.origins.join(',')
    ? []
    : [{ found: `origins ${promises.origins.join(', ')}`, expected: `those of the app: ${String(told)}` }];
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ASKED = ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'X-CSRFToken', 'X-Requested-With'];
const EXPOSED = ['ETag', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-ID'];
/** Seconds for which a browser need not ask again: a name that is taken away still counts for so long. */
const SECONDS = '600';

/** What a browser that asks first is answered: status, and whether it is told what is allowed. */
function preflights(proxy: RenderedProxy): readonly FileFault[] {
  const { promises } = proxy;
  const location = locationOf(ownServer(proxy), '/') ?? [];
  const [origin] = promises.origins;
  const [api] = promises.apiPaths;
  const stranger = 'https://evil.example';
  const cases: (readonly [method: string, origin: string, asked: string, uri: string, status: number | undefined])[] = [
    ...(api === undefined
      ? []
      : ([
          ['OPTIONS', stranger, 'PUT', api, 403],
          ['OPTIONS', stranger, '', api, undefined],
          ['OPTIONS', '', 'PUT', api, undefined],
          ['OPTIONS', '', '', api, undefined],
          ['GET', stranger, 'PUT', api, undefined],
        ] as const)),
    ...(api === undefined || origin === undefined
      ? []
      : ([
          ['OPTIONS', origin, 'PUT', api, 204],
          ['OPTIONS', origin, '', api, undefined],
          ['GET', origin, 'PUT', api, undefined],
          ['POST', origin, '', api, undefined],
        ] as const)),
    ['OPTIONS', origin ?? stranger, 'PUT', '/', undefined],
    ['OPTIONS', stranger, 'PUT', '/', undefined],
  ];
  return cases.flatMap(([request_method, http_origin, http_access_control_request_method, uri, status]) => {
    const request = requestFor(uri, { request_method, http_origin, http_access_control_request_method });
    const words = `${request_method} ${uri} from ${http_origin || 'no origin'} that asks for ${http_access_control_request_method || 'nothing'}`;
    const found = refusalOf(proxy, location, request);
    const kind = proxy.value('$preflight', request);
    const meant = status === 204 ? 'answered' : status === 403 ? 'refused' : '';
    return [
      ...(kind === meant
        ? []
        : [{ found: `${words} is ${kind || 'no preflight'}`, expected: meant || 'no preflight' }]),
      ...(found === status ? [] : [{ found: `${words} is ${found ?? 'let on'}`, expected: `${status ?? 'let on'}` }]),
      ...wordsOf(proxy, request, status === 204, http_origin !== '' && http_origin === origin && uri === api).map(
        ([header, said, expected]) => ({
          found: `${header} ${said || 'nothing'} for ${words}`,
          expected: expected || 'nothing',
        }),
      ),
    ];
  });
}

/** Headers that say something else than they should. */
function wordsOf(proxy: RenderedProxy, request: RequestVariables, answered: boolean, shared: boolean) {
  const wanted = [
    ['Access-Control-Allow-Methods', answered ? METHODS.join(', ') : ''],
    ['Access-Control-Allow-Headers', answered ? ASKED.join(', ') : ''],
    ['Access-Control-Max-Age', answered ? SECONDS : ''],
    ['Access-Control-Expose-Headers', shared ? EXPOSED.join(', ') : ''],
  ] as const;
  return wanted
    .map(([header, expected]) => [header, proxy.value(headerValue(proxy, header) ?? '', request), expected] as const)
    .filter(([, said, expected]) => said !== expected);
}

function answered(proxy: RenderedProxy): readonly FileFault[] {
  const { http, promises, value } = proxy;
  const hidden = named(http, 'proxy_hide_header').map(({ args }) => args[0]);
  const vary = headerValue(proxy, 'Vary') ?? '';
  const shared = promises.origins.length > 0;
  const bare = promises.apiPaths.map((path) => path.replace(/\/+$/, ''));
  const cases = [
    ...bare.flatMap((uri) => [
      ...['', 'Accept', 'X-Origin', 'Original', 'X-Origin, Accept'].map(
        (sent) => [uri, sent, shared ? 'Origin' : ''] as const,
      ),
      ...[
        'Origin',
        'origin',
        'Accept, Origin',
        'Accept,Origin,Cookie',
        'Accept, Origin , Cookie',
        'Origin, Accept',
      ].map((sent) => [uri, sent, ''] as const),
    ]),
    ['/', '', ''] as const,
  ];
  return [
    ...CORS.filter((name) => !hidden.includes(name)).map((name) => ({
      found: `${name} of the app passes`,
      expected: `proxy_hide_header ${name}`,
    })),
    ...named(http, 'add_header')
      .filter(({ args }) => args[0] === 'Access-Control-Allow-Credentials')
      .map((at) => ({ at, found: 'credentials for other sites', expected: 'none: the API takes tokens' })),
    ...cases
      .filter(([uri, sent_http_vary, expected]) => value(vary, { uri, sent_http_vary }) !== expected)
      .map(([uri, sent, expected]) => ({
        found: `Vary ${value(vary, { uri, sent_http_vary: sent }) || 'nothing'} at ${uri} beside ${sent || 'none'}`,
        expected: expected || 'nothing',
      })),
  ];
}
