import { type EvidenceControl, everyTier } from '../control';

export const control: EvidenceControl = {
  id: 'contacts-are-real',
  title: 'An environment that can be deployed names real contacts, not placeholders',
  holds: ['R08/enforce'],
  tiers: everyTier,
  why: 'An alarm that is sent to example.com wakes nobody, and a call to a made-up number costs the first hour of an incident.',
  remedy: 'Write addresses that are read and telephones that are answered under contacts.',
  evidence: { file: 'lib/config/checks/placeholders-gone.ts', test: 'test/config/placeholders.test.ts' },
};
