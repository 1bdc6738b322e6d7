import { type EvidenceControl, everyTier } from '../control';

export const control: EvidenceControl = {
  id: 'required-settings-present',
  title: 'Every setting that the app requires is handed to it, and a missing one is named',
  holds: ['C12/enforce'],
  tiers: everyTier,
  why: 'A missing setting shows at the first request that needs it, in production, at night.',
  remedy: 'Add the setting to app.variables, or to app.secrets when it is a secret.',
  evidence: { file: 'lib/config/checks/settings.ts', test: 'test/config/settings.test.ts' },
};
