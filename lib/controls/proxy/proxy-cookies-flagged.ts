import { everyTier, type RuleControl } from '../control';
import { type FileFault, guardProxy, named, type RenderedProxy, throughout } from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

export const control: RuleControl = {
  id: 'proxy-cookies-flagged',
  title: 'Every cookie leaves as Secure, HttpOnly and SameSite=Lax or Strict, whatever the app sets',
  holds: ['E07/enforce'],
  tiers: everyTier,
  why: 'A cookie that scripts can read or that other sites can send along gives sessions away.',
  remedy: 'Leave proxy_cookie_flags to lib/constructs/proxy/cookies.ts.',
  ...guardProxy((proxy) => [...throughout(proxy, 'proxy_cookie_flags', FLAGS), ...sameSite(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('no flags', { 'secure httponly $same_site;': 'nosecure nohttponly $same_site;' }),
      confFixture('scripts may read', { 'secure httponly': 'secure' }),
      confFixture('one cookie only', { '(?<named_cookie>.*)': '(?<named_cookie>session)' }),
      confFixture('other sites may send', { 'default samesite=lax': 'default samesite=none' }),
      confFixture('other sites may send what was strict', { 'samesite=strict;': 'samesite=lax;' }),
      confFixture('a flag that nginx does not know', { 'samesite=strict;': 'samesite=;' }),
      confFixture('one answer for all cookies', { 'volatile;\n    "~*^([^ ]+)': '"~*^([^ ]+)' }),
      confFixture('a location without', {
        'proxy_intercept_errors on;': 'proxy_intercept_errors on; proxy_cookie_flags off;',
      }),
    ],
  },
};

/** Each cookie by its name, so that `$same_site` can tell what the app asked for. */
const FLAGS = '~^(?<named_cookie>.*)$ secure httponly $same_site';
/** The name of a cookie, all that the app sends, and what becomes of the cookie. */
const SAMPLES: readonly (readonly [name: string, sent: string, flag: string])[] = [
  ['s', 's=1', 'samesite=lax'],
  ['s', 's=1; Path=/; SameSite=None', 'samesite=lax'],
  ['s', 's=1; SameSite=Strict', 'samesite=strict'],
  ['s', 't=2; SameSite=None, s=1; Path=/; samesite=strict; HttpOnly', 'samesite=strict'],
  // A comma of its own, in the value and in a date.
  ['s', 's=a,b; SameSite=Strict', 'samesite=strict'],
  ['s', 's=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; SameSite=Strict', 'samesite=strict'],
  // What others have: before it, behind it, and under a name that is a part of its own.
  ['s', 't=2; SameSite=Strict, s=1; Path=/', 'samesite=lax'],
  ['s', 's=1; Path=/, t=2; SameSite=Strict', 'samesite=lax'],
  ['s', 's=1, t=2; SameSite=Strict', 'samesite=lax'],
  ['s', 's=1, ts=2; SameSite=Strict', 'samesite=lax'],
  ['ts', 's=1; SameSite=Strict, ts=2', 'samesite=lax'],
  ['s', 's=1; SameSite=Stricter', 'samesite=lax'],
  ['s', 's=1; NotSameSite=Strict', 'samesite=lax'],
];
const STRENGTHS = ['samesite=lax', 'samesite=strict'];

/** Lax at the least, and Strict where the app says so. */
function sameSite({ http, value }: RenderedProxy): readonly FileFault[] {
  const at = named(http, 'map').find(({ args }) => args[1] === '$same_site');
  const entries = at?.block ?? [];
  return [
    ...SAMPLES.flatMap(([name, sent, expected]) => {
      const flag = value('$same_site', { named_cookie: name, upstream_http_set_cookie: sent });
      return flag === expected ? [] : [{ at, found: `${flag || 'nothing'} for ${name} in ${sent}`, expected }];
    }),
    ...entries
      .filter(({ name, args }) => name !== 'volatile' && !STRENGTHS.includes(args.join(' ')))
      .map((each) => ({ at: each, found: each.args.join(' '), expected: STRENGTHS.join(' or ') })),
    ...(entries.some(({ name }) => name === 'volatile')
      ? []
      : [{ at, found: 'one answer for all cookies', expected: 'volatile' }]),
  ];
}
