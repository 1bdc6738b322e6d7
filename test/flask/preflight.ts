import { flaskPython } from '../support/sample-app/flask';

/** Exit code of a tier that can't run on this machine, as sysexits.h has it for a failure that may pass. */
const CANNOT_RUN = 75;

flaskPython().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = CANNOT_RUN;
});
