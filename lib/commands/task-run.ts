import type { Command } from './shared/command';

export const command: Command = {
  name: 'task run',
  description: 'Starts a one-off task of the image that an environment runs, on record.',
  argument: {
    name: 'command',
    description: 'what to run in the image, after --; recorded, so put no secret in it',
    expected: 'a command after --, for example -- flask users list',
  },
  options: [
    {
      flags: '--env <name>',
      description: 'environment to run in',
      expected: 'the name of one environment, for example --env prod',
      required: true,
    },
    {
      flags: '--reason <text>',
      description: 'why: recorded with the task and in CloudTrail',
      expected: 'why it is run, for those who read the record, for example --reason "Ticket 4711"',
      required: true,
    },
    { flags: '--timeout <minutes>', description: 'how long to wait for the end (default: 60)' },
    { flags: '--detach', description: 'start it and do not wait' },
    { flags: '--json', description: 'the result as JSON on standard output' },
  ],
  examples: [
    {
      call: 'npx breakwater task run --env prod --reason "Ticket 4711" -- flask users list',
      does: "waits, prints the task's lines and ends with its exit code",
    },
    {
      call: 'npx breakwater task run --env prod --reason "Reindex" --detach -- flask reindex',
      does: 'prints where to look and returns at once',
    },
  ],
  load: () => require('./task/run') as typeof import('./task/run'),
};
