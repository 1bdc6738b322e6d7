import type { EnvironmentInput } from './schema';

/** Types an environment's file, so that the editor completes and explains every field. */
export const defineEnvironment = (environment: EnvironmentInput): EnvironmentInput => environment;
