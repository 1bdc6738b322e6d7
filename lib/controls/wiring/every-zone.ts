import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { wires } from '../rules/wires';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const SUBNET = 'AWS::EC2::Subnet';

/** Properties that list subnets, by resource type; one that names a single subnet has its zone. */
const LISTS = Object.entries(wires).flatMap(([type, paths]) =>
  Object.entries(paths)
    .filter(([path, { to }]) => to.includes(SUBNET) && /Subnet(s|Ids)$/.test(path))
    .map(([path]) => ({ type, path })),
);

const subnet = (name: string) => ({
  Type: SUBNET,
  Metadata: { 'aws:cdk:path': `fixture/network/Network/Vpc/${name}/Subnet` },
});
const zones = { One: subnet('isolatedSubnet1'), Two: subnet('isolatedSubnet2'), Public: subnet('PublicSubnet1') };
const group = (...names: string[]) => ({
  ...zones,
  Group: { Type: 'AWS::RDS::DBSubnetGroup', Properties: { SubnetIds: names.map((Ref) => ({ Ref })) } },
});

export const control: RuleControl = {
  id: 'every-zone',
  title: 'What spreads over subnets spreads over every zone, and over one tier of them',
  holds: ['C02/enforce'],
  tiers: everyTier,
  why: 'A zone left out is not missed until the other one fails; a subnet of another tier brings its routes along.',
  remedy: 'Select subnets by their group (`subnetGroupName`), never one by one.',
  protects: [
    ...LISTS.map(({ type, path }) => ({ type, properties: [path] })),
    { type: SUBNET, properties: ['AvailabilityZone'] },
  ],
  check: (environment) => [
    ...LISTS.flatMap(({ type, path }) =>
      environment.ofType(type).flatMap((resource) => gaps(resource, path, environment)),
    ),
    ...sharedZones(environment),
  ],
  fixtures: {
    pass: [
      fixture('each zone once', group('One', 'Two')),
      fixture('no list where none is needed', { Function: { Type: 'AWS::Lambda::Function' } }),
    ],
    refuse: [
      fixture('a zone left out', group('One')),
      fixture('a zone twice', group('One', 'One')),
      fixture('two subnets of a tier in one zone', {
        ...group('One', 'Two'),
        One: { ...zones.One, Properties: { AvailabilityZone: 'a' } },
        Two: { ...zones.Two, Properties: { AvailabilityZone: 'a' } },
      }),
      fixture('another tier', group('One', 'Public')),
      fixture('another tier besides', group('One', 'Two', 'Public')),
    ],
  },
};

function gaps(resource: Resource, path: string, environment: EnvironmentView): Finding[] {
  const listed = asList(valueAt(resource.properties, path));
  if (listed.length === 0) return [];
  const subnets = listed.flatMap((each) => environment.target(each, resource) ?? []);
  const tiers = new Set(subnets.map(tierOf));
  const whole = environment.ofType(SUBNET).filter((each) => tiers.has(tierOf(each)));
  const each = new Set(subnets);
  if (tiers.size === 1 && each.size === listed.length && each.size === whole.length) return [];
  const expected = `every subnet of one tier, once: ${whole.map((one) => one.path).join(', ')}`;
  const found = subnets.map((one) => one.path).join(', ') || 'no subnet of this environment';
  return [{ resource, location: `Properties.${path}`, found, expected }];
}

/** Two subnets of a tier in one zone are one zone too few. */
const sharedZones = (environment: EnvironmentView): Finding[] =>
  environment.ofType(SUBNET).flatMap((resource, index, all): Finding[] => {
    const zone = JSON.stringify(resource.properties.AvailabilityZone);
    const twin = all
      .slice(0, index)
      .find((each) => tierOf(each) === tierOf(resource) && JSON.stringify(each.properties.AvailabilityZone) === zone);
    if (zone === undefined || !twin) return [];
    const found = `the zone of ${twin.path}`;
    return [{ resource, location: 'Properties.AvailabilityZone', found, expected: 'a zone of its own' }];
  });

/** Subnets of one tier are numbered by their zone: `isolatedSubnet1`, `isolatedSubnet2`. */
const tierOf = ({ path }: Resource): string => path.replace(/Subnet\d+(?=\/|$)/, 'Subnet');

const valueAt = (properties: JsonObject, path: string): Json | undefined =>
  path.split('.').reduce<Json | undefined>((value, key) => asObject(value)[key], properties);
