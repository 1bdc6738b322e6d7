import type { Path } from './mistake';

/** Thrown when a check reads a value that is itself mistaken. */
class ReadMistake extends Error {}

/**
 * A repaired environment as checks see it: reading a value that was mistaken throws, since a verdict on the example in
 * its place would be about nothing.
 */
export function guarded<T extends object>(value: T, mistaken: readonly Path[]): T {
  if (mistaken.length === 0) return value;
  return new Proxy(value, {
    get(target, key) {
      const inner = Reflect.get(target, key) as unknown;
      if (typeof key === 'symbol') return inner;
      const below = mistaken.filter(([first]) => String(first) === key).map(([, ...rest]) => rest);
      if (below.some((path) => path.length === 0)) throw new ReadMistake(key);
      return typeof inner === 'object' && inner !== null ? guarded(inner, below) : inner;
    },
  });
}

/** What a judge says, or nothing when it came across a mistaken value. */
export function heard<R>(judge: () => readonly R[]): readonly R[] {
  try {
    return judge();
  } catch (error) {
    if (error instanceof ReadMistake) return [];
    throw error;
  }
}

/** Judges the items of a list one by one, so that a mistake in one does not silence the verdict on the others. */
export function eachOf<T, R>(items: readonly T[], judge: (item: T, index: number) => readonly R[]): readonly R[] {
  return Array.from({ length: items.length }, (_, index) => heard(() => judge(items[index] as T, index))).flat();
}
