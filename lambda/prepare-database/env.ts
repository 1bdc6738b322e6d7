/**
 * Names of the function's environment variables, written once for the function and for the construct. It needs all of
 * them, and AWS_REGION, which the runtime sets.
 *
 * Calls: `secretsmanager:DescribeSecret` and `secretsmanager:GetSecretValue` on the three secrets (master, app, migrate), and
 * `kms:Decrypt` through Secrets Manager with the key of each: the master's is another one than that of the other two.
 *
 * Network: PostgreSQL at the instance; HTTPS to Secrets Manager; HTTPS to S3, where CloudFormation waits for the answer. An
 * S3 endpoint with a policy must let it put into `cloudformation-custom-resource-response-*`.
 *
 * Time: 300 seconds. CloudFormation is answered after 240, so the rest is for that.
 */
export { env } from '../common/database-roles/env';
