import type { JsonObject } from '../../../../lib/controls/view';
import { type Equivalent, less, more, number, oneLess } from './change';

/** Days that the checklist asks for in production, by the class at the end of a log group's name (rows L02 to L04). */
function leastDays({ LogGroupName: name }: JsonObject): number {
  const [, kind] = /\/(security|audit)$/.exec(String(name)) ?? [];
  return kind === 'audit' ? 365 : kind === 'security' ? 90 : 30;
}

/** Of databases, caches, logs, buckets and secrets. Every entry is read by reviewers: keep it narrow and say why. */
export const data: readonly Equivalent[] = [
  {
    type: /^AWS::KMS::Key$/,
    path: /^KeyPolicy\.Statement$/,
    when: ({ kind }) => kind === 'the account let in' || kind === 'the account beside',
    why: 'The account administers its keys in any case, by the first statement of their policies.',
  },
  {
    type: /^AWS::RDS::DBParameterGroup$/,
    path: /\.(log_min_duration_statement|log_autovacuum_min_duration|log_temp_files)$/,
    when: ({ before, after }) => number(after) < number(before) && number(after) >= 0,
    why: 'From 0 up, a lower limit logs more.',
  },
  {
    type: /^AWS::(RDS::DBParameterGroup|ElastiCache::ParameterGroup)$/,
    path: /\.(idle_in_transaction_session_timeout|statement_timeout|timeout|slowlog-log-slower-than)$/,
    when: less,
    why: 'A shorter time-out ends what hangs sooner, and a lower limit logs more. 0 switches them off, and is no such case.',
  },
  {
    type: /^AWS::ElastiCache::ReplicationGroup$/,
    path: /^SnapshotRetentionLimit$/,
    when: ({ before, after }) => before === 0 || number(after) >= 1,
    why: 'A snapshot at least of what can be filled again from the database, and none where the tier has none.',
  },
  {
    type: /^AWS::RDS::DBProxy(TargetGroup)?$/,
    path: /(^|\.)(IdleClientTimeout|MaxConnectionsPercent)$/,
    when: oneLess,
    why: 'A second or a per cent less on a scale without an edge there.',
  },
  {
    type: /^AWS::S3::Bucket$/,
    path: /^LifecycleConfiguration\.Rules\.(ExpirationInDays|NoncurrentVersionExpiration\.NoncurrentDays)$/,
    when: more,
    why: 'Kept longer.',
  },
  {
    type: /^AWS::ElastiCache::ReplicationGroup$/,
    path: /^NumCacheClusters$/,
    when: ({ after }) => number(after) >= 2,
    why: 'One standby at least, which is what is asked for.',
  },
  {
    type: /^AWS::(Logs::LogGroup|S3::Bucket|RDS::DBInstance)$/,
    path: /(^|\.)(RetentionInDays|ExpirationInDays|BackupRetentionPeriod)$/,
    when: (sabotage, properties, view) =>
      (oneLess(sabotage, properties, view) || sabotage.kind === "a sibling's value") &&
      number(sabotage.after) >= leastDays(properties),
    why: 'A day less than the operator chose, or as long as another log, and no less than the checklist asks for.',
  },
  {
    type: /^AWS::(RDS::DBInstance|ElastiCache::ReplicationGroup|Logs::LogGroup)$/,
    path: /^(DeletionProtection|DeletionProtectionEnabled|MultiAZ|MultiAZEnabled|AutomaticFailoverEnabled)$/,
    when: ({ before, after }) => before === false && after !== false,
    why: 'Off where the tier leaves it off, by default or by its own word, or switched on.',
  },
  {
    type: /^AWS::RDS::DBInstance$/,
    path: /^DeleteAutomatedBackups$/,
    when: ({ before }) => before === true,
    why: 'Backups that outlive the database, or the default.',
  },
  {
    type: /^AWS::(Logs::LogGroup|S3::Bucket|RDS::DBInstance)$/,
    path: /(^|\.)(RetentionInDays|ExpirationInDays|BackupRetentionPeriod)$/,
    when: (sabotage, properties, view) => view.tier !== 'production' && less(sabotage, properties, view),
    why: 'The checklist says how long production keeps things; other tiers keep them for a day at least.',
  },
  {
    type: /^AWS::SecretsManager::Secret$/,
    path: /^GenerateSecretString\.PasswordLength$/,
    when: ({ after }) => number(after) >= 32,
    why: 'Still 32 characters or more, which is what the checklist asks for (D04, K03).',
  },
];
