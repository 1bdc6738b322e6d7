import { behavesAsTheSampleApp } from '../support/sample-app/behaviour';
import { flaskPython } from '../support/sample-app/flask';

describe('the sample application under Flask and gunicorn', () => {
  let python: string;

  beforeAll(async () => {
    python = await flaskPython();
  });

  behavesAsTheSampleApp('flask', () => python);
});
