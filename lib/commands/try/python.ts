import { spawnSync } from 'node:child_process';
import { UserError } from '../shared/command';

/** Names the interpreter to use in the place of the first `python3` on the path. */
const VARIABLE = 'BREAKWATER_PYTHON';
/** The oldest minor of Python 3 that the sample application runs on. */
const LEAST_MINOR = 11;

/**
 * The Python that runs the sample application.
 *
 * @returns its path
 * @throws UserError that says what to install, when there is none or it is too old
 */
export function findPython(variables: NodeJS.ProcessEnv = process.env): string {
  const named = variables[VARIABLE];
  const file = named || 'python3';
  const asked = 'import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)';
  const { status, stdout } = spawnSync(file, ['-c', asked], { encoding: 'utf8', env: variables, timeout: 20_000 });
  const [, major, minor, path] = /^(\d+) (\d+) (.+)$/m.exec(stdout ?? '') ?? [];
  const expected = `Expected Python 3.${LEAST_MINOR} or later: apt-get install python3, or ${VARIABLE}=/path/to/python3.`;
  if (status !== 0 || path === undefined)
    throw new UserError(
      `${named ? `${VARIABLE}: '${named}' does not run` : 'python3 is not on the path'}. ${expected}`,
    );
  if (major !== '3' || Number(minor) < LEAST_MINOR)
    throw new UserError(`${file} is Python ${major}.${minor}. ${expected}`);
  return path;
}
