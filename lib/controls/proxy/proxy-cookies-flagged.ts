import { everyTier, type RuleControl } from '../control';
import { guardProxy, throughout } from '../rules/proxy/rendered-proxy';
import { confFixture, soundProxy } from '../rules/proxy/samples';

export const control: RuleControl = {
  id: 'proxy-cookies-flagged',
  title: 'Every cookie leaves as Secure, HttpOnly and SameSite=Lax, whatever the app sets',
  holds: ['E07/enforce'],
  tiers: everyTier,
  why: 'A cookie that scripts can read or that other sites can send along gives sessions away.',
  remedy: 'Leave proxy_cookie_flags to lib/constructs/proxy/cookies.ts.',
  ...guardProxy((proxy) => throughout(proxy, 'proxy_cookie_flags', '~ secure httponly samesite=lax')),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('no flags', { 'proxy_cookie_flags ~ secure httponly samesite=lax;': '' }),
      confFixture('scripts may read', { 'secure httponly': 'secure' }),
      confFixture('one cookie only', { 'flags ~ secure': 'flags session secure' }),
      confFixture('other sites may send', { 'samesite=lax': 'samesite=none' }),
      confFixture('a location without', {
        'proxy_intercept_errors on;': 'proxy_intercept_errors on; proxy_cookie_flags off;',
      }),
    ],
  },
};
