import type { EnvironmentView, JsonObject } from '../../../../lib/controls/view';
import type { Sabotage } from '../sabotage';

/** Changes that leave an environment as safe as it was, or make it safer. */
export interface Equivalent {
  readonly type: RegExp;
  /** Of the property, places in lists left out. */
  readonly path: RegExp;
  readonly when: (sabotage: Sabotage, properties: JsonObject, view: EnvironmentView) => boolean;
  readonly why: string;
}

/** A number, also as text; not a number where it is none. */
export const number = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;

export const more: Equivalent['when'] = ({ before, after }) => number(after) > number(before);
/** Less, but not off: 0 and below have a meaning of their own almost everywhere. */
export const less: Equivalent['when'] = ({ before, after }) => number(after) < number(before) && number(after) > 0;
export const oneLess: Equivalent['when'] = ({ before, after }) =>
  number(after) === number(before) - 1 && number(after) > 0;

/** What is removed is what CloudFormation takes when nothing is said. */
export const removedDefault =
  (...defaults: readonly unknown[]): Equivalent['when'] =>
  ({ kind, before }) =>
    kind === 'property removed' && defaults.includes(before);
