import type { Command } from './shared/command';

export const command: Command = {
  name: 'proxy render',
  description: "Prints an environment's nginx.conf, or writes the folder of its proxy's image.",
  options: [
    {
      flags: '--env <name>',
      description: 'environment whose proxy it is',
      expected: 'the name of one environment, for example --env prod',
      required: true,
    },
    { flags: '--output <folder>', description: 'write the whole image folder there; it must be empty or new' },
  ],
  examples: [
    { call: 'npx breakwater proxy render --env prod', does: 'the configuration, as it goes into the image' },
    { call: 'npx breakwater proxy render --env prod --output proxy-image', does: 'all that docker build needs' },
  ],
  load: () => require('./proxy/run') as typeof import('./proxy/run'),
};
