import type { SecretState } from '../secrets/store';
import { instantOf } from './instant';
import type { Key } from './keyring';

/**
 * The tag by which an operator says that keys are compromised: every key made before this moment. A moment rather than a
 * switch, so that nobody has to take it away again, and nothing happens twice:
 *
 *     aws secretsmanager tag-resource --secret-id <name> --tags Key=breakwater:compromised-before,Value=$(date -u +%FT%TZ)
 *     aws secretsmanager rotate-secret --secret-id <name>
 */
export const COMPROMISED_TAG = 'breakwater:compromised-before';

/** How far an operator's clock may be ahead of ours. */
const SKEW_MILLISECONDS = 5 * 60_000;

/**
 * Before when keys count as compromised; nothing when nobody said so.
 *
 * @throws for a tag that can't be read, or names the future: to ignore it would keep a compromised key
 */
export function compromisedBefore({ name, tags }: SecretState, now: Date): Date | undefined {
  const text = tags[COMPROMISED_TAG];
  if (text === undefined) return undefined;
  const before = instantOf(text);
  if (before && before.getTime() <= now.getTime() + SKEW_MILLISECONDS) return before;
  throw new Error(
    `Secret ${name}: tag ${COMPROMISED_TAG} is '${text}'; expected a moment in UTC that is not in the future, for example ` +
      `${now.toISOString().slice(0, 19)}Z. Set it again: aws secretsmanager tag-resource --secret-id ${name} --tags ` +
      `Key=${COMPROMISED_TAG},Value=$(date -u +%FT%TZ)`,
  );
}

/** Whether a key is older than the moment. One of unknown age is. */
export const isCompromised = ({ since }: Key, before: Date | undefined): boolean =>
  before !== undefined && (since === undefined || since.getTime() < before.getTime());
