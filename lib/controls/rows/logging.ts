import { rows } from './row';

export const logging = rows({
  L01: {
    need: 'Structured logs: timestamp, level, logger, place, message; level set per environment; standard output, retention by time instead of by file size',
    how: ['enforce', 'contract'],
  },
  L02: { need: 'Security logs apart from the rest, 90 days at least', how: ['enforce'] },
  L03: { need: 'Access logs 30 days, error logs 30 days', how: ['enforce'] },
  L04: {
    need: 'Audit trail 1 year: authentication, user and admin actions, data access, configuration changes, security events; tamper-evident',
    how: ['enforce'],
    lacks: {
      enforce: 'changes of the infrastructure are not recorded yet, and no digest shows that a record was altered',
    },
  },
  L05: {
    need: 'Security and audit events are JSON with timestamp, event type, user, action, target, ip, user agent, result, details; from INFO up, successes too',
    how: ['contract', 'probe'],
  },
  L06: { need: "Login success and failure logged with the client's real address", how: ['enforce', 'contract'] },
  L07: {
    need: 'Unhandled errors tracked with timestamp, type, message, traceback, operation, user id',
    how: ['alarm', 'contract'],
  },
  L08: { need: 'Infrastructure changes recorded', how: ['enforce'] },
  L09: {
    need: 'Logs and traces gathered and searchable in one place, ready-made queries; export to a SIEM or APM as an option',
    how: ['enforce'],
    lacks: {
      enforce: 'the logs of all parts are in CloudWatch; traces, ready-made queries and the export are not built yet',
    },
  },
});
