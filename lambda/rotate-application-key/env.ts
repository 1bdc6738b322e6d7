/** Names of the function's environment variables, written once for the function and for the construct. */
export const env = {
  /** Days for which a key is accepted after the one that follows it. */
  graceDays: 'GRACE_DAYS',
} as const;
