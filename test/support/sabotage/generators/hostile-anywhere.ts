import type { JsonObject } from '../../../../lib/controls/view';

/** A resource that nobody asked for; `logicalId` is made from its name. */
export interface Hostile {
  readonly name: string;
  readonly stack: string;
  readonly type: string;
  readonly properties: JsonObject;
}

export const EVERYONE = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
export const EVERYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };
export const policy = (...statements: JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement: statements });
export const FOREIGN_ACCOUNT = 'arn:aws:iam::999999999999:root';

/** What needs nothing that stands. */
export const anywhere = (stack: string): Hostile[] =>
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
        'name that leads elsewhere',
        'AWS::Route53::RecordSet',
        {
          HostedZoneId: 'Z0123456789ABCDEFGHIJ',
          Name: 'admin.example.com',
          Type: 'A',
          TTL: '60',
          ResourceRecords: ['198.51.100.7'],
        },
      ],
      ['trail that is off', 'AWS::CloudTrail::Trail', { IsLogging: false, S3BucketName: 'foreign-bucket' }],
      [
        'API without authorisation',
        'AWS::ApiGatewayV2::Api',
        { Name: 'open', ProtocolType: 'HTTP', Target: 'https://evil.example' },
      ],
    ] as const satisfies readonly (readonly [string, string, JsonObject])[]
  ).map(([name, type, properties]) => ({ name, stack, type, properties }));
