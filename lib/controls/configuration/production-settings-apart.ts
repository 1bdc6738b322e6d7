import type { EvidenceControl } from '../control';

export const control: EvidenceControl = {
  id: 'production-settings-apart',
  title: 'Production has settings of its own and no development fallback',
  holds: ['C15/enforce'],
  tiers: ['production'],
  why: 'Settings of a laptop, such as SQLite, a local cache or a default key, start without an error and lose data or sessions later.',
  remedy: "Give app.variables production's own values; the kit hands over database, cache and keys by itself.",
  evidence: { file: 'lib/config/checks/development-fallbacks.ts', test: 'test/config/production-settings.test.ts' },
};
