import { installedFlask, installFlask } from '../../../lib/commands/try/flask';
import { findPython } from '../../../lib/commands/try/python';

/**
 * The Python that has the pinned Flask and gunicorn.
 *
 * @throws when they can't be installed: a tier that could not run has not passed
 */
export async function flaskPython(): Promise<string> {
  const python = findPython();
  const flask = installedFlask(python) ?? (await installFlask(python));
  if ('python' in flask) return flask.python;
  throw new Error(
    `Nothing of this tier ran: Flask and gunicorn can't be installed from PyPI (${flask.missing}). ` +
      'It needs PyPI once, directly or as pip is configured; the versions stand in lib/sample-app/requirements.txt.',
  );
}
