/** A property that must name a part of the same environment: what kind of part, and whether it may be left out. */
export interface Wire {
  readonly to: readonly string[];
  readonly optional?: boolean;
}

const to = (...types: readonly string[]): Wire => ({ to: types });
const maybe = (wire: Wire): Wire => ({ ...wire, optional: true });

const KEY = to('AWS::KMS::Key');
const VPC = to('AWS::EC2::VPC');
const SUBNET = to('AWS::EC2::Subnet');
const GROUP = to('AWS::EC2::SecurityGroup');
const ROLE = to('AWS::IAM::Role');
const TOPIC = to('AWS::SNS::Topic');
const LOG_GROUP = to('AWS::Logs::LogGroup');
const BUCKET = to('AWS::S3::Bucket');
const FUNCTION = to('AWS::Lambda::Function');
const TARGET_GROUP = to('AWS::ElasticLoadBalancingV2::TargetGroup');
const VPC_PLACE = { 'VpcConfig.SubnetIds': maybe(SUBNET), 'VpcConfig.SecurityGroupIds': maybe(GROUP) };

/**
 * Which property of which resource type names which kind of part. Dotted paths below `Properties`; lists are passed
 * through, so that every entry must lead to such a part.
 */
export const wires: Readonly<Record<string, Readonly<Record<string, Wire>>>> = {
  'AWS::CloudWatch::Alarm': { AlarmActions: TOPIC, OKActions: TOPIC, InsufficientDataActions: maybe(TOPIC) },
  'AWS::EC2::FlowLog': { ResourceId: VPC },
  'AWS::EC2::NatGateway': { AllocationId: to('AWS::EC2::EIP'), SubnetId: SUBNET },
  'AWS::EC2::Route': {
    RouteTableId: to('AWS::EC2::RouteTable'),
    GatewayId: maybe(to('AWS::EC2::InternetGateway')),
    NatGatewayId: maybe(to('AWS::EC2::NatGateway')),
    EgressOnlyInternetGatewayId: maybe(to('AWS::EC2::EgressOnlyInternetGateway')),
  },
  'AWS::EC2::RouteTable': { VpcId: VPC },
  'AWS::EC2::SecurityGroup': { VpcId: VPC },
  'AWS::EC2::SecurityGroupEgress': { GroupId: GROUP, DestinationSecurityGroupId: maybe(GROUP) },
  'AWS::EC2::SecurityGroupIngress': { GroupId: GROUP, SourceSecurityGroupId: maybe(GROUP) },
  'AWS::EC2::Subnet': { VpcId: VPC },
  'AWS::EC2::SubnetRouteTableAssociation': { RouteTableId: to('AWS::EC2::RouteTable'), SubnetId: SUBNET },
  'AWS::EC2::VPCEndpoint': {
    VpcId: VPC,
    SubnetIds: maybe(SUBNET),
    SecurityGroupIds: maybe(GROUP),
    RouteTableIds: maybe(to('AWS::EC2::RouteTable')),
  },
  'AWS::EC2::VPCGatewayAttachment': { VpcId: VPC, InternetGatewayId: to('AWS::EC2::InternetGateway') },
  'AWS::ECS::Service': {
    Cluster: to('AWS::ECS::Cluster'),
    TaskDefinition: to('AWS::ECS::TaskDefinition'),
    'LoadBalancers.TargetGroupArn': maybe(TARGET_GROUP),
    'NetworkConfiguration.AwsvpcConfiguration.SecurityGroups': GROUP,
    'NetworkConfiguration.AwsvpcConfiguration.Subnets': SUBNET,
  },
  'AWS::ECS::TaskDefinition': { ExecutionRoleArn: ROLE, TaskRoleArn: ROLE },
  'AWS::ElastiCache::ReplicationGroup': {
    CacheParameterGroupName: to('AWS::ElastiCache::ParameterGroup'),
    CacheSubnetGroupName: to('AWS::ElastiCache::SubnetGroup'),
    KmsKeyId: KEY,
    SecurityGroupIds: GROUP,
    UserGroupIds: to('AWS::ElastiCache::UserGroup'),
  },
  'AWS::ElastiCache::SubnetGroup': { SubnetIds: SUBNET },
  'AWS::ElastiCache::UserGroup': { UserIds: to('AWS::ElastiCache::User') },
  'AWS::ElasticLoadBalancingV2::Listener': {
    LoadBalancerArn: to('AWS::ElasticLoadBalancingV2::LoadBalancer'),
    'DefaultActions.TargetGroupArn': maybe(TARGET_GROUP),
    'DefaultActions.ForwardConfig.TargetGroups.TargetGroupArn': maybe(TARGET_GROUP),
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    ListenerArn: to('AWS::ElasticLoadBalancingV2::Listener'),
    'Actions.TargetGroupArn': maybe(TARGET_GROUP),
    'Actions.ForwardConfig.TargetGroups.TargetGroupArn': maybe(TARGET_GROUP),
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { SecurityGroups: GROUP, Subnets: SUBNET },
  'AWS::ElasticLoadBalancingV2::TargetGroup': { VpcId: VPC },
  'AWS::Events::Rule': { RoleArn: maybe(ROLE), 'Targets.RoleArn': maybe(ROLE) },
  'AWS::IAM::ManagedPolicy': { Roles: maybe(ROLE) },
  'AWS::IAM::Policy': { Roles: ROLE },
  'AWS::KMS::Alias': { TargetKeyId: KEY },
  'AWS::Lambda::Function': { Role: ROLE, KmsKeyArn: maybe(KEY), ...VPC_PLACE },
  'AWS::Lambda::Permission': { FunctionName: FUNCTION },
  'AWS::Logs::LogGroup': { KmsKeyId: KEY },
  'AWS::Logs::MetricFilter': { LogGroupName: LOG_GROUP },
  'AWS::Logs::SubscriptionFilter': { LogGroupName: LOG_GROUP },
  'AWS::RDS::DBInstance': {
    DBParameterGroupName: to('AWS::RDS::DBParameterGroup'),
    DBSubnetGroupName: to('AWS::RDS::DBSubnetGroup'),
    KmsKeyId: KEY,
    'MasterUserSecret.KmsKeyId': KEY,
    MonitoringRoleArn: maybe(ROLE),
    PerformanceInsightsKMSKeyId: maybe(KEY),
    VPCSecurityGroups: GROUP,
  },
  'AWS::RDS::DBProxyTargetGroup': {
    DBInstanceIdentifiers: to('AWS::RDS::DBInstance'),
    DBProxyName: to('AWS::RDS::DBProxy'),
  },
  'AWS::RDS::DBSubnetGroup': { SubnetIds: SUBNET },
  'AWS::S3::BucketPolicy': { Bucket: BUCKET },
  'AWS::SNS::Subscription': { TopicArn: TOPIC },
  'AWS::SNS::Topic': { KmsMasterKeyId: KEY },
  'AWS::SNS::TopicPolicy': { Topics: TOPIC },
  'AWS::Scheduler::Schedule': {
    'Target.Arn': to('AWS::ECS::Cluster', 'AWS::Lambda::Function', 'AWS::SQS::Queue'),
    'Target.RoleArn': ROLE,
    'Target.DeadLetterConfig.Arn': to('AWS::SQS::Queue'),
    'Target.EcsParameters.TaskDefinitionArn': maybe(to('AWS::ECS::TaskDefinition')),
    'Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups': maybe(GROUP),
    'Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration.Subnets': maybe(SUBNET),
  },
  'AWS::SecretsManager::ResourcePolicy': { SecretId: to('AWS::SecretsManager::Secret') },
  'AWS::SecretsManager::RotationSchedule': {
    SecretId: to('AWS::SecretsManager::Secret'),
    RotationLambdaARN: FUNCTION,
  },
  'AWS::SecretsManager::Secret': { KmsKeyId: KEY },
  'Custom::DatabaseRoles': { ServiceToken: FUNCTION },
  'Custom::VpcRestrictDefaultSG': { ServiceToken: FUNCTION, DefaultSecurityGroupId: VPC },
};
