import type { Sabotage } from './sabotage';

/** What a sabotage may change without anybody being less safe or less available. */
interface Cosmetic {
  readonly type: RegExp;
  readonly path: RegExp;
  /** Narrower still. @default - all of these types and paths */
  readonly only?: (sabotage: Sabotage) => boolean;
  readonly why: string;
}

const ANY = /./;

/** The property by which a resource of each type says what itself is called. */
const PHYSICAL_NAMES: Readonly<Record<string, string>> = {
  'AWS::ApplicationAutoScaling::ScalingPolicy': 'PolicyName',
  'AWS::Budgets::Budget': 'Budget.BudgetName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::ECS::Service': 'ServiceName',
  'AWS::ECS::TaskDefinition': 'Family',
  'AWS::ElastiCache::ReplicationGroup': 'ReplicationGroupId',
  'AWS::ElastiCache::SubnetGroup': 'CacheSubnetGroupName',
  'AWS::ElastiCache::User': 'UserId',
  'AWS::ElastiCache::UserGroup': 'UserGroupId',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Name',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': 'PolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::RDS::DBInstance': 'DBName',
  'AWS::RDS::DBProxy': 'DBProxyName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
};

/** Properties that are nobody's protection. Every entry is read by reviewers: keep it narrow and say why. */
const cosmetics: readonly Cosmetic[] = [
  {
    type: ANY,
    path: /^(Tags|HostedZoneTags|PropagateTags|EnableECSManagedTags|CopyTagsToSnapshot)(\.|$)/,
    why: 'Labels for the bill and for people; the tier that controls obey comes from the configuration.',
  },
  { type: ANY, path: /(^|\.)(\w*Description|Comment)$/, why: 'Words for people.' },
  { type: ANY, path: /(^|\.)Sid$/, why: 'Names a statement for people.' },
  {
    type: ANY,
    path: ANY,
    // Only where the resource names itself: a property that names another part is a wire.
    only: ({ type, path }) => PHYSICAL_NAMES[type] === path,
    why: 'A physical name. What finds a thing by name fails at deploy; a name that grants access is judged in the policy that uses it.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.\d+\.(Name|LogConfiguration\.Options\.awslogs-stream-prefix)$/,
    why: 'A name inside the task.',
  },
  {
    type: /^AWS::(EC2::Subnet|EC2::VPC)$/,
    path: /^(AvailabilityZone|CidrBlock|Ipv6CidrBlock|InstanceTenancy)(\.|$)/,
    why: 'Addresses and places are chosen by the operator; whom they let in is decided by routes and groups.',
  },
  {
    type: /^AWS::(RDS::DBInstance|ElastiCache::)/,
    path: /^(DBInstanceClass|CacheNodeType|AllocatedStorage|MaxAllocatedStorage|Iops|StorageThroughput|StorageType|Preferred\w*Window|DailySnapshotTime|SnapshotWindow)$/,
    why: 'Sizes and hours are the operator’s choice; the connection budget and the storage alarms hold them.',
  },
  { type: /^AWS::ECS::TaskDefinition$/, path: /^(Cpu|Memory)$/, why: 'Size is the operator’s choice.' },
  {
    type: /^AWS::(CloudWatch::Alarm|ApplicationAutoScaling::ScalingPolicy)$/,
    path: /\.Label$/,
    why: 'A name in a graph.',
  },
  {
    type: /^AWS::(Events::Rule|S3::Bucket|Logs::MetricFilter|Logs::LogGroup)$/,
    path: /(\.Id|^FilterName|\.LogFilePrefix|^DataProtectionPolicy\.Name)$/,
    why: 'A name inside the resource.',
  },
  {
    type: /^AWS::S3::Bucket$/,
    path: /\.AbortIncompleteMultipartUpload(\.|$)/,
    why: 'Leftovers of uploads that broke off cost money and hold nothing whole.',
  },
  { type: /^AWS::Budgets::Budget$/, path: /^ResourceTags(\.|$)/, why: 'Labels of the budget itself.' },
  { type: /^AWS::SNS::Topic$/, path: /^DisplayName$/, why: 'The name of the sender in a mail.' },
  { type: /^AWS::IAM::(ManagedPolicy|Role)$/, path: /^Path$/, why: 'A folder in the list of policies.' },
  { type: /^AWS::CDK::Metadata$/, path: /./, why: 'Only tells AWS which library made the template.' },
];

/** Why a sabotage is no weakening, when what it changes is cosmetic. */
export function cosmetic(sabotage: Sabotage): string | undefined {
  const { type, path, added } = sabotage;
  if (type === 'AWS::KMS::Alias') return 'A name of a key for people: everything here refers to the key itself.';
  if (added || path === '') return undefined;
  return cosmetics.find((each) => each.type.test(type) && each.path.test(path) && (each.only?.(sabotage) ?? true))?.why;
}
