/** Names of the function's environment variables, written once for the function and for the construct. */
export const env = {
  /** How the names of secrets begin that a person fills, such as `ums/prod/external/`. */
  prefix: 'FILLED_BY_HAND_PREFIX',
} as const;
