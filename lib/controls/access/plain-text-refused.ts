import { everyTier, fixture, type RuleControl } from '../control';
import { actionsOf, type Statement, statementsOf } from '../statements';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

/** What takes requests over the network under a policy of its own: the policy's type, where it says whose it is, and the calls. */
interface Reachable {
  readonly policy: string;
  readonly of: string;
  /** Any of these is enough. */
  readonly calls: readonly string[];
}

const REACHABLE: Readonly<Record<string, Reachable>> = {
  'AWS::S3::Bucket': { policy: 'AWS::S3::BucketPolicy', of: 'Bucket', calls: ['s3:*', '*'] },
  'AWS::SNS::Topic': { policy: 'AWS::SNS::TopicPolicy', of: 'Topics', calls: ['sns:Publish', 'sns:*', '*'] },
  'AWS::SQS::Queue': { policy: 'AWS::SQS::QueuePolicy', of: 'Queues', calls: ['sqs:*', '*'] },
  'AWS::SecretsManager::Secret': {
    policy: 'AWS::SecretsManager::ResourcePolicy',
    of: 'SecretId',
    calls: ['secretsmanager:*', '*'],
  },
};

const refusal: JsonObject = {
  Effect: 'Deny',
  Principal: '*',
  Action: 'sqs:*',
  Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const queue = (changes: JsonObject, Queues: Json = [{ Ref: 'Queue' }]) => ({
  Queue: { Type: 'AWS::SQS::Queue' },
  Other: { Type: 'AWS::SNS::Subscription' },
  Policy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues, PolicyDocument: { Statement: [{ ...refusal, ...changes }] } },
  },
});

export const control: RuleControl = {
  id: 'plain-text-refused',
  title: 'Buckets, topics, queues and secrets refuse requests in plain text',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'Whoever sits on the way reads and changes what is sent: alarms, logs, passwords.',
  remedy: 'Leave enforceSSL on, or keep the policy beside the resource.',
  protects: Object.values(REACHABLE).map(({ policy }) => ({ type: policy, properties: [] })),
  check: (environment) =>
    Object.entries(REACHABLE).flatMap(([type, reachable]) =>
      environment
        .ofType(type)
        .filter((resource) => !isGuarded(resource, reachable, environment))
        .map((resource) => ({
          resource,
          location: 'Resource',
          found: `no ${reachable.policy} that refuses ${reachable.calls[0]} in plain text`,
          expected: 'a refusal to everyone whose request has aws:SecureTransport false, and no other condition',
        })),
    ),
  fixtures: {
    pass: [fixture('refused', queue({}))],
    refuse: [
      fixture('no policy', { Queue: { Type: 'AWS::SQS::Queue' } }),
      fixture('the policy of another', queue({}, [{ Ref: 'Other' }])),
      fixture('allowed', queue({ Effect: 'Allow' })),
      fixture('to somebody only', queue({ Principal: { AWS: 'arn:aws:iam::111111111111:root' } })),
      fixture('for a harmless call', queue({ Action: 'sqs:GetQueueUrl' })),
      fixture('never', queue({ Condition: { Bool: { 'aws:SecureTransport': 'never' } } })),
      fixture('for something else', queue({ Resource: 'arn:aws:sqs:us-east-1:111111111111:other' })),
      fixture(
        'only at times',
        queue({ Condition: { Bool: { 'aws:SecureTransport': 'false', 'aws:ViaAWSService': 'true' } } }),
      ),
    ],
  },
};

const isGuarded = (resource: Resource, { policy, of, calls }: Reachable, environment: EnvironmentView): boolean =>
  environment
    .ofType(policy)
    .filter((each) => asList(each.properties[of]).some((target) => environment.target(target, each) === resource))
    .some((each) => statementsOf(each).some((statement) => refuses(statement, resource, calls, environment)));

function refuses(statement: Statement, resource: Resource, calls: readonly string[], view: EnvironmentView): boolean {
  const { Effect, Principal, Resource: what, Condition } = statement.body;
  const everyone = Principal === '*' || asList(asObject(Principal).AWS).includes('*');
  const operators = Object.entries(asObject(Condition));
  const [[operator, tests] = [], ...others] = operators;
  const plain =
    operator === 'Bool' && JSON.stringify(tests) === '{"aws:SecureTransport":"false"}' && others.length === 0;
  const covers =
    asList(what).includes('*') || asList(what).some((each) => view.target(each, statement.resource) === resource);
  return Effect === 'Deny' && everyone && plain && covers && actionsOf(statement).some((each) => calls.includes(each));
}
