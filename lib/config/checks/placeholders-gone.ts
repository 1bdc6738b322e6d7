import { placeholderPaths } from '../placeholders';
import type { Check } from './check';

/** An environment with an account is real, so its contacts, names and networks must be (row R08). */
export const placeholdersGone: Check = (environment) =>
  environment.account === undefined
    ? []
    : placeholderPaths(environment).map(({ path }) => ({
        path,
        expected: 'a real value: the environment has an account, so it can be deployed and people rely on it',
        example: undefined,
      }));
