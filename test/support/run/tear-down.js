const { rmSync } = require('node:fs');

/** Deletes what the tests left in the folder that set-up.js made. */
module.exports = () => rmSync(process.env.TMPDIR, { recursive: true, force: true });
