import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { asObject, type EnvironmentView, type Json, type Resource } from '../view';

const TYPE = 'AWS::SQS::Queue';
/** Fewer attempts and a short outage loses what a second try would have delivered. */
const LEAST_ATTEMPTS = 3;
/** More attempts than that and a poisoned message blocks those behind it. */
const MOST_ATTEMPTS = 100;

const environmentWith = (changes: Readonly<Record<string, Json>>) => ({
  Dead: { Type: TYPE },
  Queue: { Type: TYPE, Properties: changes },
});
const redrive = (to: Json, maxReceiveCount: number): Readonly<Record<string, Json>> => ({
  RedrivePolicy: { deadLetterTargetArn: to, maxReceiveCount },
});

export const control: RuleControl = {
  id: 'dead-letters-kept',
  title: 'What a queue gives up on goes to another queue of the environment, after a while',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A message that nobody can handle is lost, or blocks those behind it for ever, or leaves the environment.',
  remedy: 'Name a dead-letter queue of this environment and a count of attempts.',
  protects: [{ type: TYPE, properties: ['RedrivePolicy'] }],
  check: (environment) => environment.ofType(TYPE).flatMap((queue) => redriveFaults(queue, environment)),
  fixtures: {
    pass: [
      fixture('a queue with one behind it', environmentWith(redrive({ 'Fn::GetAtt': ['Dead', 'Arn'] }, 20))),
      fixture('a queue for what failed', environmentWith({})),
    ],
    refuse: [
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
    ...(Number(attempts) >= LEAST_ATTEMPTS && Number(attempts) <= MOST_ATTEMPTS
      ? []
      : [fault('maxReceiveCount', attempts, `from ${LEAST_ATTEMPTS} to ${MOST_ATTEMPTS}`)]),
  ];
}
