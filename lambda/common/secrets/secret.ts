import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import { HIDDEN, remember } from './scrub';

/**
 * A value that must not be seen. Every way in which JavaScript turns a value into text gives `«secret»`: templates,
 * JSON, `util.inspect` and with it the console. Only `reveal()` gives the value, so that a search for that word finds
 * every place where one is used.
 */
export class Secret {
  readonly #value: string;

  /** @throws for an empty value: it would protect nothing, and whoever compares with it lets everybody in */
  constructor(value: string) {
    if (typeof value !== 'string' || value === '') throw new Error('A secret must be text that is not empty');
    this.#value = value;
    remember(value);
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** Whether both hold the same value, in a time that does not depend on where they differ. */
  equals(other: Secret): boolean {
    const digest = (value: string) => createHash('sha256').update(value).digest();
    return timingSafeEqual(digest(this.#value), digest(other.#value));
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
