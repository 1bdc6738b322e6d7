import { rows } from './row';

export const reviews = rows({
  V01: {
    need: 'Weekly: security logs, failed logins, blocked addresses, new attack patterns, gathered and sent',
    how: ['enforce', 'runbook'],
  },
  V02: {
    need: 'Monthly: WAF rules, dependencies and advisories, access logs, permissions, backup test, security documents, gathered and sent',
    how: ['enforce', 'runbook'],
  },
  V03: {
    need: 'Quarterly: security audit incl. code changes, penetration test, policy, performance, gathered and sent',
    how: ['enforce', 'runbook'],
  },
  V04: {
    need: 'Yearly: assessment, disaster-recovery test, response-plan review, certifications',
    how: ['enforce', 'runbook'],
  },
  V05: { need: 'Daily: errors, slow requests and security events, gathered and sent', how: ['enforce', 'runbook'] },
});
