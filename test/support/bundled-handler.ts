import { build } from '../../lib/constructs/functions/bundle';

/** What is deployed of a Lambda, loaded as the runtime does it. The AWS SDK is this test's: its clients can be spied on. */
export function bundledHandler<Event, Answer = unknown>(name: string): (event: Event) => Promise<Answer> {
  const module = { exports: {} as { handler: (event: Event) => Promise<Answer> } };
  const code = Buffer.from(build(name).code).toString('utf8');
  new Function('require', 'module', 'exports', code)(require, module, module.exports);
  return module.exports.handler;
}
