import { rows } from './row';

export const application = rows({
  X01: {
    need: 'Password policy: 12+ characters, upper, lower, number, symbol, no common ones, history; expiry as a setting',
    how: ['contract', 'enforce'],
  },
  X02: {
    need: 'Session: 30 min idle (refreshed by each request), 1 h absolute, new id on login, concurrent sessions limited',
    how: ['contract'],
  },
  X03: { need: 'CSRF protection, token valid 3600 s', how: ['contract'] },
  X04: { need: 'JWT access token 1 h, refresh shorter than 30 days, revoked on logout', how: ['contract'] },
  X05: { need: 'Role-based access; admin actions logged', how: ['contract'] },
  X06: {
    need: 'Input validation on every field (username 3 to 20 of [a-zA-Z0-9_], email, phone 9 to 15 digits, text lengths, HTML stripped), parameterised queries, passwords hashed with pbkdf2:sha256 or stronger, inactive accounts refused',
    how: ['contract'],
  },
  X07: { need: 'Query hygiene: eager loading, pagination (20 a page), caching (300 s)', how: ['contract'] },
  X08: {
    need: 'API (OpenAPI, examples), settings, deployment, restore, troubleshooting, security and development documented',
    how: ['gate'],
  },
  X09: {
    need: 'Default credentials replaced; admin accounts personal; admin credentials rotated',
    how: ['gate', 'runbook', 'contract'],
  },
  X10: { need: 'A failed write rolls its transaction back', how: ['contract'] },
  X11: {
    need: 'Callers of the service use a circuit breaker; token storage and refresh documented',
    how: ['contract'],
  },
});
