/** The tier that rotates for minutes; `npm run soak:rotation`. */
/** @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config.js'),
  roots: ['<rootDir>/test/rotation'],
  testMatch: ['**/*.tier.ts'],
  testTimeout: 1_800_000,
};
