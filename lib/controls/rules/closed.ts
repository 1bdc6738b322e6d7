import type { Guard } from '../expect';

/**
 * Guards that resources of a type have no other properties than these: CloudFormation knows many that open a door
 * (a snapshot to start from, a role to export with), and a list of the bad ones would miss the next.
 */
export function closed(type: string, known: readonly string[]): Guard {
  return {
    protects: [],
    check: (environment) =>
      environment.ofType(type).flatMap((resource) =>
        Object.keys(resource.properties)
          .filter((name) => !known.includes(name))
          .map((name) => ({
            resource,
            location: `Properties.${name}`,
            found: `${name}, which this kit never sets`,
            expected: 'nothing',
          })),
      ),
  };
}
