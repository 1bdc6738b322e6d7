import { placeholdersIn } from '../placeholders';
import type { Check } from './check';

/**
 * An environment with an account is real, so its contacts, names and networks must be: an alarm that is sent to
 * example.com wakes nobody (row R08).
 */
export const placeholdersGone: Check = (environment) =>
  environment.account === undefined
    ? []
    : placeholdersIn(environment).map(({ path, instead, example }) => ({
        path,
        expected: `${instead}: ${
          path[0] === 'account'
            ? 'this one stands in documents'
            : 'this is a placeholder, and the environment has an account'
        }`,
        example,
      }));
