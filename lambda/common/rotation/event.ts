/** The four steps of a rotation, in the order in which Secrets Manager asks for them. */
export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof steps)[number];

/** What Secrets Manager hands to a rotation function. */
export interface RotationEvent {
  readonly Step: Step;
  /** ARN of the secret. */
  readonly SecretId: string;
  /** Id of the version that this rotation makes. Every step of one rotation has the same, repeated ones too. */
  readonly ClientRequestToken: string;
}

/** A rotation that can't go on. The message names the secret, what was found, and what to do. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
}

/** @throws RotationError with every mistake in the event */
export function checkedEvent(event: unknown): RotationEvent {
  const { Step, SecretId, ClientRequestToken } = Object(event) as Record<string, unknown>;
  const mistakes: string[] = [];
  if (!steps.some((step) => step === Step)) mistakes.push(`Step is ${shown(Step)}; expected ${steps.join(', ')}`);
  if (typeof SecretId !== 'string' || SecretId === '')
    mistakes.push(`SecretId is ${shown(SecretId)}; expected the ARN of a secret`);
  if (typeof ClientRequestToken !== 'string' || !/^[\w-]{32,64}$/.test(ClientRequestToken))
    mistakes.push(`ClientRequestToken is ${shown(ClientRequestToken)}; expected a version id of 32 to 64 characters`);
  if (mistakes.length > 0)
    throw new RotationError(
      `This is not the event of a rotation: ${mistakes.join('. ')}. Start one with: aws secretsmanager rotate-secret --secret-id <name>`,
    );
  return { Step, SecretId, ClientRequestToken } as RotationEvent;
}

const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value));
