import { everyTier, fixture, type RuleControl } from '../control';
import { guard, guards, is } from '../expect';
import { isolated, isolatedSubnets } from '../rules/network/isolation';
import type { JsonObject, Template } from '../view';

const DB = 'AWS::RDS::DBInstance';
const PROXY = 'AWS::RDS::DBProxy';

type Resources = NonNullable<Template['Resources']>;

/** A database in two isolated subnets, with one change. */
function place(changed: Resources = {}, instance: JsonObject = {}): Resources {
  const subnet = (table: string) => ({
    [`Subnet${table}`]: { Type: 'AWS::EC2::Subnet', Properties: { MapPublicIpOnLaunch: false } },
    [`Table${table}`]: { Type: 'AWS::EC2::RouteTable' },
    [`Association${table}`]: {
      Type: 'AWS::EC2::SubnetRouteTableAssociation',
      Properties: { SubnetId: { Ref: `Subnet${table}` }, RouteTableId: { Ref: `Table${table}` } },
    },
  });
  return {
    ...subnet('A'),
    ...subnet('B'),
    Subnets: {
      Type: 'AWS::RDS::DBSubnetGroup',
      Properties: { SubnetIds: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }] },
    },
    Service: { Type: 'AWS::EC2::SecurityGroup', Properties: {} },
    Group: { Type: 'AWS::EC2::SecurityGroup', Properties: {} },
    FromService: ingress({ SourceSecurityGroupId: { 'Fn::GetAtt': ['Service', 'GroupId'] } }),
    Db: {
      Type: DB,
      Properties: {
        PubliclyAccessible: false,
        Port: '5432',
        DBSubnetGroupName: { Ref: 'Subnets' },
        VPCSecurityGroups: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }],
        ...instance,
      },
    },
    ...changed,
  };
}

function ingress(rule: JsonObject): Resources[string] {
  return {
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: {
      GroupId: { 'Fn::GetAtt': ['Group', 'GroupId'] },
      IpProtocol: 'tcp',
      FromPort: 5432,
      ToPort: 5432,
      ...rule,
    },
  };
}
const route = (target: JsonObject): Resources[string] => ({
  Type: 'AWS::EC2::Route',
  Properties: { RouteTableId: { Ref: 'TableA' }, DestinationCidrBlock: '0.0.0.0/0', ...target },
});
const proxy = (changed: JsonObject = {}): Resources[string] => ({
  Type: PROXY,
  Properties: {
    VpcSubnetIds: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }],
    VpcSecurityGroupIds: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }],
    ...changed,
  },
});
const fromService = { SourceSecurityGroupId: { 'Fn::GetAtt': ['Service', 'GroupId'] } };

export const control: RuleControl = {
  id: 'database-isolated',
  title: 'The database stands in subnets without a way out, and only named parts reach its port',
  holds: ['D12/enforce'],
  tiers: everyTier,
  why: 'A database that the internet can reach is found within the hour; one that can reach the internet sends away what it holds.',
  remedy: 'Leave the database in the isolated subnets, and write who may reach it into the table of the network.',
  ...guards(
    guard(DB, { PubliclyAccessible: is(false) }),
    isolated({
      type: DB,
      subnetGroup: 'DBSubnetGroupName',
      subnetGroupType: 'AWS::RDS::DBSubnetGroup',
      securityGroups: 'VPCSecurityGroups',
      port: 'Port',
    }),
    {
      protects: [{ type: PROXY, properties: ['VpcSubnetIds', 'VpcSecurityGroupIds'] }],
      check: (environment) =>
        environment.ofType(PROXY).flatMap((proxy) => [
          ...isolatedSubnets(proxy, 'VpcSubnetIds', environment),
          ...(environment.targets(proxy.properties.VpcSecurityGroupIds, proxy).length > 0
            ? []
            : [
                {
                  resource: proxy,
                  location: 'Properties.VpcSecurityGroupIds',
                  found: "the network's default group",
                  expected: 'a security group of this environment',
                },
              ]),
        ]),
    },
  ),
  fixtures: {
    pass: [
      fixture('isolated', place()),
      fixture('with a proxy beside it', place({ Proxy: proxy() })),
      fixture(
        'from the group itself',
        place({ FromSelf: ingress({ SourceSecurityGroupId: { 'Fn::GetAtt': ['Group', 'GroupId'] } }) }),
      ),
    ],
    refuse: [
      fixture('public', place({}, { PubliclyAccessible: true })),
      fixture('not said to be private', place({}, { PubliclyAccessible: undefined as never })),
      fixture('a route to the internet', place({ Out: route({ GatewayId: { Ref: 'Gateway' } }) })),
      fixture('a route through a gateway', place({ Out: route({ NatGatewayId: { Ref: 'Nat' } }) })),
      fixture(
        'a way to buckets',
        place({ S3: { Type: 'AWS::EC2::VPCEndpoint', Properties: { RouteTableIds: [{ Ref: 'TableA' }] } } }),
      ),
      fixture('the main route table', place({ AssociationA: { Type: 'AWS::EC2::RouteTable' } })),
      fixture(
        'one subnet',
        place({ Subnets: { Type: 'AWS::RDS::DBSubnetGroup', Properties: { SubnetIds: [{ Ref: 'SubnetA' }] } } }),
      ),
      fixture('no subnet group', place({}, { DBSubnetGroupName: 'default' })),
      fixture('open to addresses', place({ Wide: ingress({ CidrIp: '10.0.0.0/8' }) })),
      fixture(
        'open to the world, inside the group',
        place({
          Group: {
            Type: 'AWS::EC2::SecurityGroup',
            Properties: {
              SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }],
            },
          },
        }),
      ),
      fixture('every port', place({ FromService: ingress({ ...fromService, FromPort: 0, ToPort: 65_535 }) })),
      fixture('every protocol', place({ FromService: ingress({ ...fromService, IpProtocol: '-1' }) })),
      fixture(
        'a public part as source',
        place({
          Service: {
            Type: 'AWS::EC2::SecurityGroup',
            Properties: {
              SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }],
            },
          },
        }),
      ),
      fixture('no group of ours', place({}, { VPCSecurityGroups: ['sg-0123456789abcdef0'] })),
      fixture('a proxy in one subnet', place({ Proxy: proxy({ VpcSubnetIds: [{ Ref: 'SubnetA' }] }) })),
      fixture('a proxy in the default group', place({ Proxy: proxy({ VpcSecurityGroupIds: [] }) })),
    ],
  },
};
