import { everyTier, fixture, type RuleControl } from '../control';
import { atLeast, guard, guards, satisfies } from '../expect';
import { closed } from '../rules/closed';
import type { Json, JsonObject } from '../view';

const TYPE = 'AWS::SQS::Queue';
const DAY = 86_400;

const queue = (properties: Readonly<Record<string, Json>>) => ({
  Key: { Type: 'AWS::KMS::Key' },
  Queue: { Type: TYPE, Properties: { MessageRetentionPeriod: 14 * DAY, ...properties } as JsonObject },
});

export const control: RuleControl = {
  id: 'queues-kept',
  title: 'Queues are encrypted and keep what failed long enough to be looked at',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A message that nobody could handle says what was lost; after a long week-end it must still be there.',
  remedy: 'Give the queue `encryption` and a retention of four days or more.',
  ...guards(
    guard(TYPE, {
      SqsManagedSseEnabled: satisfies(
        'true, or a key of this environment in KmsMasterKeyId',
        (value, resource, environment) =>
          String(value) === 'true' ||
          environment.target(resource.properties.KmsMasterKeyId, resource)?.type === 'AWS::KMS::Key',
      ),
      KmsMasterKeyId: satisfies(
        'a key of this environment, or nothing',
        (value, resource, environment) =>
          value === undefined || environment.target(value, resource)?.type === 'AWS::KMS::Key',
      ),
      MessageRetentionPeriod: atLeast(4 * DAY),
    }),
    closed(TYPE, [
      'KmsMasterKeyId',
      'MessageRetentionPeriod',
      'QueueName',
      'RedrivePolicy',
      'SqsManagedSseEnabled',
      'Tags',
      'VisibilityTimeout',
    ]),
  ),
  fixtures: {
    pass: [
      fixture("with SQS's key", queue({ SqsManagedSseEnabled: true })),
      fixture('with a key of its own', queue({ KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } })),
    ],
    refuse: [
      fixture('not encrypted', queue({})),
      fixture('switched off', queue({ SqsManagedSseEnabled: false })),
      fixture('a foreign key', queue({ KmsMasterKeyId: 'alias/other' })),
      fixture('a foreign key beside', queue({ SqsManagedSseEnabled: true, KmsMasterKeyId: 'alias/other' })),
      fixture('gone in an hour', queue({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 3600 })),
      fixture('delayed', queue({ SqsManagedSseEnabled: true, DelaySeconds: 900 })),
    ],
  },
};
