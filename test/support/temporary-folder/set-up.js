const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** One temporary folder for a test run: the CDK makes an assembly folder for every app that names none, and keeps it. */
module.exports = () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'breakwater-test-'));
};
