import { everyTier, fixture, type RuleControl } from '../control';
import { companion, guard, guards, is, satisfies } from '../expect';
import { asList, asObject, at } from '../view';

const TYPE = 'AWS::ElastiCache::ReplicationGroup';
const USERS = 'AWS::ElastiCache::UserGroup';
/** The first with users (RBAC) as this kit uses them. */
const OLDEST = 7.2;

const cache = (changed: object = {}) => ({
  Log: { Type: 'AWS::Logs::LogGroup' },
  Users: { Type: USERS },
  Cache: {
    Type: TYPE,
    Properties: {
      Engine: 'valkey',
      EngineVersion: '8.1',
      AutoMinorVersionUpgrade: true,
      UserGroupIds: [{ Ref: 'Users' }],
      LogDeliveryConfigurations: [
        {
          LogType: 'slow-log',
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
      EngineVersion: satisfies(`${OLDEST} or later`, (value) => Number.parseFloat(String(value)) >= OLDEST),
      AutoMinorVersionUpgrade: is(true),
      LogDeliveryConfigurations: satisfies(
        'the slow log, in a log group of this environment',
        (value, resource, view) =>
          asList(value).some((each) => {
            const group = at(each, 'DestinationDetails.CloudWatchLogsDetails.LogGroup');
            return (
              asObject(each).LogType === 'slow-log' &&
              asObject(each).DestinationType === 'cloudwatch-logs' &&
              view.target(group, resource)?.type === 'AWS::Logs::LogGroup'
            );
          }),
      ),
    }),
  ),
  fixtures: {
    pass: [fixture('kept up', cache())],
    refuse: [
      fixture('gone, with its users left', { Users: { Type: USERS } }),
      fixture('patches by hand', cache({ AutoMinorVersionUpgrade: false })),
      fixture('another engine', cache({ Engine: 'memcached' })),
      fixture('an old engine', cache({ EngineVersion: '6.2' })),
      fixture('no slow log', cache({ LogDeliveryConfigurations: [] })),
    ],
  },
};
