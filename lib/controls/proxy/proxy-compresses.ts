import { everyTier, type RuleControl } from '../control';
import {
  type FileFault,
  guardProxy,
  locationOf,
  named,
  ownServer,
  type RenderedProxy,
  throughout,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

/** Types that pages are made of. */
const TYPES = [
  ...['application/javascript', 'application/json', 'application/manifest+json', 'application/problem+json'],
  ...['application/xml', 'image/svg+xml', 'text/css', 'text/csv', 'text/javascript', 'text/plain', 'text/xml'],
];
/** Types that are compressed already. */
const PACKED = /^(\*$|image\/(?!svg)|video\/|audio\/|font\/woff|application\/(zip|gzip|pdf))/;

export const control: RuleControl = {
  id: 'proxy-compresses',
  title: 'Text is compressed on its way to the client, but for answers to requests that carry a session or a password',
  holds: ['E09/enforce'],
  tiers: everyTier,
  why: 'Pages load slowly without it; with it, a secret beside what an attacker can write is told by the length of the answer (BREACH).',
  remedy: 'Leave gzip to lib/constructs/proxy/compression.ts.',
  ...guardProxy((proxy) => [...on(proxy), ...types(proxy), ...secrets(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('off', { 'gzip on;': 'gzip off;' }),
      confFixture('not behind a load balancer', { 'gzip_proxied any;': '' }),
      confFixture('caches mix both', { 'gzip_vary on;': '' }),
      confFixture('no JSON', {
        ' application/json application/manifest+json application/problem': ' application/problem',
      }),
      confFixture('blind to passwords', { '"~*^bearer " "";': '"~*^bearer " ""; "~*^basic " "";' }),
      confFixture('everything', { 'gzip_types application/javascript': 'gzip_types * application/javascript' }),
      confFixture('beside a session', { 'if ($ambient_credentials) { gzip off; }': '' }),
      confFixture('blind to cookies', {
        'map $http_cookie $ambient_credentials { "" $ambient_authorization; default 1; }':
          'map $http_cookie $ambient_credentials { default ""; }',
      }),
      confFixture('on again', { 'autoindex off;': 'autoindex off; gzip_static always; gzip off;' }),
    ],
  },
};

function on(proxy: RenderedProxy): readonly FileFault[] {
  const http = named(proxy.http, 'gzip').map(written).join();
  const below = named(proxy.every, 'gzip').filter((each) => !proxy.http.includes(each));
  return [
    ...(http === 'gzip on' ? [] : [{ found: http || 'no gzip', expected: 'gzip on' }]),
    ...(below.length === 1
      ? []
      : [{ at: below[1], found: `gzip told in ${below.length} blocks`, expected: 'one, beside proxy_pass' }]),
    ...throughout(proxy, 'gzip_vary', 'on'),
    ...throughout(proxy, 'gzip_proxied', 'any'),
  ];
}

const types = (proxy: RenderedProxy): readonly FileFault[] =>
  throughout(proxy, 'gzip_types', {
    words: `${TYPES.join(' ')} and other text`,
    fits: (args) => {
      const each = args.split(' ');
      return TYPES.every((type) => each.includes(type)) && !each.some((type) => PACKED.test(type));
    },
  });

/** Cookie, Authorization, and whether a browser sends such by itself; a token is set by a script that knows it. */
const SENT = [
  ['session=a', '', '1'],
  ['', '', ''],
  ['', 'Bearer a', ''],
  ['', 'bearer a', ''],
  ['', 'Basic a', '1'],
  ['', 'Negotiate Bearer a', '1'],
  ['', 'Bearers a', '1'],
  ['session=a', 'Bearer a', '1'],
] as const;

/** What the browser sends by itself is what an attacker can make it send. */
function secrets(proxy: RenderedProxy): readonly FileFault[] {
  const app = locationOf(ownServer(proxy), '@app') ?? [];
  const [condition] = named(app, 'if');
  const off =
    condition?.args.join(' ') === '($ambient_credentials)' && condition.block?.map(written).join() === 'gzip off';
  const wrong = off
    ? SENT.find(([http_cookie, http_authorization, expected]) => {
        return proxy.value('$ambient_credentials', { http_cookie, http_authorization }) !== expected;
      })
    : SENT[0];
  return wrong === undefined
    ? []
    : [
        {
          at: condition,
          found: `Cookie ${wrong[0] || 'none'} and Authorization ${wrong[1] || 'none'} taken for ${wrong[2] === '' ? 'credentials' : 'none'}`,
          expected: 'gzip off where the browser sent a cookie or a password by itself',
        },
      ];
}
