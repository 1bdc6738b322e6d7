/** The tier that installs Flask and gunicorn from PyPI; `npm run test:flask`. */
/** @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config.js'),
  roots: ['<rootDir>/test/flask'],
  testMatch: ['**/*.tier.ts'],
};
