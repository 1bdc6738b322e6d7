import type { Environment } from '../schema';

/** What a check refuses, in the words of a `Mistake`. */
export interface Refusal {
  /** Field to change first. */
  readonly path: readonly PropertyKey[];
  /** What is wrong with its value, in words that fit "expected …". */
  readonly expected: string;
  readonly example: unknown;
  /** The sum that shows it, when several values are weighed against each other. */
  readonly arithmetic?: string;
}

/**
 * Judges values of one environment against each other, which no single field's schema can. It may read whatever it
 * needs: a check that comes across a value which is itself mistaken is not heard, so it never reports what
 * follows from another mistake.
 */
export type Check = (environment: Environment) => readonly Refusal[];
