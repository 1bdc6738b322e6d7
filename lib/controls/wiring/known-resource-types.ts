import { everyTier, fixture, type RuleControl } from '../control';

/** What an environment is made of. Each type is judged by controls of its own. */
const KNOWN = new Set(
  Object.entries({
    ApplicationAutoScaling: ['ScalableTarget', 'ScalingPolicy'],
    Budgets: ['Budget'],
    CDK: ['Metadata'],
    CertificateManager: ['Certificate'],
    CloudWatch: ['Alarm', 'Dashboard'],
    EC2: [
      'EIP',
      'EgressOnlyInternetGateway',
      'FlowLog',
      'InternetGateway',
      'NatGateway',
      'Route',
      'RouteTable',
      'SecurityGroup',
      'SecurityGroupEgress',
      'SecurityGroupIngress',
      'Subnet',
      'SubnetRouteTableAssociation',
      'VPC',
      'VPCCidrBlock',
      'VPCEndpoint',
      'VPCGatewayAttachment',
    ],
    ECS: ['Cluster', 'Service', 'TaskDefinition'],
    ElastiCache: ['ParameterGroup', 'ReplicationGroup', 'SubnetGroup', 'User', 'UserGroup'],
    ElasticLoadBalancingV2: ['Listener', 'ListenerRule', 'LoadBalancer', 'TargetGroup'],
    Events: ['Rule'],
    IAM: ['ManagedPolicy', 'OIDCProvider', 'Policy', 'Role'],
    KMS: ['Alias', 'Key'],
    Lambda: ['Function', 'Permission'],
    Logs: ['LogGroup', 'MetricFilter', 'QueryDefinition'],
    RDS: ['DBInstance', 'DBParameterGroup', 'DBSubnetGroup'],
    Route53: ['RecordSet'],
    S3: ['Bucket', 'BucketPolicy'],
    SNS: ['Subscription', 'Topic', 'TopicPolicy'],
    SQS: ['Queue', 'QueuePolicy'],
    SSM: ['Document'],
    Scheduler: ['Schedule', 'ScheduleGroup'],
    SecretsManager: ['ResourcePolicy', 'Secret'],
  }).flatMap(([service, types]) => types.map((type) => `AWS::${service}::${type}`)),
);

export const control: RuleControl = {
  id: 'known-resource-types',
  title: 'An environment is made of kinds of resources that the checklist knows how to judge',
  holds: ['C07/enforce', 'P12/enforce'],
  tiers: everyTier,
  why: 'No control looks at a kind of resource that it has never heard of: a function with an open address, a user with a key, a second network.',
  remedy: 'Build it from the kinds that stand, or write its controls first and then add its type to this one.',
  protects: [],
  check: (environment) =>
    environment.resources
      .filter(({ type }) => !KNOWN.has(type))
      .map((resource) => ({
        resource,
        location: 'Type',
        found: resource.type,
        expected: 'a type that the controls know',
      })),
  fixtures: {
    pass: [fixture('a queue', { Queue: { Type: 'AWS::SQS::Queue' } })],
    refuse: [
      fixture('a person with a key', { Key: { Type: 'AWS::IAM::AccessKey' } }),
      fixture('an address of a function', { Url: { Type: 'AWS::Lambda::Url' } }),
      fixture('a template from elsewhere', { Stack: { Type: 'AWS::CloudFormation::Stack' } }),
      fixture('code that runs while deploying', { Custom: { Type: 'Custom::Anything' } }),
    ],
  },
};
