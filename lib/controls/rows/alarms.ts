import { rows } from './row';

export const alarms = rows({
  A01: {
    need: 'More than 5 failed logins in 5 minutes notifies the security team, and the client gets 429',
    how: ['alarm', 'runbook'],
  },
  A02: { need: 'Admin access from an address not seen before: alert, and MFA required', how: ['alarm', 'runbook'] },
  A03: { need: 'More than 100 404s in 1 minute', how: ['alarm', 'runbook'] },
  A04: { need: 'More than 10 WAF triggers in 1 minute', how: ['alarm', 'runbook'] },
  A05: { need: 'Requests from unusual countries', how: ['alarm', 'runbook'] },
  A06: { need: 'Database connection failures', how: ['alarm', 'runbook'] },
  A07: { need: 'CPU, memory or disk over 90 %', how: ['alarm', 'runbook'] },
  A08: { need: 'Error rate and response time', how: ['alarm', 'runbook'] },
  A09: { need: 'Database load, connections, storage, replication and burst balance', how: ['alarm', 'runbook'] },
  A10: {
    need: 'A backup, restore test, rotation or certificate renewal that failed or did not happen',
    how: ['alarm', 'runbook'],
    lacks: { alarm: 'backups and restore tests: they are not built yet' },
  },
  A11: { need: 'Alarms reach named people by severity: security at once, management within an hour', how: ['enforce'] },
  A12: { need: 'Alarms are tested end to end', how: ['runbook', 'probe'] },
  A13: { need: 'A dashboard', how: ['enforce'] },
});
