import type { EnvironmentView } from '../../../lib/controls/view';
import { alarms } from './equivalents/alarms';
import { type Equivalent, more } from './equivalents/change';
import { compute } from './equivalents/compute';
import { data } from './equivalents/data';
import { network } from './equivalents/network';
import { order } from './equivalents/order';
import { templates } from './equivalents/templates';
import { type Sabotage, same } from './sabotage';

const ANY = /./;

/** Of every type. Every entry is read by reviewers: keep it narrow and say why. */
const general: readonly Equivalent[] = [
  {
    type: ANY,
    path: /(^|\.)(\w*Retention(Period|InDays)?|MessageRetentionPeriod|PasswordLength|MinCapacity|NumCacheClusters|ReplicasPerNodeGroup|PendingWindowInDays)$/,
    when: more,
    why: 'More copies, longer kept, longer passwords.',
  },
  {
    type: ANY,
    path: ANY,
    when: ({ kind, before }) => kind === 'property removed' && same(before, []),
    why: 'An empty list, or none.',
  },
];

const equivalents = [...general, ...alarms, ...network, ...compute, ...data, ...order, ...templates];

/** Why a sabotage is none. */
export function equivalent(sabotage: Sabotage, view: EnvironmentView): string | undefined {
  const path = sabotage.path.replace(/\.\d+(?=\.|$)/g, '');
  const resource = view.target({ Ref: sabotage.logicalId }, sabotage);
  return equivalents.find(
    (each) =>
      each.type.test(sabotage.type) && each.path.test(path) && each.when(sabotage, resource?.properties ?? {}, view),
  )?.why;
}
