import { controls } from '../../find';
import type { RowId } from '../../rows';
import { rowsOf } from './judge';
import { versionOf } from './pack';

/** What the kit adds to a finding of cdk-nag, which names neither a checklist row nor what to change. */
export interface Advice {
  readonly rows: readonly RowId[];
  readonly remedy: string;
}

/** Rules of cdk-nag, by their own names, with the control that guards the same thing and knows how to mend it. */
export const guardedBy: Readonly<Record<string, string>> = {
  ALBHttpToHttpsRedirection: 'https-only',
  CloudWatchAlarmAction: 'alarms-notify',
  CloudWatchLogGroupEncrypted: 'log-groups-guarded',
  CloudWatchLogGroupRetentionPeriod: 'log-classes-kept',
  EC2RestrictedCommonPorts: 'connections-closed',
  EC2RestrictedInbound: 'connections-closed',
  EC2RestrictedSSH: 'connections-closed',
  ECSClusterCloudWatchContainerInsights: 'cluster-observed',
  ECSTaskDefinitionContainerLogging: 'containers-logged',
  ECSTaskDefinitionNoEnvironmentVariables: 'app-settings',
  ECSTaskDefinitionUserForHostMode: 'containers-hardened',
  ELBDeletionProtectionEnabled: 'load-balancer-undeletable',
  ELBLoggingEnabled: 'load-balancer-logged',
  ELBv2ACMCertificateRequired: 'certificate-managed',
  ElastiCacheClusterInVPC: 'cache-isolated',
  ElastiCacheRedisClusterEncryption: 'cache-encrypted',
  ElastiCacheRedisClusterMultiAZ: 'cache-standby',
  ElastiCacheRedisClusterRedisAuth: 'cache-authenticated',
  IAMNoManagedPolicies: 'managed-policies-known',
  IAMNoWildcardPermissions: 'grants-are-narrow',
  IAMPolicyNoStatementsWithAdminAccess: 'grants-are-narrow',
  IAMPolicyNoStatementsWithFullAccess: 'grants-are-narrow',
  IAMUserGroupMembership: 'no-long-lived-keys',
  IAMUserNoPolicies: 'no-long-lived-keys',
  KMSBackingKeyRotationEnabled: 'keys-rotate',
  LambdaConcurrency: 'functions-hardened',
  LambdaDLQ: 'functions-hardened',
  LambdaFunctionPublicAccessProhibited: 'resource-policies-bound',
  LambdaInsideVPC: 'functions-hardened',
  LambdaLatestVersion: 'functions-hardened',
  RDSEnhancedMonitoringEnabled: 'database-slow-queries-logged',
  RDSInstanceBackupEnabled: 'database-backed-up',
  RDSInstanceDeletionProtectionEnabled: 'database-undeletable',
  RDSInstancePublicAccess: 'database-isolated',
  RDSLoggingEnabled: 'database-audited',
  RDSMultiAZSupport: 'database-standby',
  RDSStorageEncrypted: 'database-encrypted',
  S3BucketLevelPublicAccessProhibited: 'buckets-closed',
  S3BucketLoggingEnabled: 'buckets-closed',
  S3BucketPublicReadProhibited: 'buckets-closed',
  S3BucketPublicWriteProhibited: 'buckets-closed',
  S3BucketSSLRequestsOnly: 'plain-text-refused',
  S3BucketVersioningEnabled: 'buckets-closed',
  SNSTopicSSLPublishOnly: 'plain-text-refused',
  SQSQueueDLQ: 'dead-letters-kept',
  SQSQueueSSE: 'queues-kept',
  SQSQueueSSLRequestsOnly: 'plain-text-refused',
  SecretsManagerUsingKMSKey: 'secrets-guarded',
  VPCFlowLogsEnabled: 'flow-logs-kept',
  VPCNoUnrestrictedRouteToIGW: 'routes-closed',
};

/** Rules that no control guards in the same way, with what mends them. A row stands only where it asks for just that. */
export const inWords: Readonly<Record<string, Advice>> = {
  ALBWAFEnabled: { rows: ['W01', 'W02'], remedy: 'Associate a web ACL with the load balancer.' },
  EC2SecurityGroupDescription: { rows: [], remedy: 'Give the security group a description that says what it is for.' },
  ElastiCacheClusterNonDefaultPort: { rows: [], remedy: 'Give the cache another port than 6379.' },
  ElastiCacheRedisClusterAutomaticBackup: {
    rows: [],
    remedy: 'Keep snapshots for 15 days or more, or except it: a cache holds nothing that can not be made again.',
  },
  IAMNoInlinePolicy: {
    rows: [],
    remedy: 'Put the statements into a ManagedPolicy of their own, attached to the role.',
  },
  RDSInBackupPlan: {
    rows: ['D07'],
    remedy: 'Select the instance in a plan of AWS Backup that copies to the other region.',
  },
  RDSNonDefaultPort: { rows: [], remedy: 'Give the instance another port than 5432.' },
  RDSRestrictedInbound: { rows: ['D12'], remedy: 'Write who may reach the database into the table of the network.' },
  S3BucketReplicationEnabled: {
    rows: [],
    remedy: 'Replicate the bucket, or except it where its loss rebuilds nothing.',
  },
  S3DefaultEncryptionKMS: {
    rows: [],
    remedy: 'Encrypt the bucket with a key of this environment, unless who writes into it can use the key of S3 only.',
  },
  S3WebBucketOAIAccess: { rows: [], remedy: 'Serve no website from a bucket; static files come from the proxy.' },
  SNSEncryptedKMS: { rows: [], remedy: 'Encrypt the topic with a key of this environment (masterKey).' },
  SecretsManagerRotationEnabled: {
    rows: [],
    remedy: 'Give the secret a rotation schedule; rows K04 to K06 say how often, by kind of secret.',
  },
  VPCDefaultSecurityGroupClosed: {
    rows: ['C07'],
    remedy: 'Take every rule from the default security group of the VPC, or place nothing in it.',
  },
  VPCNoNACLs: { rows: [], remedy: 'Leave network ACLs out: the table of the network says who reaches whom.' },
  VPCSubnetAutoAssignPublicIpDisabled: { rows: [], remedy: 'Leave mapPublicIpOnLaunch of the subnets off.' },
};

/** Sections of cdk-nag's list of rules, by pack. */
const SECTIONS: Readonly<Record<string, string>> = {
  AwsSolutions: 'aws-solutions',
  'NIST.800.53.R5': 'nist-800-53-rev-5',
  'PCI.DSS.321': 'pci-dss-321',
  'HIPAA.Security': 'hipaa-security',
};

/**
 * The row and the fix for a finding of cdk-nag; for a rule that nothing of the kit falls under, where it is explained.
 *
 * @param rule the rule's own name, such as `RDSStorageEncrypted`
 */
export function adviceOn(rule: string | undefined, pack: string): Advice {
  const control = controls().find(({ id }) => rule !== undefined && id === guardedBy[rule]);
  if (control) return { rows: rowsOf(control), remedy: control.remedy };
  const known = rule === undefined ? undefined : inWords[rule];
  return known ?? { rows: [], remedy: `See ${linkTo(pack)} for what this rule of ${pack} asks for.` };
}

const linkTo = (pack: string): string =>
  `https://github.com/cdklabs/cdk-nag/blob/v${versionOf('cdk-nag/package.json')}/RULES.md#${SECTIONS[pack] ?? ''}`;
