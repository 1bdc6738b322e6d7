import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretsManagerStandIn } from './service';

/** What a client's `send` does when the stand-in answers. */
export const answering =
  (service: SecretsManagerStandIn) =>
  (command: { readonly constructor: { readonly name: string }; readonly input: object }): Promise<unknown> =>
    service.call(command.constructor.name.replace(/Command$/, ''), command.input as Record<string, unknown>);

/** A client that the stand-in answers. */
export function clientOf(service: SecretsManagerStandIn): SecretsManagerClient {
  const client = new SecretsManagerClient({ region: 'us-east-1' });
  client.send = answering(service) as never;
  return client;
}
