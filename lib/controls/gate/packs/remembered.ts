import type { TierOf } from '../../view';
import { keyOf, type Memory } from '../memory';
import type { Subject } from '../subject';
import { fingerprintOf } from './fingerprint';
import type { Pack, PackRun } from './pack';

/**
 * Packs that judge only what they have not judged before: neither their rules nor cdk-nag are loaded when nothing that
 * decides their answer has changed. The key is everything that does (`fingerprintOf`), and it covers the whole app,
 * since a rule may look at two stacks at once. What a pack could not judge is not remembered.
 */
export function remembered(packs: readonly Pack[], memory: Memory, tierOf: TierOf): Pack[] {
  if (!memory.keeps) return [...packs];
  const fingerprints = new WeakMap<Subject, string | undefined>();
  const fingerprint = (subject: Subject): string | undefined => {
    if (!fingerprints.has(subject)) fingerprints.set(subject, attempt(subject, tierOf));
    return fingerprints.get(subject);
  };
  return packs.map(({ name, gating, run }) => ({
    name,
    gating,
    run: (subject) => {
      const decides = fingerprint(subject);
      if (decides === undefined) return run(subject);
      const key = keyOf('pack', [name, gating, decides]);
      const known = memory.recall<PackRun>(key);
      if (known) return known;
      const result = run(subject);
      memory.remember(key, result);
      return result;
    },
  }));
}

/** A value that can't be resolved is a matter for the packs: they judge, and nothing is remembered. */
function attempt(subject: Subject, tierOf: TierOf): string | undefined {
  try {
    return fingerprintOf(subject, tierOf);
  } catch {
    return undefined;
  }
}
