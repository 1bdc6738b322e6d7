import { env as roles } from '../common/database-roles/env';

/**
 * Names of the function's environment variables, written once for the function and for the construct. It needs those of
 * the roles, the proxy's two where the application connects to a proxy, and AWS_REGION, which the runtime sets.
 *
 * Calls: `secretsmanager:DescribeSecret` and `secretsmanager:GetSecretValue` on the three secrets (master, app, migrate);
 * `secretsmanager:PutSecretValue` and `secretsmanager:UpdateSecretVersionStage` on app and migrate; `kms:Decrypt` through
 * Secrets Manager with the key of each, and `kms:GenerateDataKey` with that of app and migrate. Where there is a proxy,
 * `secretsmanager:PutSecretValue` on its two secrets. Secrets Manager itself must be allowed to invoke the function.
 *
 * Network: PostgreSQL at the instance, and at the proxy where there is one; HTTPS to Secrets Manager.
 *
 * Time: 180 seconds: the test waits up to 60 for the proxy, and locks may be waited for half a minute.
 */
export const env = {
  ...roles,
  /** Endpoint of RDS Proxy, where the application connects to one; left out where it does not. */
  proxyHost: 'PROXY_HOST',
  /**
   * ARNs of the secrets from which RDS Proxy knows the application's logins, with a comma between them, in the order of the
   * twins: that of `app_a` first. Left out where there is no proxy.
   */
  proxySecrets: 'PROXY_SECRETS',
} as const;
