import { rows } from './row';

export const database = rows({
  D01: { need: 'Managed PostgreSQL in production', how: ['enforce'] },
  D02: { need: 'TLS required by the server and verified by the client', how: ['enforce'] },
  D03: {
    need: 'A dedicated application role with only SELECT, INSERT, UPDATE, DELETE; migrations under another; the master is used by neither',
    how: ['enforce'],
  },
  D04: { need: 'Generated passwords, 32 characters or more, safe in a URL', how: ['enforce'] },
  D05: { need: 'Automatic backups kept 30 days in production; point-in-time recovery', how: ['enforce', 'alarm'] },
  D06: {
    need: 'Restores are tested monthly or oftener and the result is checked',
    how: ['enforce', 'alarm', 'runbook'],
  },
  D07: {
    need: 'Copies kept away from the primary region, under their own key, that nobody can delete early',
    how: ['enforce'],
  },
  D08: {
    need: 'Compressed logical dump, verified readable, old ones removed after 30 days',
    how: ['enforce', 'alarm'],
  },
  D09: { need: 'Connections and statements audited', how: ['enforce'] },
  D10: { need: 'Minor versions patched automatically; deprecated majors refused', how: ['enforce'] },
  D11: { need: 'Encrypted at rest with a managed key that rotates', how: ['enforce'] },
  D12: { need: 'In isolated subnets, never public', how: ['enforce'] },
  D13: { need: 'Slow queries are logged and visible', how: ['enforce', 'alarm'] },
  D14: { need: 'Cannot be deleted or replaced by accident', how: ['enforce', 'gate'] },
  D15: {
    need: 'Monthly database maintenance: bloat, unused and missing indexes, statistics, long transactions, reported',
    how: ['enforce', 'runbook'],
  },
});
