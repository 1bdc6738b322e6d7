import { randomUUID } from 'node:crypto';
import { type RotationEvent, steps } from '../../../lambda/common/rotation/event';
import type { SecretsManagerStandIn } from './service';

export interface RotationOptions {
  /** Called for each step, as Lambda calls the handler. */
  readonly invoke: (event: RotationEvent) => Promise<unknown>;
  /** @default - a new one, or that of the rotation which isn't complete */
  readonly token?: string;
  /** How often the service begins again after a step that failed. @default 5 */
  readonly attempts?: number;
}

/**
 * A rotation as the service runs it: the version is labelled, the four steps are asked for in order, and all of them
 * again with the same token after a failure. A finished one takes AWSPENDING off the version that is current.
 *
 * @returns the new version's id
 * @throws the last attempt's error
 */
export async function rotation(
  service: SecretsManagerStandIn,
  id: string,
  { invoke, token, attempts = 5 }: RotationOptions,
): Promise<string> {
  const begun = await service.call('RotateSecret', {
    SecretId: id,
    ClientRequestToken: token ?? unfinished(service, id),
  });
  const { VersionId, ARN } = begun as { VersionId: string; ARN: string };
  for (let attempt = 1; ; attempt++) {
    try {
      for (const Step of steps) await invoke({ Step, SecretId: ARN, ClientRequestToken: VersionId });
      break;
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
  const secret = service.secret(id);
  secret.rotated = service.now;
  if (service.holder(id, 'AWSCURRENT') === VersionId) secret.versions.get(VersionId)?.stages.delete('AWSPENDING');
  return VersionId;
}

function unfinished(service: SecretsManagerStandIn, id: string): string {
  const pending = service.holder(id, 'AWSPENDING');
  return pending && pending !== service.holder(id, 'AWSCURRENT') ? pending : randomUUID();
}

/**
 * The trial with which the service begins when a rotation is set up that does not start at once: testSecret alone, on a
 * pending version that it makes and takes away. The reference does not say what stands in it; AWS's published functions
 * log in with it, so it must be the current value.
 */
export async function trial(
  service: SecretsManagerStandIn,
  id: string,
  invoke: (event: RotationEvent) => Promise<unknown>,
): Promise<void> {
  const token = randomUUID();
  const secret = service.secret(id);
  secret.versions.set(token, {
    value: service.value(id),
    stages: new Set(['AWSPENDING']),
    created: service.now,
    put: true,
  });
  try {
    await invoke({ Step: 'testSecret', SecretId: secret.arn, ClientRequestToken: token });
  } finally {
    secret.versions.delete(token);
  }
}
