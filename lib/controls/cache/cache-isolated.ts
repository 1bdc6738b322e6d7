import { everyTier, fixture, type RuleControl } from '../control';
import { isolated } from '../rules/network/isolation';
import type { JsonObject, Template } from '../view';

const TYPE = 'AWS::ElastiCache::ReplicationGroup';
const SUBNETS = 'AWS::ElastiCache::SubnetGroup';
type Resources = NonNullable<Template['Resources']>;

const subnet = (name: string): Resources => ({
  [`Subnet${name}`]: { Type: 'AWS::EC2::Subnet', Properties: {} },
  [`Table${name}`]: { Type: 'AWS::EC2::RouteTable' },
  [`Association${name}`]: {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { SubnetId: { Ref: `Subnet${name}` }, RouteTableId: { Ref: `Table${name}` } },
  },
});
const cache = (changed: Resources = {}, ingress: JsonObject = {}): Resources => ({
  ...subnet('A'),
  ...subnet('B'),
  Subnets: { Type: SUBNETS, Properties: { SubnetIds: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }] } },
  Service: { Type: 'AWS::EC2::SecurityGroup', Properties: {} },
  Group: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      SecurityGroupIngress: [
        { SourceSecurityGroupId: { Ref: 'Service' }, IpProtocol: 'tcp', FromPort: 6379, ToPort: 6379, ...ingress },
      ],
    },
  },
  Cache: {
    Type: TYPE,
    Properties: { Port: 6379, CacheSubnetGroupName: { Ref: 'Subnets' }, SecurityGroupIds: [{ Ref: 'Group' }] },
  },
  ...changed,
});

export const control: RuleControl = {
  id: 'cache-isolated',
  title: 'The cache stands in subnets without a way out, and only named parts reach its port',
  holds: ['C09/enforce', 'D12/enforce'],
  tiers: everyTier,
  why: 'It holds sessions and counts logins; an address that reaches it can guess its password as often as it likes.',
  remedy: 'Leave the cache in the isolated subnets, and write who may reach it into the table of the network.',
  ...isolated({
    type: TYPE,
    subnetGroup: 'CacheSubnetGroupName',
    subnetGroupType: SUBNETS,
    securityGroups: 'SecurityGroupIds',
    port: 'Port',
  }),
  fixtures: {
    pass: [fixture('isolated', cache())],
    refuse: [
      fixture(
        'a route out',
        cache({ Out: { Type: 'AWS::EC2::Route', Properties: { RouteTableId: { Ref: 'TableB' } } } }),
      ),
      fixture('open to addresses', cache({}, { CidrIp: '0.0.0.0/0' })),
      fixture('another port', cache({}, { FromPort: 1 })),
      fixture(
        'no subnet group',
        cache({ Cache: { Type: TYPE, Properties: { Port: 6379, SecurityGroupIds: [{ Ref: 'Group' }] } } }),
      ),
      fixture(
        'no security group',
        cache({ Cache: { Type: TYPE, Properties: { Port: 6379, CacheSubnetGroupName: { Ref: 'Subnets' } } } }),
      ),
    ],
  },
};
