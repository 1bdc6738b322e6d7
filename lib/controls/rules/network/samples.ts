import type { Json, JsonObject, Template, TemplateResource } from '../../view';

type Resources = NonNullable<Template['Resources']>;

const ref = (id: string): JsonObject => ({ Ref: id });
const groupId = (id: string): JsonObject => ({ 'Fn::GetAtt': [id, 'GroupId'] });
const resource = (Type: string, Properties: JsonObject = {}): TemplateResource => ({ Type, Properties });
const inVpc = { VpcId: ref('Vpc') };
const zone = (index: number): JsonObject => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });
const NOBODY = { CidrIp: '255.255.255.255/32', IpProtocol: 'tcp', FromPort: 9, ToPort: 9 };
const INTERNET = { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

const group = (part: string, egress: readonly JsonObject[], ingress: readonly JsonObject[] = []): TemplateResource =>
  resource('AWS::EC2::SecurityGroup', {
    ...inVpc,
    GroupDescription: `${part} of fixture`,
    SecurityGroupEgress: egress,
    ...(ingress.length > 0 && { SecurityGroupIngress: ingress }),
  });

const connection = (from: string, to: string, port: number): Resources => ({
  [`${from}To${to}`]: resource('AWS::EC2::SecurityGroupEgress', {
    GroupId: groupId(from),
    DestinationSecurityGroupId: groupId(to),
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
  }),
  [`${to}From${from}`]: resource('AWS::EC2::SecurityGroupIngress', {
    GroupId: groupId(to),
    SourceSecurityGroupId: groupId(from),
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
  }),
});

const subnet = (kind: 'Public' | 'Private', number: 1 | 2, table: string): Resources => ({
  [`${kind}${number}`]: resource('AWS::EC2::Subnet', {
    ...inVpc,
    AvailabilityZone: zone(number - 1),
    CidrBlock: `10.0.${kind === 'Public' ? 0 : 1}.${number * 16}/28`,
    MapPublicIpOnLaunch: false,
  }),
  [`${kind}${number}Routes`]: resource('AWS::EC2::SubnetRouteTableAssociation', {
    SubnetId: ref(`${kind}${number}`),
    RouteTableId: ref(table),
  }),
});

const privateTier = (number: 1 | 2): Resources => ({
  [`PrivateTable${number}`]: resource('AWS::EC2::RouteTable', inVpc),
  ...subnet('Private', number, `PrivateTable${number}`),
  [`ToNat${number}`]: resource('AWS::EC2::Route', {
    RouteTableId: ref(`PrivateTable${number}`),
    DestinationCidrBlock: '0.0.0.0/0',
    NatGatewayId: { 'Fn::GetAtt': [`Nat${number}`, 'NatGatewayId'] },
  }),
  [`Nat${number}`]: resource('AWS::EC2::NatGateway', {
    SubnetId: ref(`Public${number}`),
    AllocationId: { 'Fn::GetAtt': [`Address${number}`, 'AllocationId'] },
  }),
  [`Address${number}`]: resource('AWS::EC2::EIP', { Domain: 'vpc' }),
});

/** A small network that every network control passes, with a load balancer, a service and a function in it. */
export const soundNetwork: Resources = {
  Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true, EnableDnsSupport: true }),
  Gateway: resource('AWS::EC2::InternetGateway'),
  Attachment: resource('AWS::EC2::VPCGatewayAttachment', { ...inVpc, InternetGatewayId: ref('Gateway') }),
  PublicTable: resource('AWS::EC2::RouteTable', inVpc),
  ToInternet: resource('AWS::EC2::Route', {
    RouteTableId: ref('PublicTable'),
    DestinationCidrBlock: '0.0.0.0/0',
    GatewayId: ref('Gateway'),
  }),
  ...subnet('Public', 1, 'PublicTable'),
  ...subnet('Public', 2, 'PublicTable'),
  ...privateTier(1),
  ...privateTier(2),
  LoadBalancerGroup: group(
    'loadBalancer',
    [NOBODY],
    [
      { ...INTERNET },
      { CidrIpv6: '::/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
      { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 80, ToPort: 80 },
    ],
  ),
  ServiceGroup: group('service', [NOBODY, INTERNET]),
  DatabaseGroup: group('database', [NOBODY]),
  FunctionsGroup: group('functions', [NOBODY, INTERNET]),
  TasksGroup: group('tasks', [NOBODY, INTERNET]),
  CacheGroup: group('cache', [NOBODY]),
  EndpointsGroup: group('endpoints', [NOBODY]),
  ...connection('LoadBalancerGroup', 'ServiceGroup', 8443),
  ...connection('ServiceGroup', 'DatabaseGroup', 5432),
  ...connection('FunctionsGroup', 'DatabaseGroup', 5432),
  Balancer: resource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Subnets: [ref('Public1'), ref('Public2')],
    SecurityGroups: [groupId('LoadBalancerGroup')],
  }),
  Web: resource('AWS::ECS::Service', {
    LoadBalancers: [{ ContainerName: 'proxy' }],
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        AssignPublicIp: 'DISABLED',
        SecurityGroups: [groupId('ServiceGroup')],
        Subnets: [ref('Private1'), ref('Private2')],
      },
    },
  }),
  Function: resource('AWS::Lambda::Function', {
    VpcConfig: { SecurityGroupIds: [groupId('FunctionsGroup')], SubnetIds: [ref('Private1'), ref('Private2')] },
  }),
  S3: resource('AWS::EC2::VPCEndpoint', {
    ...inVpc,
    VpcEndpointType: 'Gateway',
    ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.s3' },
    RouteTableIds: [ref('PrivateTable1'), ref('PrivateTable2')],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: ['s3:GetObject', 's3:PutObject'],
          Resource: '*',
          Condition: {
            StringEquals: {
              'aws:PrincipalAccount': ref('AWS::AccountId'),
              'aws:ResourceAccount': ref('AWS::AccountId'),
            },
          },
        },
      ],
    },
  }),
  FlowLogs: resource('AWS::Logs::LogGroup'),
  FlowLogRole: resource('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'vpc-flow-logs.amazonaws.com' } }],
    },
  }),
  FlowLogRights: resource('AWS::IAM::ManagedPolicy', {
    Roles: [ref('FlowLogRole')],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': ['FlowLogs', 'Arn'] },
        },
      ],
    },
  }),
  FlowLog: resource('AWS::EC2::FlowLog', {
    ResourceId: ref('Vpc'),
    ResourceType: 'VPC',
    TrafficType: 'ALL',
    LogDestinationType: 'cloud-watch-logs',
    LogFormat: '${srcaddr} ${dstaddr} ${dstport} ${protocol} ${start} ${action} ${pkt-srcaddr} ${pkt-dstaddr}',
    MaxAggregationInterval: 60,
    LogGroupName: ref('FlowLogs'),
    DeliverLogsPermissionArn: { 'Fn::GetAtt': ['FlowLogRole', 'Arn'] },
  }),
};

/**
 * One resource of the sound network.
 *
 * @throws when the network has no such resource: a fixture that changes nothing proves nothing
 */
export function networkPart(id: string): TemplateResource {
  const part = soundNetwork[id];
  if (part) return part;
  throw new Error(`The sound network has no ${id}. Expected one of ${Object.keys(soundNetwork).join(', ')}.`);
}

/** The sound network with properties of one resource changed, by dotted path; `undefined` takes one away. */
export function networkWith(id: string, changes: Readonly<Record<string, Json | undefined>>): Resources {
  const { Type, Properties = {} } = networkPart(id);
  const changed = Object.entries(changes).reduce<Json>(
    (properties, [path, value]) => replaced(properties, path.split('.'), value),
    Properties,
  );
  return { ...soundNetwork, [id]: { Type, Properties: changed as JsonObject } };
}

/** The sound network without a resource. */
export function networkWithout(id: string): Resources {
  networkPart(id);
  const { [id]: _gone, ...rest } = soundNetwork;
  return rest;
}

function replaced(at: Json, [key, ...rest]: readonly string[], value: Json | undefined): Json {
  if (key === undefined) return value as Json;
  const children: readonly (readonly [string, Json])[] = Object.entries((at ?? {}) as JsonObject);
  const child = rest.length > 0 ? replaced((at as JsonObject)[key] ?? {}, rest, value) : value;
  const others = children.filter(([name]) => name !== key);
  const all = Object.fromEntries(child === undefined ? others : [...others, [key, child]]);
  return Array.isArray(at) ? children.map(([name, each]) => (name === key ? (child as Json) : each)) : all;
}
