import { everyTier, type RuleControl } from '../control';
import {
  type FileFault,
  guardProxy,
  headerValue,
  locationOf,
  named,
  ownServer,
  type RenderedProxy,
  staticPrefixes,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

const FOLDER = '/breakwater/static';

export const control: RuleControl = {
  id: 'proxy-caches-named',
  title:
    'Static files are served from their volume and kept by caches; what the app answers is kept by nobody unless it says so',
  holds: ['E10/enforce'],
  tiers: everyTier,
  why: 'A page of one user kept by a cache is shown to the next; static files asked for anew make every page slow.',
  remedy: 'Name static files under app.staticFiles; leave the headers to lib/constructs/proxy/caching.ts.',
  ...guardProxy((proxy) => [...headers(proxy), ...files(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('pages are kept', { 'default no-store;\n  }': 'default "public, max-age=60";\n  }' }),
      confFixture('a date is no fingerprint', { '(?=[0-9]*[a-f])': '' }),
      confFixture('a thousand parts', { 'max_ranges 1;': 'max_ranges 1000;' }),
      confFixture('errors are kept', { '304 $cache_by_name; default no-store;': 'default $cache_by_name;' }),
      confFixture('files are not', { '"~^(?:/static/)" "public, max-age=3600"': '"~^(?:/static/)" no-store' }),
      confFixture('fingerprints are asked for anew', { 'max-age=31536000, immutable': 'max-age=60' }),
      confFixture('the app is not heard', {
        'map $sent_http_cache_control $cache_control { "" $cache_by_status; default ""; }':
          'map $sent_http_cache_control $cache_control { default $cache_by_status; }',
      }),
      confFixture('no header', { 'add_header Cache-Control $cache_control always;': '' }),
      confFixture('files of the app', { 'root /breakwater/static;': 'proxy_pass http://app;' }),
      confFixture('files of the whole image', { 'root /breakwater/static;': 'root /;' }),
      confFixture('folders are listed', { 'autoindex off;': 'autoindex on;' }),
      confFixture('links lead out', { 'disable_symlinks on;': 'disable_symlinks off;' }),
      confFixture('no such path', {}, { staticPaths: ['/static/', '/media/'] }),
    ],
  },
};

const NOT = /^no-store$/;
const HOUR = /^public, max-age=3600$/;
const YEAR = /^public, max-age=31536000, immutable$/;
const inQuery = (name: string): string => `app.css?${name}=0123abcd`;

function headers(proxy: RenderedProxy): readonly FileFault[] {
  const header = headerValue(proxy, 'Cache-Control');
  if (header === undefined)
    return [{ found: 'Cache-Control not once and always', expected: 'a variable of path and status' }];
  const prefixes = staticPrefixes(proxy.promises);
  const ask = (target: string, status: string, sent = '') => {
    const [uri = '', args = ''] = target.split('?');
    return proxy.value(header, { uri, request_uri: target, args, status, sent_http_cache_control: sent });
  };
  const wrong = (uri: string, status: string, found: string, expected: string): FileFault => ({
    found: `Cache-Control ${found || 'nothing'} for ${uri} with ${status}`,
    expected,
  });
  const cases: (readonly [uri: string, status: string, sent: string, fits: RegExp, expected: string])[] = [
    ...['200', '206', '304', '301', '404', '500'].map((status) => ['/', status, '', NOT, 'no-store'] as const),
    ...[
      '/users/app.0123abcd.css',
      '/x?v=0123abcd',
      '/x/static/app.0123abcd.css',
      '/x/static/a.css?v=0123abcd',
      '/statics/a.css',
      '/api/static',
    ]
      .filter((uri) => !prefixes.some((prefix) => uri.startsWith(prefix)))
      .map((uri) => [uri, '200', '', NOT, 'no-store'] as const),
    ['/', '200', 'public, max-age=5', /^$/, 'what the app said, alone'],
    ...prefixes.flatMap((prefix) => [
      ...[
        'app.css',
        'report-20240131.pdf',
        'effaced-facade.css',
        'app.deadbeef.css',
        `app.${'0a'.repeat(40)}.css`,
        'app.0123ab.css',
        'app.css?v=1',
      ].map((name) => [`${prefix}${name}`, '200', '', HOUR, 'public, max-age=3600'] as const),
      ...[
        'app.css?x=0123abcd',
        'app.css?v=1a',
        'app.css?v=deadbeef',
        'app.css?v=20240131',
        `app.css?v=${'0a'.repeat(40)}`,
        'app.css?v=0123abcd&x=1',
        '0123abcd/app.css',
      ].map((name) => [`${prefix}${name}`, '200', '', HOUR, 'public, max-age=3600'] as const),
      ...['app.0123abcd.css', 'a/app-0123abcd89.min.js.map', ...['v', 'h', 'hash', 'version'].map(inQuery)].flatMap(
        (name) =>
          ['200', '206', '304'].map((status) => [`${prefix}${name}`, status, '', YEAR, 'a year, immutable'] as const),
      ),
      ...['301', '404', '500'].map((status) => [`${prefix}app.0123abcd.css`, status, '', NOT, 'no-store'] as const),
    ]),
  ];
  return cases.flatMap(([uri, status, sent, fits, expected]) => {
    const found = ask(uri, status, sent);
    return fits.test(found) ? [] : [wrong(uri, status, found, expected)];
  });
}

function files(proxy: RenderedProxy): readonly FileFault[] {
  const server = ownServer(proxy);
  return staticPrefixes(proxy.promises).flatMap((prefix) => {
    const location = locationOf(server, `^~ ${prefix}`);
    if (!location) return [{ found: `no location ^~ ${prefix}`, expected: 'one that serves files' }];
    return [`root ${FOLDER}`, 'autoindex off', 'disable_symlinks on', 'max_ranges 1', 'charset utf-8'].flatMap(
      (wanted) => {
        const found = named(location, wanted.split(' ')[0] as string).map(written);
        return found.join() === wanted
          ? []
          : [{ at: location[0], found: `${found.join() || `no ${wanted}`} for ${prefix}`, expected: wanted }];
      },
    );
  });
}
