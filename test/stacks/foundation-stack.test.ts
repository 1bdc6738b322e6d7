import { Match, Template } from 'aws-cdk-lib/assertions';
import { FoundationStack } from '../../lib/stacks/foundation-stack';
import { environmentOf, stageOf } from '../support/environments';

const environment = environmentOf('production', {
  contacts: { critical: ['oncall@example.com', 'second@example.com'] },
});
const template = Template.fromStack(new FoundationStack(stageOf(environment), 'foundation', { environment }));
const PUBLISHERS = ['cloudwatch.amazonaws.com', 'events.amazonaws.com', 'budgets.amazonaws.com'];

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Principal: { readonly Service?: string };
  readonly Condition: unknown;
}

it('rotates its key and keeps it', () => {
  template.hasResource('AWS::KMS::Key', {
    Properties: { EnableKeyRotation: true },
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

it.each(PUBLISHERS)('lets %s publish and encrypt, for this account', (service) => {
  const [key] = Object.values(template.findResources('AWS::KMS::Key'));
  const statements: Statement[] = key?.Properties.KeyPolicy.Statement;
  const own = statements.find(({ Principal }) => Principal.Service === service);
  expect(own?.Action).toEqual(['kms:Decrypt', 'kms:GenerateDataKey*']);
  expect(JSON.stringify(own?.Condition)).toContain('{"Ref":"AWS::AccountId"}');
  template.allResourcesProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'sns:Publish',
          Effect: 'Allow',
          Principal: { Service: service },
          Condition: { ArnLike: { 'aws:SourceArn': Match.anyValue() } },
        }),
      ]),
    },
  });
});

it('lets CloudWatch Logs use the key for log groups of this account only', () => {
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Sid: 'Logs',
          Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': Match.anyValue() } },
        }),
      ]),
    },
  });
});

it('subscribes each contact to the topic of its severity', () => {
  const subscribed = Object.values(template.findResources('AWS::SNS::Subscription')).map(({ Properties }) => [
    String(Properties.TopicArn.Ref).replace(/[0-9A-F]{8}$/, ''),
    Properties.Endpoint,
  ]);
  expect(subscribed).toEqual([
    ['TopicsCritical', 'oncall@example.com'],
    ['TopicsCritical', 'second@example.com'],
    ['TopicsWarning', 'platform@example.com'],
    ['TopicsSecurity', 'security@example.com'],
  ]);
});

describe('the log bucket', () => {
  it('is private, versioned, logged to itself and expires as configured', () => {
    template.hasResource('AWS::S3::Bucket', {
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        LoggingConfiguration: { LogFilePrefix: 'buckets/' },
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30, Status: 'Enabled' })] },
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  it('takes logs of our load balancers, under our account’s prefix', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:PutObject',
            Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'aws:SourceArn': Match.anyValue() },
            },
          }),
        ]),
      },
    });
  });

  it('admits no account of anybody else', () => {
    expect(JSON.stringify(template.findResources('AWS::S3::BucketPolicy'))).not.toMatch(/:iam::\d{12}:/);
  });
});
