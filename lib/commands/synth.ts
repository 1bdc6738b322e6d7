import type { Command } from './shared/command';

export const command: Command = {
  name: 'synth',
  description: 'Renders the templates of every environment, or refuses what breaks the checklist.',
  options: [
    { flags: '--env <name>', description: 'only this environment; several by commas or repeated', repeated: true },
    { flags: '--json', description: 'the result as JSON on standard output, refused or not' },
    { flags: '--exceptions', description: 'tell each exception with its resource and reason' },
    { flags: '--write-templates', description: 'refresh test/templates, which reviewers read' },
    {
      flags: '--output <folder>',
      description: 'folder of the assembly, for nothing else (default: cdk.out in the project)',
    },
    {
      flags: '--today <date>',
      description: "day that exceptions are judged by, none before the commit's (default: that)",
    },
    { flags: '--break-glass <reason>', description: 'let expired exceptions stand for an incident, on record' },
  ],
  examples: [
    { call: 'npx breakwater synth', does: 'all environments: what they hold, cost and need next' },
    { call: 'npx breakwater synth --env prod --json', does: 'one environment, for a machine' },
    { call: 'npx breakwater synth --write-templates', does: 'refresh the templates that reviewers read' },
  ],
  load: () => require('./synth/run') as typeof import('./synth/run'),
};
