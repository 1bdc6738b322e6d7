import { createHash } from 'node:crypto';
import { compromisedBefore } from '../common/keyring/compromise';
import { type Keyring, kidOf, parseKeyring, serializeKeyring } from '../common/keyring/keyring';
import { accepted } from '../common/keyring/succession';
import { log } from '../common/log';
import { holderOf, type SecretState, type SecretStore } from '../common/secrets/store';

/** The label of a version that is to become current. It is not AWSPENDING: that one belongs to rotations. */
export const RETIRING = 'RETIRING';
/** How often it looks again when the secret changes under its hands. */
const MOST_LOOKS = 3;

/** Keys that went, by their names. */
export interface Retired {
  readonly secret: string;
  readonly kids: readonly string[];
}

/**
 * Takes keys out of a keyring whose grace is over, or that were declared compromised, in a new version.
 *
 * The new version becomes current only if the one that was read still is: a rotation that finished meanwhile wins, and
 * its keyring is looked at instead. The version's id follows from what it is made of, so that a repeated or doubled run
 * makes the same one.
 */
export async function retire(store: SecretStore, now: Date): Promise<Retired> {
  const kids: string[] = [];
  for (let look = 0; look < MOST_LOOKS; look++) {
    const state = await store.describe();
    const from = holderOf(state, 'AWSCURRENT');
    const content = from && (await store.read(from));
    if (!content) throw new Error(`Secret ${state.name}: no version with a value is AWSCURRENT; expected a keyring`);
    const ring = parseKeyring(content);
    const kept = accepted(ring.fallbacks, now, compromisedBefore(state, now));
    const gone = ring.fallbacks.filter((each) => !kept.includes(each)).map(({ key }) => kidOf(key));
    if (gone.length === 0 || (await replaced(store, from, { ...ring, fallbacks: kept }))) {
      kids.push(...gone);
      await clear(store, gone.length === 0 ? state : await store.describe());
      return { secret: state.name, kids };
    }
    log.info('the keyring changed meanwhile', { secret: state.name });
  }
  await clear(store, await store.describe());
  throw new Error(
    `Secret ${store.id}: it changed each time before its keys could be retired; the next run tries again`,
  );
}

/** Makes the keyring current in place of the version that it was made from, if that one still is. */
async function replaced(store: SecretStore, from: string, ring: Keyring): Promise<boolean> {
  const to = createHash('sha256')
    .update([from, ...ring.fallbacks.map(({ key }) => kidOf(key))].join())
    .digest('hex');
  await store.put(to, serializeKeyring(ring), [RETIRING]);
  if ((await store.move('AWSCURRENT', { from, to })) === 'moved') return true;
  // Its twin may have moved the label.
  return holderOf(await store.describe(), 'AWSCURRENT') === to;
}

/** Takes the label away, so that Secrets Manager forgets a version that came to nothing. */
async function clear(store: SecretStore, state: SecretState): Promise<void> {
  const holder = holderOf(state, RETIRING);
  if (holder) await store.move(RETIRING, { from: holder });
}
