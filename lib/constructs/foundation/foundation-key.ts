import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { nameOf, removalPolicyOf } from '../naming';

/** Services that put messages into the environment's encrypted topics, and what of theirs may do so. */
export const publishers = {
  'cloudwatch.amazonaws.com': `arn:${Aws.PARTITION}:cloudwatch:${Aws.REGION}:${Aws.ACCOUNT_ID}:alarm:*`,
  'events.amazonaws.com': `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/*`,
  'budgets.amazonaws.com': `arn:${Aws.PARTITION}:budgets::${Aws.ACCOUNT_ID}:*`,
} as const;

/** Holds for a service only while it acts for this account, whose number the ARN has: nobody else can make it a deputy. */
export const onlyForUs = (source: string) => ({ ArnLike: { 'aws:SourceArn': source } });

export interface FoundationKeyProps {
  readonly environment: Environment;
}

/**
 * The key of logs and alarm topics. CloudWatch Logs may use it for this account's log groups, and the services that
 * publish to a topic for their messages; an alarm whose service can't use the key would fail without a word.
 */
export class FoundationKey extends Key {
  constructor(scope: Construct, id: string, props: FoundationKeyProps) {
    const { environment } = props;
    super(scope, id, {
      alias: nameOf(environment, 'foundation'),
      description: `Logs and alarm topics of ${environment.app.name} ${environment.name}`,
      enableKeyRotation: true,
      removalPolicy: removalPolicyOf(environment),
    });
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Logs',
        principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:*`,
          },
        },
      }),
    );
    for (const [service, source] of Object.entries(publishers)) {
      this.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal(service)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          resources: ['*'],
          conditions: onlyForUs(source),
        }),
      );
    }
  }
}
