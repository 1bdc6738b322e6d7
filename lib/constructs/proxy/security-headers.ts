import type { Environment } from '../../config/schema';
import { CORS_HEADERS } from './cors';
import { quoted } from './nginx-words';

/** Sources of each directive before the environment widens any. */
const BASE_POLICY: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'self'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
};

/** Headers of every answer, errors too (rows E05 and E06). */
function headers(environment: Environment): ReadonlyMap<string, string> {
  return new Map([
    ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
    ['Content-Security-Policy', contentSecurityPolicy(environment)],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['X-XSS-Protection', '1; mode=block'],
    ['Referrer-Policy', 'strict-origin-when-cross-origin'],
    ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()'],
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
 * Directives that send the headers. They stand once, at the level of `http`: nginx forgets inherited headers in any
 * block that adds one of its own, so no block below may. What the app says in their place is dropped, so that none is
 * sent twice.
 */
export function securityHeaders(environment: Environment): string[] {
  const all = headers(environment);
  return [
    ...[...all.keys(), ...CORS_HEADERS].map((name) => `proxy_hide_header ${name};`),
    ...[...all].map(([name, value]) => `add_header ${name} ${quoted(value)} always;`),
  ];
}
