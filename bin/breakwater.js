#!/usr/bin/env node
// What `npx breakwater` starts: Node 20 can't run TypeScript by itself, and `--import tsx` would look for tsx in the
// folder where it was called.
require('tsx/cjs');
require('./breakwater.ts');
