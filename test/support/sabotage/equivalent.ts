import type { Json } from '../../../lib/controls/view';
import type { Sabotage } from './sabotage';

/** Changes that leave an environment as safe as it was, or make it safer. */
interface Equivalent {
  readonly type: RegExp;
  readonly path: RegExp;
  readonly when: (before: Json | undefined, after: Json | undefined, sabotage: Sabotage) => boolean;
  readonly why: string;
}

const ANY = /./;
const number = (value: Json | undefined): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
const more: Equivalent['when'] = (before, after) => number(after) > number(before);

/** Every entry is read by reviewers: keep it narrow and say why. */
const equivalents: readonly Equivalent[] = [
  {
    type: ANY,
    path: /(^|\.)(\w*Retention\w*|PasswordLength|MinCapacity|NumCacheClusters|ReplicasPerNodeGroup|RecoveryWindowInDays|PendingWindowInDays)$/,
    when: more,
    why: 'More copies, longer kept, longer passwords.',
  },
  {
    type: /^AWS::ElasticLoadBalancingV2::LoadBalancer$/,
    path: /^LoadBalancerAttributes\.\d+\.Value$/,
    when: (before, after) => number(before) >= 30 && number(before) - number(after) === 1,
    why: 'The load balancer waits a second less, and still longer than the proxy.',
  },
];

/** Why a sabotage is none. */
export function equivalent(sabotage: Sabotage): string | undefined {
  return equivalents.find(
    (each) =>
      each.type.test(sabotage.type) &&
      each.path.test(sabotage.path) &&
      each.when(sabotage.before, sabotage.after, sabotage),
  )?.why;
}
