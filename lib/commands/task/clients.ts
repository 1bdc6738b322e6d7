import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { STSClient } from '@aws-sdk/client-sts';
import { UserError } from '../shared/command';

/** The services that a one-off task needs. Tests put stand-ins here. */
export interface Clients {
  readonly cloudFormation: Pick<CloudFormationClient, 'send'>;
  readonly ecs: Pick<ECSClient, 'send'>;
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly sts: Pick<STSClient, 'send'>;
}

/** Clients with the credentials of whoever calls. */
export function clientsIn(region: string): Clients {
  // The SDK's version is pinned, so its advice about later Node versions is noise to whoever runs a task.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return {
    cloudFormation: new CloudFormationClient({ region }),
    ecs: new ECSClient({ region }),
    logs: new CloudWatchLogsClient({ region }),
    sts: new STSClient({ region }),
  };
}

/** What the SDK calls the absence or the end of credentials. */
const NOT_SIGNED_IN =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException|SSOTokenProviderFailure)$/;
const NOT_ALLOWED = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/;
const OUT_OF_REACH = /^(TimeoutError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|NetworkingError)$/;

/**
 * Calls AWS, and tells in words what whoever called can mend.
 *
 * @throws UserError for credentials, permissions and the network; anything else as it came
 */
export async function asking<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { name, code } = error as { readonly name: string; readonly code?: string };
    const said = error instanceof Error ? error.message : String(error);
    if (NOT_SIGNED_IN.test(name))
      throw new UserError(`No valid AWS credentials to ${what}. Sign in, for example with aws sso login. (${said})`);
    if (NOT_ALLOWED.test(name)) throw new UserError(`You may not ${what}: ${said}`);
    if (OUT_OF_REACH.test(name) || OUT_OF_REACH.test(code ?? ''))
      throw new UserError(`AWS can't be reached to ${what}: ${said}`);
    throw error;
  }
}
