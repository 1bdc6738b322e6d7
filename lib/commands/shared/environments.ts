import { ConfigurationError, environmentNames, loadEnvironments } from '../../config/parse';
import type { Environment } from '../../config/schema';
import { UserError } from './command';

/** Path under which the loader tells of a name that no environment has. */
const UNKNOWN = '-c env';

/**
 * The environments that `--env` names: given several times, or separated by commas as `cdk -c env=dev,prod` takes them.
 *
 * @param values what was given; nothing names all
 * @throws UserError about `--env` when no environment has such a name
 * @throws ConfigurationError with the mistakes in the files
 */
export function environmentsNamed(values: readonly string[]): readonly Environment[] {
  const names = values.flatMap((value) => environmentNames(value) ?? [value]);
  try {
    return loadEnvironments(values.length > 0 ? names : undefined);
  } catch (error) {
    const unknown = error instanceof ConfigurationError ? error.mistakes.filter(({ path }) => path === UNKNOWN) : [];
    if (unknown.length === 0) throw error;
    throw new UserError(
      unknown
        .map(
          ({ value, expected, example }) =>
            `--env: there is no environment '${value}'. Expected ${expected}, for example --env ${example}.`,
        )
        .join('\n'),
    );
  }
}

/** The one environment that `--env` names. @throws UserError when it names none or several */
export function environmentNamed(value: string): Environment {
  const [environment, ...others] = environmentsNamed([value]);
  if (environment && others.length === 0) return environment;
  throw new UserError(`--env: '${value}' names several environments. Expected one, for example --env prod.`);
}
