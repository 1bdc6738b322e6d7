import { everyTier, fixture, type RuleControl } from '../control';
import { between, companion, guard, guards, is, oneOf, satisfies } from '../expect';
import { closed } from '../rules/closed';
import { keptLogs } from '../rules/logging/kept-logs';
import { type Parametrised, parameters } from '../rules/parameters';
import { asList, asObject, at, type JsonObject } from '../view';

const TYPE = 'AWS::ElastiCache::ReplicationGroup';
const USERS = 'AWS::ElastiCache::UserGroup';
const PARAMETERS = 'AWS::ElastiCache::ParameterGroup';
const settings: Parametrised = {
  type: TYPE,
  property: 'CacheParameterGroupName',
  groupType: PARAMETERS,
  settings: 'Properties',
};
const KNOWN = [
  'AtRestEncryptionEnabled',
  'AutoMinorVersionUpgrade',
  'AutomaticFailoverEnabled',
  'CacheNodeType',
  'CacheParameterGroupName',
  'CacheSubnetGroupName',
  'ClusterMode',
  'Engine',
  'EngineVersion',
  'KmsKeyId',
  'LogDeliveryConfigurations',
  'MultiAZEnabled',
  'NumCacheClusters',
  'Port',
  'PreferredMaintenanceWindow',
  'ReplicationGroupDescription',
  'ReplicationGroupId',
  'SecurityGroupIds',
  'SnapshotRetentionLimit',
  'SnapshotWindow',
  'Tags',
  'TransitEncryptionEnabled',
  'TransitEncryptionMode',
  'UserGroupIds',
];

const cache = (changed: JsonObject = {}, parameter: JsonObject = {}) => ({
  Key: { Type: 'AWS::KMS::Key' },
  Log: {
    Type: 'AWS::Logs::LogGroup',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { LogGroupName: '/ums/prod/cache-slow', RetentionInDays: 30, KmsKeyId: { Ref: 'Key' } },
  },
  Parameters: {
    Type: PARAMETERS,
    Properties: {
      CacheParameterGroupFamily: 'valkey8',
      Properties: {
        'maxmemory-policy': 'volatile-lru',
        timeout: '300',
        'slowlog-log-slower-than': '10000',
        ...parameter,
      },
    },
  },
  Users: { Type: USERS },
  Cache: {
    Type: TYPE,
    Properties: {
      Engine: 'valkey',
      EngineVersion: '8.1',
      AutoMinorVersionUpgrade: true,
      UserGroupIds: [{ Ref: 'Users' }],
      ClusterMode: 'disabled',
      NumCacheClusters: 1,
      CacheParameterGroupName: { Ref: 'Parameters' },
      LogDeliveryConfigurations: [
        {
          LogType: 'slow-log',
          LogFormat: 'json',
          DestinationType: 'cloudwatch-logs',
          DestinationDetails: { CloudWatchLogsDetails: { LogGroup: { Ref: 'Log' } } },
        },
      ],
      ...changed,
    },
  },
});

export const control: RuleControl = {
  id: 'cache-kept-up',
  title: 'The cache is a managed Valkey that patches itself and logs slow commands',
  holds: ['C09/enforce'],
  tiers: everyTier,
  why: 'Faults of the engine are found every year; a slow command blocks every other one, and without the log nobody knows which.',
  remedy: 'Leave engine, minor upgrades and log delivery of the Cache construct as they are.',
  ...guards(
    companion(TYPE, { by: USERS, as: 'the cache that its users log in to' }, (each, users, view) =>
      view.targets(each.properties.UserGroupIds, each).includes(users),
    ),
    guard(TYPE, {
      Engine: is('valkey'),
      EngineVersion: satisfies('7.2 or 8.x, the first with users as this kit needs them', (value) =>
        /^(7\.2|8\.\d)$/.test(String(value)),
      ),
      AutoMinorVersionUpgrade: is(true),
      // Alarms find the nodes by the names that they have without cluster mode.
      ClusterMode: is('disabled'),
      NumCacheClusters: between(1, 6),
      LogDeliveryConfigurations: satisfies(
        'the slow log, in a log group of this environment',
        (value, resource, view) =>
          asList(value).some((each) => {
            const group = at(each, 'DestinationDetails.CloudWatchLogsDetails.LogGroup');
            return (
              asObject(each).LogType === 'slow-log' &&
              asObject(each).DestinationType === 'cloudwatch-logs' &&
              ['json', 'text'].includes(String(asObject(each).LogFormat)) &&
              /\/cache-slow$/.test(view.text(view.target(group, resource)?.properties.LogGroupName)) &&
              view.target(group, resource)?.type === 'AWS::Logs::LogGroup'
            );
          }),
      ),
    }),
    guard(PARAMETERS, {
      CacheParameterGroupFamily: satisfies("the engine's, such as valkey8", (value, resource, view) =>
        view
          .ofType(TYPE)
          .filter((each) => view.target(each.properties.CacheParameterGroupName, each) === resource)
          .every((each) => value === `valkey${String(each.properties.EngineVersion).split('.')[0]}`),
      ),
    }),
    parameters(settings, {
      'maxmemory-policy': oneOf('volatile-lru', 'volatile-lfu', 'volatile-ttl', 'allkeys-lru', 'allkeys-lfu'),
      timeout: between(60, 3600),
      'slowlog-log-slower-than': between(1, 1_000_000),
    }),
    keptLogs(/\/cache-slow$/),
    closed(TYPE, KNOWN),
  ),
  fixtures: {
    pass: [fixture('kept up', cache())],
    refuse: [
      fixture('gone, with its users left', { Users: { Type: USERS } }),
      fixture('patches by hand', cache({ AutoMinorVersionUpgrade: false })),
      fixture('another engine', cache({ Engine: 'memcached' })),
      fixture('an old engine', cache({ EngineVersion: '6.2' })),
      fixture('from a snapshot', cache({ SnapshotName: 'other' })),
      fixture('writes that fail when it is full', cache({}, { 'maxmemory-policy': 'noeviction' })),
      fixture('clients that never leave', cache({}, { timeout: '0' })),
      fixture('no slow log', cache({ LogDeliveryConfigurations: [] })),
    ],
  },
};
