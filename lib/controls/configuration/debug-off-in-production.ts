import type { EvidenceControl } from '../control';

export const control: EvidenceControl = {
  id: 'debug-off-in-production',
  title: 'Production is configured with debug and testing off',
  holds: ['C06/enforce'],
  tiers: ['production'],
  why: 'A debug page shows source code, settings and a console to whoever causes an error.',
  remedy: 'Take the debug switch out of app.variables, and set app.logLevel to INFO or above.',
  evidence: { file: 'lib/config/checks/production-settings.ts', test: 'test/config/production-settings.test.ts' },
};
