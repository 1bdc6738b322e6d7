import { rows } from './row';

export const incident = rows({
  R01: { need: 'Response plan: detect, contain, eradicate, recover, learn', how: ['runbook'] },
  R02: {
    need: 'Secret compromised: rotate, review access logs, check for unauthorised access, notify, document',
    how: ['runbook'],
  },
  R03: {
    need: 'Attack detected: block addresses, isolate what is affected, review scope, check data access, update rules, watch for recurrence',
    how: ['runbook'],
  },
  R04: {
    need: 'Breach: change every credential, review access logs, disable accounts, end all sessions, document',
    how: ['runbook'],
  },
  R05: {
    need: 'Evidence preserved before anything is changed; vector, exposure and ongoing threats established',
    how: ['runbook'],
  },
  R06: {
    need: 'Restore from a clean backup to a chosen moment, switch over, patch, and watch afterwards',
    how: ['runbook'],
  },
  R07: { need: 'Who is told, by when: internal at once, management 1 h, users, regulators 72 h', how: ['runbook'] },
  R08: {
    need: 'Emergency contacts (security, hosting, database, registrar, CDN) are real values of the environment, not placeholders',
    how: ['enforce'],
  },
  R09: { need: 'Post-incident review record', how: ['runbook'] },
  R10: { need: 'Response is rehearsed on a schedule, at least yearly', how: ['runbook', 'alarm'] },
  R11: { need: 'Roll back a release; recover a database out of connections; app down', how: ['runbook'] },
  R12: { need: 'People trained before go-live and quarterly, recorded', how: ['gate', 'runbook'] },
});
