import { findPython } from '../../lib/commands/try/python';
import { behavesAsTheSampleApp } from '../support/sample-app/behaviour';

describe('the sample application from the standard library alone', () => {
  behavesAsTheSampleApp('plain', findPython);
});
