import type { Response } from './client';

/** What every answer says of security, in an environment whose policy is widened by `WIDENED`. */
export const SECURITY = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'content-security-policy':
    "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; img-src 'self' data:",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
};
export const WIDENED = { 'img-src': ['data:'] };

/** What an answer says of it. Fails when it says something twice. */
export const security = (response: Response) =>
  Object.fromEntries(Object.keys(SECURITY).map((name) => [name, response.header(name)]));
