import type { Command } from './shared/command';

export const command: Command = {
  name: 'checklist',
  description: 'Tells which rows of the production checklist are held, and what the others lack.',
  options: [
    { flags: '--tier <tier>', description: 'judge for this tier', choices: ['development', 'staging', 'production'] },
    { flags: '--env <name>', description: 'judge an environment as it renders now, exceptions included' },
    {
      flags: '--today <date>',
      description: "with --env: day to judge exceptions by, none before the commit's (default: that)",
    },
    { flags: '--open', description: 'only rows that are not held' },
    { flags: '--json', description: 'the rows as JSON on standard output' },
    { flags: '--write', description: 'refresh CHECKLIST.md, which readers of the repository see' },
  ],
  examples: [
    { call: 'npx breakwater checklist', does: 'every row, for production' },
    { call: 'npx breakwater checklist --env staging --open', does: 'what staging does not hold yet' },
    { call: 'npx breakwater checklist --json', does: 'the same for a machine' },
  ],
  load: () => require('./checklist/run') as typeof import('./checklist/run'),
};
