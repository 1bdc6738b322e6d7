import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { except } from '../../controls/except';
import { removalPolicyOf } from '../naming';

/** Days that a replaced or deleted log can still be brought back. */
const OVERWRITTEN_DAYS = 30;

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
    except(
      this,
      {
        finding: 'NIST.800.53.R5-S3DefaultEncryptionKMS',
        reason: 'Load balancers and S3 access logs can be delivered with the key of S3 only (ELB and S3 user guides).',
        owner: 'Breakwater maintainers',
        expires: '2027-11-30',
      },
      {
        finding: 'NIST.800.53.R5-S3BucketReplicationEnabled',
        reason: 'Access logs are kept a month and rebuild nothing; the audit trail is in CloudWatch Logs.',
        owner: 'Breakwater maintainers',
        expires: '2027-11-30',
      },
    );
  }
}
