import type { Environment } from '../../config/schema';
import { CORS_HEADERS } from './cors';
import { map, quoted } from './nginx-words';

/** Stands for the nonce of each answer in `app.contentSecurityPolicy`. */
const NONCE = "'nonce'";
/** Values of Referrer-Policy that say less than ours. */
const QUIETER = ['no-referrer', 'same-origin'];

/** Sources of each directive before the environment widens any. */
const BASE_POLICY: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'self'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
};

/** Headers of every answer, errors too (rows E05 and E06), as they are written in the file. */
function headers(environment: Environment): ReadonlyMap<string, string> {
  return new Map([
    ['Strict-Transport-Security', quoted('max-age=31536000; includeSubDomains')],
    ['Content-Security-Policy', policyHeader(environment)],
    ['X-Content-Type-Options', quoted('nosniff')],
    ['X-Frame-Options', quoted('DENY')],
    ['X-XSS-Protection', quoted('1; mode=block')],
    ['Referrer-Policy', '$referrer_policy'],
    ['Permissions-Policy', quoted('camera=(), geolocation=(), microphone=(), payment=()')],
  ]);
}

/**
 * The policy, with the directives that the environment widens. Named sources come beside `'self'`; `'none'` stands
 * alone.
 */
export function contentSecurityPolicy({ app }: Environment): string {
  const policy = new Map<string, readonly string[]>(Object.entries(BASE_POLICY));
  for (const [directive, sources] of Object.entries(app.contentSecurityPolicy)) {
    policy.set(directive, sources.includes("'none'") ? ["'none'"] : [...new Set(["'self'", ...sources])]);
  }
  return [...policy].map(([directive, sources]) => `${directive} ${sources.join(' ')}`).join('; ');
}

/**
 * Our policy and behind it the app's own: a browser obeys both, so a page can ask for more strictness and never for
 * less. Where the environment says so, the nonce that the app's policy names counts in ours too.
 */
function policyHeader(environment: Environment): string {
  const policy = quoted(contentSecurityPolicy(environment)).replaceAll(` ${NONCE}`, '$nonce_of_app');
  return policy.replace(/"$/, '$policy_of_app"');
}

const usesNonces = ({ app }: Environment): boolean =>
  Object.values(app.contentSecurityPolicy).some((sources) => sources.includes(NONCE));

/** What of the app's own words is kept: what is stricter than ours. */
const wordsOfApp = (environment: Environment): string[] => [
  ...map('$upstream_http_content_security_policy', '$policy_of_app', [
    ['""', '""'],
    ['default', '", $upstream_http_content_security_policy"'],
  ]),
  ...(usesNonces(environment)
    ? map('$upstream_http_content_security_policy', '$nonce_of_app', [
        [`"~'nonce-(?<nonce>[A-Za-z0-9+/_-]{16,128}={0,2})'"`, `" 'nonce-$nonce'"`],
        ['default', '""'],
      ])
    : []),
  ...map('$upstream_http_referrer_policy', '$referrer_policy', [
    ...QUIETER.map((policy) => [policy, policy] as const),
    ['default', 'strict-origin-when-cross-origin'],
  ]),
];

/**
 * Directives that send the headers. They stand once, at the level of `http`: nginx forgets inherited headers in any
 * block that adds one of its own, so no block below may. What the app says in their place is dropped or stands in ours,
 * so that none is sent twice.
 */
export function securityHeaders(environment: Environment): string[] {
  const all = headers(environment);
  return [
    ...[...all.keys(), ...CORS_HEADERS].map((name) => `proxy_hide_header ${name};`),
    ...wordsOfApp(environment),
    ...[...all].map(([name, value]) => `add_header ${name} ${value} always;`),
  ];
}
