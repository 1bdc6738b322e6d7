/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  globalSetup: '<rootDir>/test/support/run/set-up.js',
  globalTeardown: '<rootDir>/test/support/run/tear-down.js',
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  // Whole-app suites synthesize three environments; unit suites finish in milliseconds.
  testTimeout: 120_000,
};
