import { everyTier, type RuleControl } from '../control';
import { ADDED } from '../rules/proxy/client-headers';
import type { RequestVariables } from '../rules/proxy/nginx-variables';
import {
  type FileFault,
  guardProxy,
  headerValue,
  locationOf,
  named,
  type RenderedProxy,
  written,
} from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

const YEAR = 31_536_000;
const DAY = 86_400;
/** Exactly these, on every answer. */
const FIXED: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'X-XSS-Protection': '1; mode=block',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
};
const OTHERS = ['Strict-Transport-Security', 'Content-Security-Policy', 'Permissions-Policy'];
/** What an app may say in its answer: nothing, less than the kit, and a nonce. */
const NONCE = "'nonce-cmFuZG9tLXJhbmRvbQ=='";
const POLICIES_OF_APPS = ['', "script-src *; default-src 'unsafe-eval'", `script-src ${NONCE}`];
const QUIET_REFERRERS = ['no-referrer', 'same-origin'];
const LOUD_REFERRERS = ['', 'unsafe-url', 'origin', 'no-referrer-when-downgrade'];
/** Sources of a policy that name nobody. */
const NAMELESS = /(^|\s)(\*|https?:|wss?:|data:|blob:|filesystem:)(\s|$)/;
/** What can't run: a page may carry it along. */
const INERT = new Set(['img-src', 'font-src', 'media-src']);
/** nginx finds out that a range lies outside of a file when the headers are added: its page must not add them again. */
const LATE_PAGE = '= /.breakwater/error-range';
/** Directives that the policy must have, with what they must say where that is one thing. */
const POLICY: Readonly<Record<string, RegExp>> = {
  'default-src': /^'self'( |$)/,
  'base-uri': /^'(self|none)'$/,
  'form-action': /^'(self|none)'( |$)/,
  'frame-ancestors': /^'(self|none)'( |$)/,
  'object-src': /^'none'$/,
};

export const control: RuleControl = {
  id: 'proxy-headers-sent',
  title: 'Every answer, errors too, carries the security headers once, with values that protect',
  holds: ['E05/enforce', 'E06/enforce'],
  tiers: everyTier,
  why: 'Without them a browser may be talked into plain HTTP, into foreign scripts or into showing the site inside another.',
  remedy:
    'Leave add_header to lib/constructs/proxy/security-headers.ts; widen the policy by name under app.contentSecurityPolicy.',
  ...guardProxy((proxy) => [...always(proxy), ...once(proxy), ...values(proxy)]),
  fixtures: {
    pass: [
      soundProxy,
      confFixture('pictures in the page', { "object-src 'none'": "object-src 'none'; img-src 'self' data:" }),
      confFixture('widened by name', { "default-src 'self'": "default-src 'self' https://cdn.example.com" }),
    ],
    refuse: [
      confFixture('no HSTS', {
        'add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;': '',
      }),
      confFixture('HSTS for a day', { 'max-age=31536000; includeSub': 'max-age=86400; includeSub' }),
      confFixture('HSTS for one name', { '; includeSubDomains': '' }),
      confFixture('not on errors', {
        'add_header X-Content-Type-Options "nosniff" always': 'add_header X-Content-Type-Options "nosniff"',
      }),
      confFixture('frames', { '"DENY"': '"SAMEORIGIN"' }),
      confFixture('any source', { "default-src 'self'": 'default-src *' }),
      confFixture('any source by scheme', { "default-src 'self'": "default-src 'self' https:" }),
      confFixture('the app’s word in place of the kit’s', {
        "add_header Content-Security-Policy \"default-src 'self';":
          "add_header Content-Security-Policy \"$upstream_http_content_security_policy default-src 'self';",
      }),
      confFixture('the app’s sources among the kit’s', {
        'default ", $upstream_http_content_security_policy"': 'default " $upstream_http_content_security_policy"',
      }),
      confFixture('another policy of the kit’s where the app has none', {
        '{ "" ""; default ",': '{ "" " blob"; default ",',
      }),
      confFixture('referrers as the app likes', {
        'default strict-origin-when-cross-origin': 'default $upstream_http_referrer_policy',
      }),
      confFixture('scripts in the page', { "object-src 'none'": "object-src 'none'; script-src 'self' data:" }),
      confFixture('evaluated scripts', { "default-src 'self'": "default-src 'self' 'unsafe-eval'" }),
      confFixture('a policy without a default', { "default-src 'self'; ": '' }),
      confFixture('a policy that anybody may frame', { " frame-ancestors 'none';": '' }),
      confFixture('doubled with the app’s', { 'proxy_hide_header X-Frame-Options;': '' }),
      confFixture('a location that forgets them', { 'autoindex off;': 'autoindex off; add_header X-A b;' }),
      confFixture('a header of somebody’s own', {
        'add_header X-Frame-Options "DENY" always;':
          'add_header X-Frame-Options "DENY" always; add_header X-Debug $upstream_addr always;',
      }),
      confFixture('no request id', { 'add_header X-Request-ID $request_id always;': '' }),
      confFixture('sent twice', {
        'add_header X-Frame-Options "DENY" always;':
          'add_header X-Frame-Options "DENY" always; add_header X-Frame-Options "ALLOWALL" always;',
      }),
      confFixture('the camera', { 'camera=(), ': '' }),
    ],
  },
};

/** nginx forgets every inherited header in a block that adds one of its own. */
function always({ http, servers, every }: RenderedProxy): readonly FileFault[] {
  const late = servers
    .flatMap(({ block = [] }) => locationOf(block, LATE_PAGE) ?? [])
    .filter((each) => written(each) === 'add_header Cache-Control no-store always');
  const sent = [...named(http, 'add_header'), ...late];
  const names = named(http, 'add_header').map(({ args }) => args[0] ?? '');
  return [
    ...(late.length === servers.length
      ? []
      : [
          {
            found: 'headers twice where a range lies outside',
            expected: 'add_header Cache-Control no-store always there',
          },
        ]),
    ...named(http, 'add_header')
      .filter(({ args }, index) => !ADDED.includes(args[0] ?? '') || names.indexOf(args[0] ?? '') !== index)
      .map((at) => ({ at, found: written(at), expected: 'the kit’s headers, each once' })),
    ...named(every, 'add_header')
      .filter((each) => !sent.includes(each))
      .map((at) => ({ at, found: `${written(at)} in a block of its own`, expected: 'all of them in http' })),
    ...sent
      .filter(({ args }) => args[2] !== 'always')
      .map((at) => ({ at, found: written(at), expected: `${written(at)} always` })),
  ];
}

/** What the app says under the same name is dropped, at `http` and hence everywhere. */
function once({ http, every }: RenderedProxy): readonly FileFault[] {
  const hidden = named(http, 'proxy_hide_header');
  const names = new Set(hidden.map(({ args }) => args[0]));
  return [
    ...named(every, 'proxy_hide_header')
      .filter((each) => !hidden.includes(each))
      .map((at) => ({ at, found: `${written(at)} in a block of its own`, expected: 'all of them in http' })),
    ...[...Object.keys(FIXED), ...OTHERS]
      .filter((name) => !names.has(name))
      .map((name) => ({ found: `${name} of the app passes`, expected: `proxy_hide_header ${name}` })),
  ];
}

function values(proxy: RenderedProxy): readonly FileFault[] {
  const wrong = (header: string, expected: string): FileFault => ({
    at: named(proxy.http, 'add_header').find(({ args }) => args[0] === header),
    found: saidOf(proxy, header) ?? `${header} not once and always`,
    expected,
  });
  const faults = Object.entries(FIXED)
    .filter(([header, value]) => saidOf(proxy, header) !== value)
    .map(([header, value]) => wrong(header, `add_header ${header} "${value}" always`));
  const transport = /^max-age=(\d+); includeSubDomains(; preload)?$/.exec(
    headerValue(proxy, 'Strict-Transport-Security') ?? '',
  );
  const seconds = Number(transport?.[1] ?? 0);
  // Browsers keep it for two years at most; more is a slip.
  if (seconds < YEAR || seconds > 2 * YEAR + 2 * DAY) {
    faults.push(wrong('Strict-Transport-Security', `max-age of at least ${YEAR}; includeSubDomains`));
  }
  const ours = new Set(POLICIES_OF_APPS.map((policy) => ownPolicy(proxy, policy)));
  if (POLICIES_OF_APPS.some((policy) => !isKept(proxy, policy)) || ours.size !== 1) {
    faults.push(wrong('Content-Security-Policy', "default-src 'self', widened only by name, and nothing evaluated"));
  }
  const quiet = (said: string) => saidOf(proxy, 'Referrer-Policy', { upstream_http_referrer_policy: said }) ?? '';
  if (QUIET_REFERRERS.some((said) => quiet(said) !== said)) {
    faults.push(wrong('Referrer-Policy', 'what the app says, where it says less'));
  }
  if (LOUD_REFERRERS.some((said) => quiet(said) !== FIXED['Referrer-Policy'])) {
    faults.push(wrong('Referrer-Policy', 'ours, unless the app says less'));
  }
  if (headerValue(proxy, 'X-Request-ID') !== '$request_id') {
    faults.push(wrong('X-Request-ID', 'add_header X-Request-ID $request_id always'));
  }
  const permissions = headerValue(proxy, 'Permissions-Policy') ?? '';
  if (!['camera', 'geolocation', 'microphone', 'payment'].every((each) => permissions.includes(`${each}=()`))) {
    faults.push(wrong('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()'));
  }
  return faults;
}

/** A header's value in an answer of the app. */
function saidOf(proxy: RenderedProxy, header: string, answer: RequestVariables = {}): string | undefined {
  const value = headerValue(proxy, header);
  return value === undefined ? undefined : proxy.value(value, answer);
}

/** The header beside what the app says, and what of the app's stands in it. */
function policiesOf(proxy: RenderedProxy, ofApp: string): readonly [own: string, behind: string] {
  const said = saidOf(proxy, 'Content-Security-Policy', { upstream_http_content_security_policy: ofApp }) ?? '';
  const length = ofApp === '' ? 0 : `, ${ofApp}`.length;
  return [said.slice(0, said.length - length), said.slice(said.length - length)];
}

/** The kit's policy is the same whatever the app says, but for a nonce. */
const ownPolicy = (proxy: RenderedProxy, ofApp: string): string => {
  const [own] = policiesOf(proxy, ofApp);
  return own.replaceAll(` ${NONCE}`, '');
};

/** The kit's policy comes first and is strict; the app's follows it, as another that counts as well. */
function isKept(proxy: RenderedProxy, ofApp: string): boolean {
  const [own, behind] = policiesOf(proxy, ofApp);
  return behind === (ofApp === '' ? '' : `, ${ofApp}`) && isStrict(own) && !own.includes(',');
}

function isStrict(policy: string): boolean {
  const directives = new Map(
    policy.split('; ').map((each) => {
      const [name = '', ...sources] = each.split(' ');
      return [name, sources.join(' ')] as const;
    }),
  );
  return (
    Object.entries(POLICY).every(([name, fits]) => fits.test(directives.get(name) ?? '')) &&
    [...directives].every(
      ([name, sources]) =>
        !NAMELESS.test(INERT.has(name) ? sources.replace(/\bdata:/g, '') : sources) &&
        !sources.includes("'unsafe-eval'"),
    )
  );
}
