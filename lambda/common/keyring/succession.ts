import { isCompromised } from './compromise';
import { type Fallback, type Key, type Keyring, kidOf } from './keyring';

const DAY = 24 * 3600_000;
/**
 * Keys that are accepted beside the current one. Each request with a signature that fits none tries them all; who rotates
 * oftener within a grace period loses the oldest.
 */
export const MOST_FALLBACKS = 5;
/** How much shorter than promised a grace may turn out because a rotation took so long. */
const LOST_DAYS = 1;

export interface SuccessionRules {
  readonly now: Date;
  /** How long a key is accepted after it signed for the last time. */
  readonly graceDays: number;
  /** Keys made before this are not accepted at all. @default - none is compromised */
  readonly compromisedBefore?: Date;
}

/** The keyring that follows: a new key signs, and the one before is accepted for its grace. */
export function successor(
  ring: Keyring,
  key: Key['key'],
  { now, graceDays, compromisedBefore }: SuccessionRules,
): Keyring {
  const since = new Date(Math.max(now.getTime(), compromisedBefore?.getTime() ?? 0));
  const before: Fallback = { ...ring.current, until: new Date(now.getTime() + graceDays * DAY) };
  const fallbacks = accepted([before, ...ring.fallbacks], now, compromisedBefore).slice(0, MOST_FALLBACKS);
  return { current: { key, since }, fallbacks, document: ring.document };
}

/** Fallbacks that are still accepted. */
export const accepted = (fallbacks: readonly Fallback[], now: Date, compromisedBefore?: Date): readonly Fallback[] =>
  fallbacks.filter((each) => each.until.getTime() > now.getTime() && !isCompromised(each, compromisedBefore));

/** Why a keyring may not follow another one, or nothing when it may. */
export function whyNot(
  pending: Keyring,
  current: Keyring,
  { now, graceDays, compromisedBefore }: SuccessionRules,
): string | undefined {
  if ([pending.current, ...pending.fallbacks].some((each) => isCompromised(each, compromisedBefore)))
    return 'it was made before its keys were declared compromised';
  const keys = [pending.current, ...pending.fallbacks].map(({ key }) => kidOf(key));
  if (new Set(keys).size < keys.length) return 'it has the same key twice';
  if (isCompromised(current.current, compromisedBefore)) return undefined;
  const before = pending.fallbacks.find(({ key }) => key.equals(current.current.key));
  if (!before) return 'it does not accept the current key, so every session would end at once';
  const least = now.getTime() + (graceDays - LOST_DAYS) * DAY;
  if (before.until.getTime() < least)
    return `it was made so long ago that the current key would be accepted until ${before.until.toISOString()} only`;
  return undefined;
}
