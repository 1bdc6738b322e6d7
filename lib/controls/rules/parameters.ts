import { type Finding, shown } from '../control';
import type { Expectation, Guard } from '../expect';
import { asObject, type EnvironmentView, type Resource } from '../view';

/** A resource whose settings stand in a parameter group. */
export interface Parametrised {
  readonly type: string;
  /** Property that names the group. */
  readonly property: string;
  readonly groupType: string;
  /** Property of the group that holds the settings. */
  readonly settings: string;
}

export const postgresParameters: Parametrised = {
  type: 'AWS::RDS::DBInstance',
  property: 'DBParameterGroupName',
  groupType: 'AWS::RDS::DBParameterGroup',
  settings: 'Parameters',
};

/** Guards settings of the parameter group that each resource uses; a group nobody uses holds nothing. */
export function parameters(of: Parametrised, wanted: Readonly<Record<string, Expectation>>): Guard {
  return {
    protects: [
      { type: of.type, properties: [of.property] },
      { type: of.groupType, properties: Object.keys(wanted).map((name) => `${of.settings}.${name}`) },
    ],
    check: (environment) => environment.ofType(of.type).flatMap((user) => faults(user, of, wanted, environment)),
  };
}

function faults(
  user: Resource,
  of: Parametrised,
  wanted: Readonly<Record<string, Expectation>>,
  environment: EnvironmentView,
): readonly Finding[] {
  const name = user.properties[of.property];
  const group = environment.target(name, user);
  if (group?.type !== of.groupType) {
    const expected = `a reference to a ${of.groupType} of this environment`;
    return [{ resource: user, location: `Properties.${of.property}`, found: shown(name), expected }];
  }
  const settings = asObject(group.properties[of.settings]);
  return Object.entries(wanted).flatMap(([setting, expectation]): Finding[] =>
    expectation.holds(settings[setting], group, environment)
      ? []
      : [
          {
            resource: group,
            location: `Properties.${of.settings}.${setting}`,
            found: shown(settings[setting]),
            expected: expectation.expected,
          },
        ],
  );
}
