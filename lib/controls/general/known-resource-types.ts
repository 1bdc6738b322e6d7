import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { resourceTypes } from '../rules/resource-types';

export const control: RuleControl = {
  id: 'known-resource-types',
  title: 'An environment holds only types of resource that controls guard',
  holds: ['C07/enforce', 'G02/enforce'],
  tiers: everyTier,
  why: 'A peering, a public function address or a second account trail passes every rule about the parts that the kit knows.',
  remedy: 'Write a control for the type first, then add it to lib/controls/rules/resource-types.ts.',
  protects: [],
  check: (environment) =>
    environment.resources
      .filter(({ type }) => !(type in resourceTypes))
      .map((resource): Finding => {
        return { resource, location: 'Type', found: resource.type, expected: 'a type that a control guards' };
      }),
  fixtures: {
    pass: [fixture('a bucket', { Bucket: { Type: 'AWS::S3::Bucket' } })],
    refuse: [
      ...[
        'AWS::EC2::Instance',
        'AWS::EC2::NetworkAclEntry',
        'AWS::EC2::VPCPeeringConnection',
        'AWS::IAM::AccessKey',
        'AWS::Lambda::Url',
        'AWS::Logs::SubscriptionFilter',
        'AWS::RDS::DBCluster',
        'Custom::AWS',
      ].map((Type) => fixture(Type, { Added: { Type } })),
    ],
  },
};
