const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { installMissing } = require('./debian-packages');

/**
 * What a test run begins with: the programs that npm can't bring, and one temporary folder, because the CDK makes an
 * assembly folder for every app that names none, and keeps it.
 */
module.exports = () => {
  installMissing();
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'breakwater-test-'));
};
