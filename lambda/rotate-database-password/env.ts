import { env as roles } from '../common/database-roles/env';

/** Names of the function's environment variables, written once for the function and for the construct. */
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
