import type { EnvironmentView, Json, JsonObject, Resource } from '../../../../lib/controls/view';
import type { Hostile } from './hostile-anywhere';

/** Ways into and out of a network that nobody asked for. */
export function openNetwork(view: EnvironmentView): readonly Hostile[] {
  return [
    ...view.ofType('AWS::EC2::SecurityGroup').flatMap((group) => openDoors(group, view)),
    ...view.ofType('AWS::EC2::RouteTable').flatMap((table) => routes(table, view)),
    ...view.ofType('AWS::EC2::VPC').flatMap(wayIn),
  ];
}

const ref = (resource: Resource): Json => ({ Ref: resource.logicalId });

function openDoors(group: Resource, view: EnvironmentView): Hostile[] {
  const id = { 'Fn::GetAtt': [group.logicalId, 'GroupId'] };
  const rule = (name: string, properties: JsonObject, direction = 'Ingress'): Hostile => ({
    name: `${group.logicalId} ${name}`,
    stack: group.stack,
    type: `AWS::EC2::SecurityGroup${direction}`,
    properties: { GroupId: id, ...properties },
  });
  return [
    rule('database port to everyone', { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, CidrIp: '0.0.0.0/0' }),
    rule('ssh to everyone', { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' }),
    rule('everything over IPv6', { IpProtocol: '-1', CidrIpv6: '::/0' }),
    rule('everything from the network', { IpProtocol: '-1', CidrIp: '10.0.0.0/8' }),
    ...view
      .ofType('AWS::EC2::SecurityGroup')
      .filter((each) => each.stack === group.stack && each !== group)
      .map((each) =>
        rule(`everything from ${each.logicalId}`, {
          IpProtocol: '-1',
          SourceSecurityGroupId: { 'Fn::GetAtt': [each.logicalId, 'GroupId'] },
        }),
      ),
    rule('everything to everywhere', { IpProtocol: '-1', CidrIp: '0.0.0.0/0' }, 'Egress'),
  ];
}

function routes(table: Resource, view: EnvironmentView): Hostile[] {
  const gateway = view.ofType('AWS::EC2::InternetGateway').find((each) => each.stack === table.stack);
  const hasDefault = view
    .ofType('AWS::EC2::Route')
    .some((route) => view.target(route.properties.RouteTableId, route) === table);
  // A second default route in one table would not deploy: there the route that stands is changed, by other generators.
  if (!gateway || hasDefault) return [];
  return [
    {
      name: `${table.logicalId} route to the internet`,
      stack: table.stack,
      type: 'AWS::EC2::Route',
      properties: { RouteTableId: ref(table), DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref(gateway) },
    },
  ];
}

const wayIn = (vpc: Resource): Hostile[] => [
  {
    name: `${vpc.logicalId} peered with a foreign network`,
    stack: vpc.stack,
    type: 'AWS::EC2::VPCPeeringConnection',
    properties: { VpcId: ref(vpc), PeerVpcId: 'vpc-0fedcba9876543210', PeerOwnerId: '999999999999' },
  },
  {
    name: `${vpc.logicalId} endpoint of a foreign service`,
    stack: vpc.stack,
    type: 'AWS::EC2::VPCEndpoint',
    properties: {
      VpcId: ref(vpc),
      ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0fedcba9876543210',
      VpcEndpointType: 'Interface',
    },
  },
  {
    name: `${vpc.logicalId} open group`,
    stack: vpc.stack,
    type: 'AWS::EC2::SecurityGroup',
    properties: {
      GroupDescription: 'open',
      VpcId: ref(vpc),
      SecurityGroupIngress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }],
    },
  },
  {
    name: `${vpc.logicalId} public machine`,
    stack: vpc.stack,
    type: 'AWS::EC2::Instance',
    properties: { ImageId: 'ami-0fedcba9876543210', InstanceType: 't3.micro' },
  },
  {
    name: `${vpc.logicalId} public subnet`,
    stack: vpc.stack,
    type: 'AWS::EC2::Subnet',
    properties: { VpcId: ref(vpc), CidrBlock: '10.255.0.0/24', MapPublicIpOnLaunch: true },
  },
];
