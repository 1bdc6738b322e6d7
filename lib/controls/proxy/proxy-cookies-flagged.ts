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
/** What the app sends, and what becomes of the cookie `a` in it. */
const SAMPLES: readonly (readonly [sent: string, flag: string])[] = [
  ['a=1', 'samesite=lax'],
  ['a=1; Path=/; SameSite=None', 'samesite=lax'],
  ['a=1; SameSite=Strict', 'samesite=strict'],
  ['b=2; SameSite=None, a=1; Path=/; samesite=strict; HttpOnly', 'samesite=strict'],
  ['b=2; SameSite=Strict, a=1; Path=/', 'samesite=lax'],
  ['a=1; Path=/, b=2; SameSite=Strict', 'samesite=lax'],
];
const STRENGTHS = ['samesite=lax', 'samesite=strict'];

/** Lax at the least, and Strict where the app says so. */
function sameSite({ http, value }: RenderedProxy): readonly FileFault[] {
  const at = named(http, 'map').find(({ args }) => args[1] === '$same_site');
  const entries = at?.block ?? [];
  return [
    ...SAMPLES.map(([sent, flag]) => ({
      flag,
      sent,
      found: value('$same_site', { named_cookie: 'a', upstream_http_set_cookie: sent }),
    }))
      .filter(({ found, flag }) => found !== flag)
      .map(({ sent, found, flag }) => ({ at, found: `${found || 'nothing'} for a in ${sent}`, expected: flag })),
    ...entries
      .filter(({ name, args }) => name !== 'volatile' && !STRENGTHS.includes(args.join(' ')))
      .map((each) => ({ at: each, found: each.args.join(' '), expected: STRENGTHS.join(' or ') })),
    ...(entries.some(({ name }) => name === 'volatile')
      ? []
      : [{ at, found: 'one answer for all cookies', expected: 'volatile' }]),
  ];
}
