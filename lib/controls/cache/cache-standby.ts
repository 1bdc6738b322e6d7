import { fixture, type RuleControl } from '../control';
import { atLeast, guard, is, oneOf } from '../expect';

const TYPE = 'AWS::ElastiCache::ReplicationGroup';
const standing = {
  AutomaticFailoverEnabled: true,
  MultiAZEnabled: true,
  NumCacheClusters: 2,
  SnapshotRetentionLimit: 1,
};
const cache = (changed: object = {}, attributes: object = {}) => ({
  Cache: {
    Type: TYPE,
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    ...attributes,
    Properties: { ...standing, ...changed },
  },
});

export const control: RuleControl = {
  id: 'cache-standby',
  title:
    'A production cache has a copy in another zone that takes over by itself, a snapshot, and outlives its template',
  holds: ['C09/enforce'],
  tiers: ['production'],
  why: 'Sessions and rate limits live in it: without a copy the loss of one machine logs everybody out and forgets every limit.',
  remedy: 'Set cache.replicas and cache.snapshotDays to 1 or more.',
  ...guard(TYPE, {
    AutomaticFailoverEnabled: is(true),
    MultiAZEnabled: is(true),
    NumCacheClusters: atLeast(2),
    SnapshotRetentionLimit: atLeast(1),
    '^DeletionPolicy': oneOf('Retain', 'RetainExceptOnCreate'),
    '^UpdateReplacePolicy': is('Retain'),
  }),
  fixtures: {
    pass: [fixture('with a copy', cache())],
    refuse: [
      fixture('no failover', cache({ AutomaticFailoverEnabled: false })),
      fixture('in one zone', cache({ MultiAZEnabled: false })),
      fixture('alone', cache({ NumCacheClusters: 1 })),
      fixture('no snapshot', cache({ SnapshotRetentionLimit: 0 })),
      fixture('deleted with its stack', cache({}, { DeletionPolicy: 'Delete' })),
    ],
  },
};
