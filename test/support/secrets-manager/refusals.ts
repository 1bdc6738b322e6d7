/** Errors that Secrets Manager answers with. */
export type Refusal =
  | 'InvalidParameterException'
  | 'InvalidRequestException'
  | 'LimitExceededException'
  | 'ResourceExistsException'
  | 'ResourceNotFoundException'
  | 'ThrottlingException';

/** The error as the SDK's client throws it. */
export const refusal = (name: Refusal, message: string): Error => Object.assign(new Error(message), { name });
