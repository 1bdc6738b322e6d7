import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { networkOf, type Place, partOf, placesIn, SUBNET } from '../rules/network/map';
import { networkWith, soundNetwork } from '../rules/network/samples';
import type { EnvironmentView, Resource } from '../view';

export const control: RuleControl = {
  id: 'parts-placed',
  title: 'Everything with a network interface wears the security group of its part and stands in the right tier',
  holds: ['C07/enforce', 'D12/enforce'],
  tiers: everyTier,
  why: 'In the default security group, or in a public subnet, a part can be reached by what the connection table never named.',
  remedy:
    'Hand it `network.parts[…]` and the subnets of its tier: public for the load balancer alone, private for what runs.',
  protects: [
    { type: 'AWS::ECS::Service', properties: ['NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp'] },
    { type: 'AWS::EC2::Route', properties: ['RouteTableId'] },
    { type: 'AWS::EC2::SubnetRouteTableAssociation', properties: ['RouteTableId', 'SubnetId'] },
    { type: 'AWS::Lambda::Function', properties: ['VpcConfig'] },
    { type: 'AWS::EC2::SecurityGroup', properties: ['GroupDescription'] },
  ],
  check: (environment) =>
    placesIn(environment).flatMap((place) => [
      ...wornGroup(place, environment),
      ...tier(place, environment),
      ...publicAddress(place),
    ]),
  fixtures: {
    pass: [fixture('each in its place', soundNetwork)],
    refuse: [
      fixture(
        'no security group',
        networkWith('Web', { 'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups': [] }),
      ),
      fixture(
        'the group of another part',
        networkWith('Web', {
          'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups': [
            { 'Fn::GetAtt': ['LoadBalancerGroup', 'GroupId'] },
          ],
        }),
      ),
      fixture(
        'a second group',
        networkWith('Web', {
          'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups': [
            { 'Fn::GetAtt': ['ServiceGroup', 'GroupId'] },
            { 'Fn::GetAtt': ['DatabaseGroup', 'GroupId'] },
          ],
        }),
      ),
      fixture(
        'a public address',
        networkWith('Web', { 'NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp': 'ENABLED' }),
      ),
      fixture(
        'copies in public subnets',
        networkWith('Web', {
          'NetworkConfiguration.AwsvpcConfiguration.Subnets': [{ Ref: 'Public1' }, { Ref: 'Public2' }],
        }),
      ),
      fixture(
        'copies in one zone',
        networkWith('Web', { 'NetworkConfiguration.AwsvpcConfiguration.Subnets': [{ Ref: 'Private1' }] }),
      ),
      fixture(
        'the load balancer inside',
        networkWith('Balancer', { Subnets: [{ Ref: 'Private1' }, { Ref: 'Private2' }] }),
      ),
      fixture('a function outside the VPC', networkWith('Function', { VpcConfig: undefined })),
      fixture('a group that is no part', networkWith('ServiceGroup', { GroupDescription: 'open to all' })),
    ],
  },
};

function wornGroup(place: Place, environment: EnvironmentView): Finding[] {
  const worn = place.securityGroups.map((each) => partOf(environment.target(each, place.resource)));
  if (worn.length === 1 && worn[0] === place.part) return [];
  const expected = `the security group of ${place.part}, and no other`;
  return [{ resource: place.resource, location: place.securityGroupsAt, found: shown(place.securityGroups), expected }];
}

function tier(place: Place, environment: EnvironmentView): Finding[] {
  if (!place.subnets) return [];
  const subnets = place.subnets.map((each) => environment.target(each, place.resource));
  const { kindOf } = networkOf(environment);
  const fits = (subnet: Resource | undefined) => subnet?.type === SUBNET && place.kinds.includes(kindOf(subnet));
  const zones = new Set(subnets.map((subnet) => JSON.stringify(subnet?.properties.AvailabilityZone)));
  if (subnets.every(fits) && zones.size >= 2 && zones.size === subnets.length) return [];
  return [
    {
      resource: place.resource,
      location: ['Properties', place.location, 'subnets'].filter(Boolean).join('.'),
      found:
        subnets
          .map((subnet) => (subnet ? `${subnet.path} (${kindOf(subnet)})` : 'a subnet from elsewhere'))
          .join(', ') || 'none',
      expected: `${place.kinds.join(' or ')} subnets of this environment in two zones or more, each once`,
    },
  ];
}

function publicAddress({ resource, location, properties }: Place): Finding[] {
  const { AssignPublicIp: assigned } = properties;
  if (assigned === undefined || assigned === 'DISABLED') return [];
  return [
    { resource, location: `Properties.${location}.AssignPublicIp`, found: shown(assigned), expected: 'DISABLED' },
  ];
}
