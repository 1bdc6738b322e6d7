import { everyTier, fixture, type RuleControl } from '../control';
import { guard, guards, is, oneOf, satisfies, somewhere } from '../expect';
import { closed } from '../rules/closed';

const TYPE = 'AWS::RDS::DBInstance';
/** What the kit sets or lets an operator set; in particular no snapshot or instance to start from and no role to export with. */
const KNOWN = [
  'AllocatedStorage',
  'AllowMajorVersionUpgrade',
  'AutoMinorVersionUpgrade',
  'BackupRetentionPeriod',
  'CACertificateIdentifier',
  'CopyTagsToSnapshot',
  'DBInstanceClass',
  'DBInstanceIdentifier',
  'DBName',
  'DBParameterGroupName',
  'DBSubnetGroupName',
  'DatabaseInsightsMode',
  'DeleteAutomatedBackups',
  'DeletionProtection',
  'EnableCloudwatchLogsExports',
  'EnableIAMDatabaseAuthentication',
  'EnablePerformanceInsights',
  'Engine',
  'EngineVersion',
  'KmsKeyId',
  'ManageMasterUserPassword',
  'MasterUserSecret',
  'MasterUsername',
  'MaxAllocatedStorage',
  'MonitoringInterval',
  'MonitoringRoleArn',
  'MultiAZ',
  'NetworkType',
  'PerformanceInsightsKMSKeyId',
  'PerformanceInsightsRetentionPeriod',
  'Port',
  'PreferredBackupWindow',
  'PreferredMaintenanceWindow',
  'PubliclyAccessible',
  'StorageEncrypted',
  'StorageType',
  'Tags',
  'VPCSecurityGroups',
];
const postgres = {
  Engine: 'postgres',
  NetworkType: 'IPV4',
  DatabaseInsightsMode: 'standard',
  MasterUsername: 'breakwater_master',
  AllocatedStorage: '50',
  MaxAllocatedStorage: 200,
};
const task = { Type: 'AWS::ECS::TaskDefinition' };

export const control: RuleControl = {
  id: 'database-managed',
  title: 'The database is a managed PostgreSQL instance',
  holds: ['D01/enforce'],
  tiers: everyTier,
  why: 'A database in a container or on a machine of our own has no standby, no point-in-time recovery and no patches but those that somebody remembers.',
  remedy: 'Leave the Database construct in the data stack.',
  ...guards(
    somewhere(TYPE, 'a PostgreSQL instance', (instance) => instance.properties.Engine === 'postgres'),
    guard(TYPE, {
      Engine: is('postgres'),
      NetworkType: is('IPV4'),
      DatabaseInsightsMode: oneOf('standard', 'advanced'),
      MasterUsername: is('breakwater_master'),
      // A full disk stops the database; RDS adds to it by itself up to here.
      MaxAllocatedStorage: satisfies(
        'more than AllocatedStorage',
        (value, { properties }) => Number(value) > Number(properties.AllocatedStorage),
      ),
    }),
    closed(TYPE, KNOWN),
  ),
  fixtures: {
    pass: [fixture('PostgreSQL', { Db: { Type: TYPE, Properties: postgres } })],
    refuse: [
      fixture('an environment without a database', { Task: task }),
      fixture('another engine', { Db: { Type: TYPE, Properties: { ...postgres, Engine: 'mysql' } } }),
      fixture('another engine beside it', {
        Db: { Type: TYPE, Properties: postgres },
        Other: { Type: TYPE, Properties: { ...postgres, Engine: 'mariadb' } },
      }),
      fixture('made from a snapshot', {
        Db: { Type: TYPE, Properties: { ...postgres, DBSnapshotIdentifier: 'somebody-elses' } },
      }),
      fixture('with a role to export with', {
        Db: { Type: TYPE, Properties: { ...postgres, AssociatedRoles: [{ FeatureName: 's3Export', RoleArn: 'arn' }] } },
      }),
      fixture('a disk that does not grow', {
        Db: { Type: TYPE, Properties: { ...postgres, MaxAllocatedStorage: 50 } },
      }),
      fixture('another master', { Db: { Type: TYPE, Properties: { ...postgres, MasterUsername: 'postgres' } } }),
    ],
  },
};
