import { type EvidenceControl, everyTier } from '../control';

export const control: EvidenceControl = {
  id: 'connections-fit-database',
  title: 'All copies, processes and migrations together fit max_connections of the instance class',
  holds: ['C08/enforce'],
  tiers: everyTier,
  why: 'A database out of connections refuses the whole application, and first during a deployment, when two fleets run side by side.',
  remedy:
    'Make app.pool, app.workers or app.copies.max smaller, or database.instanceClass larger; the refusal shows the sum.',
  evidence: { file: 'lib/config/checks/connection-budget.ts', test: 'test/config/connection-budget.test.ts' },
};
