import { everyTier, type RuleControl } from '../control';
import { containerNamed, plainSettings } from '../rules/containers';
import { type FileFault, guardProxy, headerValue, named, type RenderedProxy } from '../rules/proxy';
import { confFixture, soundProxy } from '../rules/proxy-samples';

const ORIGIN = 'Access-Control-Allow-Origin';

export const control: RuleControl = {
  id: 'proxy-origins-named',
  title: 'Only the named origins may read answers of the API, and the app is told the same ones',
  holds: ['E08/enforce'],
  tiers: everyTier,
  why: 'Any site that a user visits could read what the API answers to that user.',
  remedy: 'Name origins under app.corsOrigins; the proxy compares them as a whole.',
  ...guardProxy((proxy) => [...shared(proxy), ...agreed(proxy), ...answered(proxy)]),
  fixtures: {
    pass: [
      soundProxy,
      confFixture('no origin', { '"https://portal.example.com" "https://portal.example.com"; ': '' }, { origins: [] }),
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
      confFixture('caches mix origins', { 'map $is_api $vary { 1 Origin;': 'map $is_api $vary { 1 "";' }),
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

function answered(proxy: RenderedProxy): readonly FileFault[] {
  const { http, promises, value } = proxy;
  const hidden = named(http, 'proxy_hide_header').map(({ args }) => args[0]);
  const vary = headerValue(proxy, 'Vary') ?? '';
  const unvaried =
    promises.origins.length > 0 ? promises.apiPaths.filter((uri) => value(vary, { uri }) !== 'Origin') : [];
  const credentials = named(http, 'add_header').filter(({ args }) => args[0] === 'Access-Control-Allow-Credentials');
  return [
    ...[ORIGIN, 'Access-Control-Allow-Credentials']
      .filter((name) => !hidden.includes(name))
      .map((name) => ({ found: `${name} of the app passes`, expected: `proxy_hide_header ${name}` })),
    ...credentials.map((at) => ({ at, found: 'credentials for other sites', expected: 'none: the API takes tokens' })),
    ...unvaried.map((path) => ({ found: `no Vary at ${path}`, expected: 'Vary: Origin' })),
  ];
}
