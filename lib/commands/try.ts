import type { Command } from './shared/command';

export const command: Command = {
  name: 'try',
  description: "Starts an environment's proxy on this machine, before your app or a sample.",
  options: [
    {
      flags: '--env <name>',
      description: 'whose proxy (default: the production environment)',
      expected: 'the name of one environment, for example --env prod',
    },
    {
      flags: '--app <url>',
      description: 'where your app listens (default: the sample application)',
      expected: 'an http:// address without a path, for example --app http://127.0.0.1:8000',
    },
    {
      flags: '--port <number>',
      description: 'port on loopback (default: 8443, or a free one)',
      expected: 'a port, for example --port 8443',
    },
    { flags: '--plain', description: 'serve the sample without Flask; installs nothing' },
    { flags: '--check', description: 'run the printed commands, compare, and end' },
    { flags: '--json', description: 'JSON lines: the trial, then each log line' },
  ],
  examples: [
    { call: 'npx breakwater try', does: 'the sample application behind the production proxy, until Ctrl-C' },
    { call: 'npx breakwater try --env prod --app http://127.0.0.1:8000', does: 'your own app behind it' },
    { call: 'npx breakwater try --check', does: 'tries everything by itself; exit code 1 if anything differs' },
  ],
  load: () => require('./try/run') as typeof import('./try/run'),
};
