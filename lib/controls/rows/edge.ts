import { rows } from './row';

export const edge = rows({
  E01: {
    need: 'Reverse proxy (nginx) in front of the app; the app itself is never reachable from outside',
    how: ['enforce', 'probe'],
  },
  E02: {
    need: 'Proxy passes Host, X-Real-IP, X-Forwarded-For, X-Forwarded-Proto; a client cannot spoof them',
    how: ['enforce', 'probe'],
  },
  E03: { need: 'Valid TLS certificate, renewed automatically', how: ['enforce', 'alarm', 'runbook'] },
  E04: {
    need: 'All HTTP redirected to HTTPS; the app is told its scheme (PREFERRED_URL_SCHEME=https)',
    how: ['enforce', 'probe', 'contract'],
  },
  E05: { need: 'HSTS max-age >= 31536000 with includeSubDomains', how: ['enforce', 'probe'] },
  E06: {
    need: "X-Content-Type-Options nosniff, X-Frame-Options DENY, X-XSS-Protection '1; mode=block', Content-Security-Policy default-src 'self' (widened only by name), on error responses too",
    how: ['enforce', 'probe'],
  },
  E07: {
    need: 'Cookies Secure, HttpOnly, SameSite=Lax, whatever the app sets',
    how: ['enforce', 'probe', 'contract'],
  },
  E08: {
    need: 'CORS allows only named origins (ALLOWED_ORIGINS), at the proxy and handed to the app',
    how: ['enforce', 'probe'],
  },
  E09: { need: 'gzip compression', how: ['enforce', 'probe'] },
  E10: {
    need: 'Static files served by the proxy with cache headers; proper cache headers on the rest',
    how: ['enforce', 'probe'],
  },
  E11: { need: 'CDN for static files', how: ['enforce'] },
  E12: { need: '/.env, /.git/HEAD and other deployment debris are never served', how: ['enforce', 'probe'] },
  E13: {
    need: "Error pages (400, 404, 500 and the proxy's own) show nothing internal; details only in logs; proper status codes",
    how: ['enforce', 'probe'],
  },
  E14: { need: 'Request size limits (field limits are row X06)', how: ['enforce', 'probe'] },
  E15: {
    need: 'Callers see a clean, fast failure when the app is down, not a hang (503 with Retry-After)',
    how: ['enforce', 'probe'],
  },
});
