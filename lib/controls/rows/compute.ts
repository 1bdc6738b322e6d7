import { rows } from './row';

export const compute = rows({
  C01: {
    need: 'Production WSGI server, never the development server; workers = 2 x CPU + 1 (4 by default)',
    how: ['enforce'],
  },
  C02: {
    need: 'Restarted automatically on failure; load balanced over more than one copy in production',
    how: ['enforce', 'alarm'],
  },
  C03: {
    need: "Health that answers 503 when the database is down and 'degraded' when the cache is; readiness likewise; liveness without dependencies, else an outage restarts every copy; JSON with status only, nothing internal",
    how: ['enforce', 'alarm', 'probe', 'contract'],
    lacks: {
      enforce: 'liveness is asked; the address of health is asked by the deployment probe, which is not built yet',
    },
  },
  C04: {
    need: 'SIGTERM drains requests and closes database and cache connections before the process ends',
    how: ['enforce', 'probe'],
  },
  C05: {
    need: 'Container image, non-root, read-only file system, with no secrets, .git, dumps or caches inside',
    how: ['enforce', 'gate'],
  },
  C06: { need: 'Production runs with debug off', how: ['enforce', 'gate'] },
  C07: { need: 'Firewall: only the necessary ports, between named parts', how: ['enforce'] },
  C08: {
    need: "Connection pool sized (default 10, at most 20 + 30), recycled after 3600 s and pre-pinged; all copies together fit the database's max_connections",
    how: ['enforce', 'alarm'],
  },
  C09: {
    need: 'Redis for cache, sessions and rate-limit storage, encrypted in transit and at rest',
    how: ['enforce', 'alarm'],
  },
  C10: {
    need: 'A failed deployment rolls itself back; a person can roll back too',
    how: ['enforce', 'alarm', 'runbook'],
  },
  C11: {
    need: 'Migrations run before the new version takes traffic, staging first, after a snapshot, and only with explicit confirmation in production',
    how: ['enforce', 'gate', 'runbook'],
    lacks: {
      enforce:
        'migrations have a task of their own; the hook that runs it before traffic moves, after a snapshot, is not built yet',
    },
  },
  C12: {
    need: 'Every required setting is documented and validated before start; a missing one is named',
    how: ['enforce', 'gate'],
  },
  C13: {
    need: 'Outgoing mail with its credentials kept as a secret, a time-out, and a delivery test',
    how: ['enforce', 'probe', 'contract'],
  },
  C14: { need: 'Scales out under load; memory and workers watched', how: ['enforce', 'alarm'] },
  C15: {
    need: 'Separate settings for development, testing, staging and production; production has debug and testing off, LOG_LEVEL INFO, and no development fallback (default key, SQLite)',
    how: ['enforce', 'gate', 'contract'],
  },
});
