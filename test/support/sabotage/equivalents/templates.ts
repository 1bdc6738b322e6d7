import { TEMPLATE } from '../sabotage';
import type { Equivalent } from './change';

/** Of templates outside their resources. Every entry is read by reviewers: keep it narrow and say why. */
export const templates: readonly Equivalent[] = [
  {
    type: new RegExp(`^${TEMPLATE}$`),
    path: /^Outputs\.(Exports|Publish)/,
    when: ({ kind, stack, path }, _properties, view) => {
      const [, name = ''] = path.split('.');
      const exported = String(view.templates[stack]?.Outputs?.[name]?.Export?.Name ?? '');
      const readers = Object.entries(view.templates).filter(([other]) => other !== stack);
      const isRead = readers.some(([, template]) => {
        const text = JSON.stringify(template.Resources);
        return (exported !== '' && text.includes(`"${exported}"`)) || text.includes(`"OutputName":"${name}"`);
      });
      return kind !== 'output foreign' && !isRead;
    },
    why: 'An export that stays from before: no stack of the environment reads it any more.',
  },
];
