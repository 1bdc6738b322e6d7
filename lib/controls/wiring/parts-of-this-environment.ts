import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { type Wire, wires } from '../rules/wires';
import { asList, asObject, type EnvironmentView, type Json, type Resource } from '../view';

const vpc = { Type: 'AWS::EC2::VPC' };
const subnet = { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' } } };
const groupOf = (SubnetIds: Json) => ({ Type: 'AWS::RDS::DBSubnetGroup', Properties: { SubnetIds } });

export const control: RuleControl = {
  id: 'parts-of-this-environment',
  title: 'The parts of an environment are wired to each other, by reference',
  holds: ['C07/enforce'],
  tiers: everyTier,
  why: 'A literal id leads out of the environment, to something that nobody here reviews; a wire that is missing leaves a part open or alone.',
  remedy: 'Hand the part itself from construct to construct and let it render the reference.',
  protects: Object.entries(wires).map(([type, paths]) => ({
    type,
    properties: Object.entries(paths).flatMap(([path, wire]) => (wire.optional ? [] : [path])),
  })),
  check: (environment) =>
    Object.entries(wires).flatMap(([type, paths]) =>
      environment
        .ofType(type)
        .flatMap((resource) =>
          Object.entries(paths).flatMap(([path, wire]) => loose(resource, path, wire, environment)),
        ),
    ),
  fixtures: {
    pass: [
      fixture('a list of references', { Vpc: vpc, One: subnet, Group: groupOf([{ Ref: 'One' }]) }),
      fixture('a property that may be left out', {
        Rule: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'one' }] } },
      }),
    ],
    refuse: [
      fixture('a literal id beside a reference', {
        Vpc: vpc,
        One: subnet,
        Group: groupOf([{ Ref: 'One' }, 'subnet-0123456789abcdef0']),
      }),
      fixture('a reference to another kind of part', { Vpc: vpc, Group: groupOf([{ Ref: 'Vpc' }]) }),
      fixture('an empty list', { Group: groupOf([]) }),
      fixture('nothing at all', { Topic: { Type: 'AWS::SNS::Topic' } }),
    ],
  },
};

function loose(resource: Resource, path: string, wire: Wire, environment: EnvironmentView): Finding[] {
  const ends = endsOf(resource.properties, path.split('.'));
  const expected = `a reference to ${wire.to.join(' or ')} of this environment`;
  const location = `Properties.${path}`;
  if (ends.length === 0) return wire.optional ? [] : [{ resource, location, found: 'nothing', expected }];
  return ends
    .filter((end) => !wire.to.includes(environment.target(end, resource)?.type ?? ''))
    .map((end) => ({ resource, location, found: shown(end), expected }));
}

/** Values at a path, lists passed through. An entry of a list that lacks the rest of the path has none. */
function endsOf(value: Json | undefined, path: readonly string[]): readonly Json[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return asList(value).flatMap((each) => endsOf(each, path));
  const [key, ...rest] = path;
  return key === undefined ? [value] : endsOf(asObject(value)[key], rest);
}
