import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { fixture, isRule, type RuleControl } from '../../../../lib/controls/control';
import { guard, is } from '../../../../lib/controls/expect';
import { controls } from '../../../../lib/controls/find';
import { BreakwaterChecks } from '../../../../lib/controls/gate/packs/breakwater-checks';

const fifo: RuleControl = {
  id: 'queue-fifo',
  title: 'The queue keeps order',
  holds: ['D11/enforce'],
  tiers: ['production'],
  why: 'Order matters.',
  remedy: 'Set fifoQueue.',
  ...guard('AWS::SQS::Queue', { FifoQueue: is(true) }),
  fixtures: { pass: [fixture('none', {})], refuse: [] },
};
const checks = () => new BreakwaterChecks((stage) => (stage === 'prod' ? 'production' : undefined), [fifo]);

/** An app with a queue in an environment and one beside it. */
function appWithQueues(): App {
  const app = new App({
    outdir: mkdtempSync(join(tmpdir(), 'checks-')),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  for (const stage of ['prod', 'other']) new CfnQueue(new Stack(new Stage(app, stage), 'data'), 'Queue');
  return app;
}

const found = {
  ruleName: 'queue-fifo',
  description: 'The queue keeps order: found nothing, expected true',
  fix: 'Set fifoQueue.',
  severity: 'error',
  ruleMetadata: { rows: 'D11', why: 'Order matters.' },
  violatingResources: [{ constructPath: 'prod/data/Queue', locations: ['Properties.FifoQueue'] }],
};

it('judges a construct tree by environment, as a pack of cdk-nag', () => {
  expect(checks().validateScope(appWithQueues())).toEqual({ success: false, violations: [found] });
});

it('can be registered with the CDK by itself', () => {
  const app = appWithQueues();
  Validations.of(app).addPlugins(checks());
  expect(() => app.synth()).toThrow(/queue-fifo/);
});

it('knows every rule of the kit', () => {
  expect(new BreakwaterChecks(() => undefined).ruleIds).toEqual(
    controls()
      .filter(isRule)
      .map(({ id }) => id),
  );
});
