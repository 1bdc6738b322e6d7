import { DEPLOYED } from '../common/secrets/deployed';
import { holderOf, type SecretState, type SecretStore } from '../common/secrets/store';

/** A secret of which another version is current than the one that is known to run. */
export interface Changed {
  readonly store: SecretStore;
  readonly state: SecretState;
  /** Id of the version that should run. */
  readonly current: string;
  /** Id of the version that was last known to run. @default - none yet */
  readonly deployed?: string;
  /** When the current version became current, or later: any later change of the secret moves it too. */
  readonly at: Date;
}

/** Secrets without a value are none of it: nobody has filled them, and no task can have them. */
export async function changesOf(stores: readonly SecretStore[]): Promise<readonly Changed[]> {
  const found = await Promise.all(stores.map(async (store) => ({ store, state: await store.describe() })));
  return found.flatMap(({ store, state }) => {
    const current = holderOf(state, 'AWSCURRENT');
    const deployed = holderOf(state, DEPLOYED);
    if (!current || current === deployed || state.deleted) return [];
    // Every secret with a value has the moment; without one, tasks would have to start anew for ever.
    return [{ store, state, current, deployed, at: state.changed ?? new Date(0) }];
  });
}

/**
 * Marks the versions that run.
 *
 * @returns names of the secrets whose label somebody else moved meanwhile; the next run looks at them again
 */
export async function markDeployed(changes: readonly Changed[]): Promise<readonly string[]> {
  const moved = await Promise.all(
    changes.map(async ({ store, state, current, deployed }) => {
      const result = await store.move(DEPLOYED, { from: deployed, to: current });
      return result === 'moved' ? [] : [state.name];
    }),
  );
  return moved.flat();
}
