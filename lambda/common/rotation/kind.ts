import type { Log } from '../log';
import type { Secret } from '../secrets/secret';
import type { SecretState } from '../secrets/store';

/** Where a step runs. */
export interface RotationContext {
  readonly secret: SecretState;
  /** Id of the version that this rotation makes. */
  readonly token: string;
  /** Writes the secret's name and the token with every entry. */
  readonly log: Log;
}

/** The value that is in use and the one that is to follow it. */
export interface Succession<Value> {
  readonly current: Value;
  readonly pending: Value;
}

/**
 * What is particular to one kind of secret. The protocol calls each part as often as Secrets Manager repeats a step, also
 * twice at once, and after a part that was cut off anywhere: `set` and `test` must end the same each time.
 */
export interface SecretKind<Value> {
  /** What it is, for messages: `application keyring`. */
  readonly name: string;

  /**
   * Reads a version's content.
   *
   * @throws SecretContentError with every mistake
   */
  parse(content: Secret): Value;

  /** The content that `parse` reads. Fields that the kind does not know come along. */
  serialize(value: Value): Secret;

  /** A new value to follow the current one. It is kept nowhere until the protocol puts it, so it may be drawn by chance. */
  create(current: Value, context: RotationContext): Promise<Value>;

  /** Makes the pending value valid where it is used, without taking validity from the current one. */
  set(values: Succession<Value>, context: RotationContext): Promise<void>;

  /**
   * Tries the pending value where it is used.
   *
   * @throws when it does not do what it must, or does what it must not
   */
  test(values: Succession<Value>, context: RotationContext): Promise<void>;

  /**
   * Why the pending value may not follow the current one, or nothing when it may. It is asked before `set`, before `test`
   * and before the label moves: the current value may be another one than when the pending one was made.
   */
  refusal(values: Succession<Value>, context: RotationContext): string | undefined;
}
