import { type EvidenceControl, everyTier } from '../control';

export const control: EvidenceControl = {
  id: 'secrets-never-shared',
  title: 'No two environments share a secret, a host name or the right to deploy',
  holds: ['K02/enforce'],
  tiers: everyTier,
  why: 'A secret that leaks from a development environment would open production.',
  remedy: 'Give each environment a name, a host name and a GitHub environment of its own.',
  evidence: { file: 'lib/config/checks/across-environments.ts', test: 'test/config/load.test.ts' },
};
