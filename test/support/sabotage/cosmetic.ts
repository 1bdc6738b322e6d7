import type { Sabotage } from './sabotage';

/** What a sabotage may change without anybody being less safe or less available. */
interface Cosmetic {
  readonly type: RegExp;
  readonly path: RegExp;
  readonly why: string;
}

const ANY = /./;

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
    type: /^AWS::(RDS|ElastiCache|ElasticLoadBalancingV2|ECS|IAM|Lambda|SNS|S3|Events|Scheduler|CloudWatch|SSM|Logs|EC2|KMS|SecretsManager|Route53|ApplicationAutoScaling)::/,
    path: /^(DB\w*Name|DBInstanceIdentifier|\w*GroupName|ReplicationGroupId|ServerlessCacheName|ClusterName|ServiceName|Family|RoleName|PolicyName|FunctionName|TopicName|BucketName|Name|AlarmName|LogGroupName|AliasName|UserName|UserId|UserGroupId|DashboardName|DisplayName)$/,
    why: 'A physical name. What finds a thing by name fails at deploy; a name that grants access is judged in the policy that uses it.',
  },
  { type: /^AWS::ECS::TaskDefinition$/, path: /\.(Name|awslogs-stream-prefix)$/, why: 'A name inside the task.' },
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
  { type: /^AWS::CDK::Metadata$/, path: /./, why: 'Only tells AWS which library made the template.' },
];

/** Why a sabotage is no weakening, when what it changes is cosmetic. */
export function cosmetic({ type, path, added }: Sabotage): string | undefined {
  if (added || path === '') return undefined;
  return cosmetics.find((each) => each.type.test(type) && each.path.test(path))?.why;
}
