import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { principalsOf, type Statement, statementsOf } from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type JsonObject, type Resource } from '../view';

const BUCKET = 'AWS::S3::Bucket';
/** What is reached by its own address, the policy beside it, and the calls that must not come in plain text. */
const REACHED = [
  { type: BUCKET, policy: 'AWS::S3::BucketPolicy', named: 'Bucket', actions: ['s3:*'] },
  { type: 'AWS::SNS::Topic', policy: 'AWS::SNS::TopicPolicy', named: 'Topics', actions: ['sns:Publish', 'sns:*'] },
  { type: 'AWS::SQS::Queue', policy: 'AWS::SQS::QueuePolicy', named: 'Queues', actions: ['sqs:*'] },
] as const;

const bucketWith = (statement: JsonObject, of = 'Bucket') => ({
  Bucket: { Type: 'AWS::S3::Bucket' },
  Other: { Type: 'AWS::IAM::Role' },
  Policy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: { Ref: of },
      PolicyDocument: {
        Statement: [
          { ...refusal, ...statement },
          { ...refusal, Condition: old },
        ],
      },
    },
  },
});
const old: JsonObject = { NumericLessThan: { 's3:TlsVersion': 1.2 } };
const refusal: JsonObject = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:*',
  Resource: [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] }],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

export const control: RuleControl = {
  id: 'plain-text-refused',
  title: 'Buckets, topics and queues refuse calls that are not encrypted on the way',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'AWS still answers over HTTP; what is sent so can be read and replayed on the way.',
  remedy: 'Give the construct `enforceSSL: true`.',
  protects: REACHED.flatMap(({ type, policy, named }) => [
    { type, properties: [] },
    { type: policy, properties: ['PolicyDocument', named] },
  ]),
  check: (environment) =>
    REACHED.flatMap((reached) =>
      environment.ofType(reached.type).flatMap((resource): Finding[] => {
        const wanted: readonly (readonly [string, Refused])[] = [
          ['plain text (aws:SecureTransport)', plainText],
          ...(reached.type === BUCKET ? [['TLS before 1.2 (s3:TlsVersion)', oldTls] as const] : []),
        ];
        return wanted
          .filter(([, refused]) => !refuses(resource, reached, refused, environment))
          .map(([what]) => {
            const found = `no ${reached.policy} that refuses everybody ${what}`;
            return { resource, location: 'Resource', found, expected: 'a refusal, of the resource and what is in it' };
          });
      }),
    ),
  fixtures: {
    pass: [fixture('refused', bucketWith({}))],
    refuse: [
      fixture('TLS 1.0 let in', bucketWith({ Condition: old })),
      fixture('no policy', { Queue: { Type: 'AWS::SQS::Queue' } }),
      fixture('the other way round', bucketWith({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })),
      fixture('allowed', bucketWith({ Effect: 'Allow' })),
      fixture('for one role', bucketWith({ Principal: { AWS: { 'Fn::GetAtt': ['Other', 'Arn'] } } })),
      fixture('reading only', bucketWith({ Action: 's3:GetObject' })),
      fixture('the bucket but not what is in it', bucketWith({ Resource: [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }] })),
      fixture(
        'under a further condition',
        bucketWith({
          Condition: { Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'aws:PrincipalTag/plain': 'no' } },
        }),
      ),
      fixture('of another bucket', bucketWith({}, 'Other')),
    ],
  },
};

type Reached = (typeof REACHED)[number];
/** A condition under which everybody is refused. */
type Refused = (condition: JsonObject) => boolean;

const plainText: Refused = (condition) =>
  Object.keys(condition).join() === 'Bool' && String(at(condition, 'Bool.aws:SecureTransport')) === 'false';
const oldTls: Refused = (condition) =>
  Object.keys(condition).join() === 'NumericLessThan' && Number(at(condition, 'NumericLessThan.s3:TlsVersion')) >= 1.2;

const refuses = (resource: Resource, reached: Reached, refused: Refused, environment: EnvironmentView): boolean =>
  environment
    .ofType(reached.policy)
    .filter((policy) =>
      asList(policy.properties[reached.named]).some((each) => environment.target(each, policy) === resource),
    )
    .flatMap((policy) => statementsOf(policy))
    .some(
      (statement) =>
        isRefusal(statement, resource, reached, environment) && refused(asObject(statement.body.Condition)),
    );

function isRefusal(statement: Statement, resource: Resource, reached: Reached, environment: EnvironmentView): boolean {
  const { body } = statement;
  const everybody = principalsOf(statement, environment).some(([, who]) => who === '*');
  const actions: readonly string[] = reached.actions;
  const resources = asList(body.Resource);
  const itself = resources.some((each) => environment.target(each, statement.resource) === resource);
  const within = resources.some((each) => environment.text(each).endsWith('/*'));
  return (
    body.Effect === 'Deny' &&
    everybody &&
    asList(body.Action).some((action) => actions.includes(String(action))) &&
    itself &&
    (reached.type !== BUCKET || within)
  );
}
