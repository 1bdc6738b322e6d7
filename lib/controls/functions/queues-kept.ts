import { closed } from '../closed';
import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { between, guard, guards, is } from '../expect';
import { asObject, type EnvironmentView, type Json, type Resource } from '../view';

const TYPE = 'AWS::SQS::Queue';
const DAY = 86_400;
/** Long enough for somebody to come back from a long weekend. */
const LEAST_DAYS = 4;
/** More attempts than that and a poisoned message blocks those behind it. */
const MOST_ATTEMPTS = 100;

const kept = { SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * DAY };
const environmentWith = (changes: Readonly<Record<string, Json>>) => ({
  Dead: { Type: TYPE, Properties: kept },
  Queue: { Type: TYPE, Properties: { ...kept, ...changes } },
});
const redrive = (to: Json, maxReceiveCount: number): Readonly<Record<string, Json>> => ({
  RedrivePolicy: { deadLetterTargetArn: to, maxReceiveCount },
});

export const control: RuleControl = {
  id: 'queues-kept',
  title: 'Queues are encrypted and keep what nobody has looked at yet',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'Queues hold the failures of everything else; they may tell no secret, and may not forget over a weekend.',
  remedy: 'Leave encryption and retention of the queue as the construct sets them.',
  ...guards(
    closed(TYPE, [
      'MessageRetentionPeriod',
      'QueueName',
      'RedriveAllowPolicy',
      'RedrivePolicy',
      'SqsManagedSseEnabled',
      'Tags',
      'VisibilityTimeout',
    ]),
    guard(TYPE, {
      SqsManagedSseEnabled: is(true),
      MessageRetentionPeriod: between(LEAST_DAYS * DAY, 14 * DAY),
    }),
    {
      protects: [],
      check: (environment) => environment.ofType(TYPE).flatMap((queue) => redriveFaults(queue, environment)),
    },
  ),
  fixtures: {
    pass: [
      fixture('a queue with one behind it', environmentWith(redrive({ 'Fn::GetAtt': ['Dead', 'Arn'] }, 20))),
      fixture('a queue for what failed', environmentWith({})),
    ],
    refuse: [
      fixture('not encrypted', environmentWith({ SqsManagedSseEnabled: false })),
      fixture('forgotten in an hour', environmentWith({ MessageRetentionPeriod: 3600 })),
      fixture('failures sent elsewhere', environmentWith(redrive('arn:aws:sqs:us-east-1:999999999999:x', 20))),
      fixture('failures sent to itself', environmentWith(redrive({ 'Fn::GetAtt': ['Queue', 'Arn'] }, 20))),
      fixture('never given up', environmentWith(redrive({ 'Fn::GetAtt': ['Dead', 'Arn'] }, 20_000))),
    ],
  },
};

function redriveFaults(queue: Resource, environment: EnvironmentView): Finding[] {
  const { RedrivePolicy: policy } = queue.properties;
  if (policy === undefined) return [];
  const { deadLetterTargetArn: to, maxReceiveCount: attempts } = asObject(policy);
  const dead = environment.target(to, queue);
  const fault = (place: string, found: Json | undefined, expected: string): Finding => ({
    resource: queue,
    location: `Properties.RedrivePolicy.${place}`,
    found: shown(found),
    expected,
  });
  return [
    ...(dead?.type === TYPE && dead !== queue
      ? []
      : [fault('deadLetterTargetArn', to, 'another queue of this environment')]),
    ...(Number(attempts) >= 1 && Number(attempts) <= MOST_ATTEMPTS
      ? []
      : [fault('maxReceiveCount', attempts, `from 1 to ${MOST_ATTEMPTS}`)]),
  ];
}
