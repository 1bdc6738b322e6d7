'use strict';

// Plain JavaScript, because a worker thread has no TypeScript loader of its own to rely on. See engine.ts.
const { setFlagsFromString } = require('node:v8');
const { parentPort } = require('node:worker_threads');

// The engine is WebAssembly that runs for a second. Optimizing it takes longer than running it as it is.
setFlagsFromString('--liftoff-only');

let plugin;

/** The engine of the CDK's own plugin, so that its rules and exclusions apply unchanged. */
function ready() {
  if (!plugin) {
    const { CloudFormationValidatePlugin } = require('aws-cdk-lib');
    plugin = new CloudFormationValidatePlugin();
  }
  return plugin;
}

const tasks = {
  /** Starts the engine for templates with these resource types, ahead of the templates. */
  warm: (types) => ready().initializeEngine?.(new Set(types)),
  validate: (stackTemplates) =>
    ready().validate({ stackTemplates, templatePaths: stackTemplates.map((stack) => stack.templatePath) }).violations,
};

parentPort.on('message', ({ task, input, reply, signal }) => {
  let answer;
  try {
    answer = { result: tasks[task](input) };
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  if (!reply) return;
  reply.postMessage(answer);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});

// Loading the library takes a while; nothing has to be known for it.
ready();
