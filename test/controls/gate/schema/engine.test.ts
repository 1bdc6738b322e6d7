import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Memory } from '../../../../lib/controls/gate/memory';
import { ThreadedEngine } from '../../../../lib/controls/gate/schema/engine';
import { SchemaValidation, schemaPack } from '../../../../lib/controls/gate/schema/validation';
import { GatedApp } from '../../../support/gated-app';

/** One engine for the file: its start takes a second. */
const engine = new ThreadedEngine();
const gated = () => new GatedApp({ packs: [schemaPack(new SchemaValidation({ engine, memory: new Memory() }))] });

it('finds nothing in sound templates', () => {
  const verdict = gated().judge();
  expect(verdict.passed).toBe(true);
  expect(verdict.packs).toEqual([
    expect.objectContaining({ name: 'CloudFormation', gating: true, judged: 2, findings: 0 }),
  ]);
});

it('refuses a property that the schema does not know, with the place and the line', () => {
  const made = gated();
  made.queue.addPropertyOverride('Delay', 3);
  const verdict = made.judge();
  expect(verdict.refused).toEqual([
    expect.objectContaining({
      pack: 'CloudFormation',
      resource: 'prod/data/Queue',
      source: expect.stringMatching(/^test\/support\/gated-app\.ts:\d+$/),
    }),
  ]);
  expect(verdict.refused[0]?.description).toContain('Delay');
});

it('refuses what is only a warning to the engine, such as a made-up enum value', () => {
  const made = gated();
  new CfnLogGroup(made.stack, 'Logs', { logGroupClass: 'CHEAPEST' });
  const verdict = made.judge();
  expect(verdict.refused.map(({ id, resource, location }) => [id, resource, location])).toEqual([
    ['W3030', 'prod/data/Logs', 'Properties.LogGroupClass'],
  ]);
});

it('answers with an error, not with silence, when the engine fails', () => {
  const missing = { stackConstructPath: 'x', templatePath: '/no/such/file', accountId: undefined, region: undefined };
  expect(() => engine.validate([missing])).toThrow('ENOENT');
});

it('still answers after it failed', () => {
  expect(gated().judge().passed).toBe(true);
});
