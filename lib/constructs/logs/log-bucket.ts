import { Aws, Duration } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { except, maintained } from '../../controls/except';
import { removalPolicyOf } from '../naming';

/** Days that a replaced or deleted log can still be brought back. */
const OVERWRITTEN_DAYS = 30;

/** Where the load balancer's logs stand. */
const PREFIXES = { access: 'requests', connection: 'connections' } as const;

export interface LogBucketProps {
  readonly environment: Environment;
}

/**
 * The bucket for what AWS delivers to S3 only: requests and connections of the load balancer, and accesses to the
 * environment's buckets, its own included.
 *
 * Objects are encrypted with S3's key, since neither the load balancer nor S3's own access log can deliver with a key
 * of ours. There is no object lock: its default retention keeps S3 from delivering access logs. Versions take its place:
 * what is overwritten or deleted stays readable for 30 days. Objects expire after `logs.accessDays`.
 */
export class LogBucket extends Bucket {
  constructor(scope: Construct, id: string, props: LogBucketProps) {
    const { environment } = props;
    super(scope, id, {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      serverAccessLogsPrefix: 'buckets/',
      removalPolicy: removalPolicyOf(environment),
      lifecycleRules: [
        {
          id: 'expire',
          expiration: Duration.days(environment.logs.accessDays),
          noncurrentVersionExpiration: Duration.days(OVERWRITTEN_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LoadBalancers',
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: Object.values(PREFIXES).map((prefix) => this.arnForObjects(`${prefix}/AWSLogs/${Aws.ACCOUNT_ID}/*`)),
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:elasticloadbalancing:${Aws.REGION}:${Aws.ACCOUNT_ID}:loadbalancer/*`,
          },
        },
      }),
    );
    except(
      this,
      {
        finding: 'NIST.800.53.R5-S3DefaultEncryptionKMS',
        reason: 'Load balancers and S3 access logs can be delivered with the key of S3 only (ELB and S3 user guides).',
        ...maintained,
      },
      {
        finding: 'NIST.800.53.R5-S3BucketReplicationEnabled',
        reason: 'Access logs are kept a month and rebuild nothing; the audit trail is in CloudWatch Logs.',
        ...maintained,
      },
    );
  }

  /**
   * Has a load balancer of this account deliver its requests and connections here.
   *
   * The CDK's own `logAccessLogs` admits an account of AWS for each older region, without a condition. The service
   * principal serves every region and is bound to our load balancers ("Enable access logs" in the ELB guide).
   */
  receiveFrom(loadBalancer: ApplicationLoadBalancer): void {
    for (const [kind, prefix] of Object.entries(PREFIXES)) {
      loadBalancer.setAttribute(`${kind}_logs.s3.enabled`, 'true');
      loadBalancer.setAttribute(`${kind}_logs.s3.bucket`, this.bucketName);
      loadBalancer.setAttribute(`${kind}_logs.s3.prefix`, prefix);
    }
  }
}
