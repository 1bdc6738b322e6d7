import { rows } from './row';

/** A client that meets n copies gets n times as much: only the web ACL counts across them. */
const BY_COPY = 'the proxy limits a client at each copy; the web ACL that counts across copies is not built yet';

export const waf = rows({
  W01: { need: 'SQL injection attempts stopped before the app', how: ['enforce', 'probe'] },
  W02: { need: 'Cross-site scripting and known-bad inputs stopped before the app', how: ['enforce', 'probe'] },
  W03: {
    need: 'A default rate limit for every client, set per environment: never above 1000 an hour; the strict profile is 200 a day and 50 an hour',
    how: ['enforce', 'probe'],
    lacks: { enforce: BY_COPY },
  },
  W04: {
    need: 'Login limited to 5 a minute a client',
    how: ['enforce', 'probe'],
    lacks: { enforce: BY_COPY },
  },
  W05: {
    need: 'API writes limited to 10 a minute a client',
    how: ['enforce', 'probe'],
    lacks: { enforce: BY_COPY },
  },
  W06: {
    need: 'Offending addresses can be blocked at once, by a person or automatically, and unblocked',
    how: ['enforce', 'runbook'],
  },
  W07: { need: 'Admin paths restricted to named networks', how: ['enforce', 'probe'] },
  W08: {
    need: 'Reconnaissance (>100 404s in 1 min) blocks the address and alerts',
    how: ['enforce', 'alarm', 'runbook'],
  },
  W09: { need: 'A limited client gets 429, not 403 or 503', how: ['enforce', 'probe'] },
  W10: {
    need: 'Admin access behind strong passwords (12+), MFA (required at once when the address is new) and short sessions',
    how: ['enforce', 'contract'],
  },
});
