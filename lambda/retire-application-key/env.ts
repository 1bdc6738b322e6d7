/** Names of the function's environment variables, written once for the function and for the construct. */
export const env = {
  /** ARNs of the keyrings, with commas between them. */
  keyrings: 'KEYRINGS',
} as const;
