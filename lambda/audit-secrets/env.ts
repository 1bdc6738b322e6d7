/** Names of the function's environment variables, written once for the function and for the construct. */
export const env = {
  /** Secrets that rotate by themselves: `arn=days`, with commas between them; days between two rotations. */
  rotating: 'ROTATING_SECRETS',
  /** Secrets that a person has to change, in the same form; days that a value may be used. Empty where there are none. */
  byHand: 'SECRETS_BY_HAND',
  /** Namespace of the metrics. */
  namespace: 'METRIC_NAMESPACE',
} as const;
