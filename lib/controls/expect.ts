import { type Finding, type Protected, type RuleControl, shown } from './control';
import { at, type EnvironmentView, type Json, type Resource } from './view';

/** What a property must be: a test and the words that follow "expected". */
export interface Expectation {
  readonly expected: string;
  readonly holds: (value: Json | undefined, resource: Resource, environment: EnvironmentView) => boolean;
}

/** An expectation that the value alone decides, whatever resource it stands in. */
export interface ValueExpectation extends Expectation {
  readonly holds: (value: Json | undefined) => boolean;
}

/** Exactly this value. CloudFormation takes `"true"` for `true` and `"30"` for `30`, so both are the same here. */
export const is = (wanted: string | number | boolean): ValueExpectation => ({
  expected: JSON.stringify(wanted),
  holds: (value) => equals(value, wanted),
});

const equals = (value: Json | undefined, wanted: string | number | boolean): boolean =>
  value !== undefined && value !== null && typeof value !== 'object' && String(value) === String(wanted);

/** One of these values. */
export const oneOf = (...wanted: readonly (string | number)[]): ValueExpectation => ({
  expected: `one of ${wanted.join(', ')}`,
  holds: (value) => wanted.some((each) => equals(value, each)),
});

/** A number that is no less. A reference can't be judged, so it does not hold. */
export const atLeast = (least: number): ValueExpectation => ({
  expected: `at least ${least}`,
  holds: (value) => isNumber(value) && Number(value) >= least,
});

/** A number that is no more. */
export const atMost = (most: number): ValueExpectation => ({
  expected: `at most ${most}`,
  holds: (value) => isNumber(value) && Number(value) <= most,
});

/** A number between two bounds, both included. */
export const between = (least: number, most: number): ValueExpectation => ({
  expected: `from ${least} to ${most}`,
  holds: (value) => isNumber(value) && Number(value) >= least && Number(value) <= most,
});

/** Text (joins and references put together) that matches. */
export const matches = (regex: RegExp, expected: string): Expectation => ({
  expected,
  holds: (value, _resource, environment) => value !== undefined && regex.test(environment.text(value)),
});

/** A reference to a resource of one of these types in the same environment. */
export const pointsAt = (...types: readonly string[]): Expectation => ({
  expected: `a reference to ${types.join(' or ')} of this environment`,
  holds: (value, resource, environment) => {
    const target = environment.target(value, resource);
    return target !== undefined && types.includes(target.type);
  },
});

/** Not set at all. */
export const absent: ValueExpectation = { expected: 'nothing', holds: (value) => value === undefined };

/** A list that has all of these entries. */
export const includes = (...wanted: readonly string[]): ValueExpectation => ({
  expected: `a list with ${wanted.join(', ')}`,
  holds: (value) => Array.isArray(value) && wanted.every((each) => value.includes(each)),
});

/** Any condition that the ones above can't say. */
export const satisfies = (expected: string, holds: Expectation['holds']): Expectation => ({ expected, holds });

const isNumber = (value: Json | undefined): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value));

/** The two halves of a rule that must agree: what is guarded, and the check that guards it. */
export type Guard = Pick<RuleControl, 'protects' | 'check'>;

/**
 * Guards properties of every resource of a type. A path beginning with `^` is an attribute of the resource itself:
 * `^DeletionPolicy`, `^UpdateReplacePolicy`.
 */
export function guard(
  type: string,
  wanted: Readonly<Record<string, Expectation>>,
  only: (resource: Resource, environment: EnvironmentView) => boolean = () => true,
): Guard {
  return {
    protects: [{ type, properties: Object.keys(wanted) }],
    check: (environment) =>
      environment
        .ofType(type)
        .filter((resource) => only(resource, environment))
        .flatMap((resource) => unmet(resource, wanted, environment)),
  };
}

/** A finding for each property of a resource that is not as wanted; paths as for `guard`. */
export function unmet(
  resource: Resource,
  wanted: Readonly<Record<string, Expectation>>,
  environment: EnvironmentView,
): Finding[] {
  return Object.entries(wanted).flatMap(([path, { expected, holds }]): Finding[] => {
    const value = valueAt(resource, path);
    return holds(value, resource, environment)
      ? []
      : [{ resource, location: locationOf(path), found: shown(value), expected }];
  });
}

/** Several guards as one. */
export function guards(...parts: readonly Guard[]): Guard {
  const protects: Protected[] = parts.flatMap((part) => [...part.protects]);
  return { protects, check: (environment) => parts.flatMap((part) => [...part.check(environment)]) };
}

/**
 * Guards that every resource of type `needed.by` has a companion of type `type`, such as a flow log for each VPC.
 * `fits` says whether a companion serves the resource.
 */
export function companion(
  type: string,
  needed: {
    readonly by: string;
    readonly as: string;
    readonly only?: (resource: Resource, environment: EnvironmentView) => boolean;
  },
  fits: (companion: Resource, resource: Resource, environment: EnvironmentView) => boolean,
): Guard {
  return {
    protects: [{ type, properties: [] }],
    check: (environment) =>
      environment
        .ofType(needed.by)
        .filter((resource) => needed.only?.(resource, environment) ?? true)
        .filter((resource) => !environment.ofType(type).some((each) => fits(each, resource, environment)))
        .map((resource) => ({ resource, location: 'Resource', found: `no ${type} for it`, expected: needed.as })),
  };
}

/** Guards that an environment has at least one resource of a type. */
export function somewhere(
  type: string,
  as: string,
  fits: (resource: Resource, environment: EnvironmentView) => boolean = () => true,
): Guard {
  return {
    protects: [{ type, properties: [] }],
    check: (environment) => {
      const anchor = environment.resources[0];
      return !anchor || environment.ofType(type).some((resource) => fits(resource, environment))
        ? []
        : [
            {
              resource: anchor,
              location: 'Environment',
              found: `no such ${type} in ${environment.name}`,
              expected: as,
            },
          ];
    },
  };
}

function valueAt(resource: Resource, path: string): Json | undefined {
  if (path === '^DeletionPolicy') return resource.deletionPolicy;
  if (path === '^UpdateReplacePolicy') return resource.updateReplacePolicy;
  return at(resource.properties, path);
}

const locationOf = (path: string): string => (path.startsWith('^') ? path.slice(1) : `Properties.${path}`);
