import { App, Aspects, CfnResource, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { fixture, type RuleControl } from '../../../lib/controls/control';
import { guard, is } from '../../../lib/controls/expect';
import { nagPack, nagPacks } from '../../../lib/controls/gate/packs/nag-packs';
import { ownPack } from '../../../lib/controls/gate/packs/own-pack';
import { content, GatedApp, pack } from '../../support/gated-app';

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
const tierOf = (stage: string) => (stage === 'prod' ? 'production' : undefined);
const own = (control = fifo) => ownPack(tierOf, () => [control]);
const ids = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id);

describe('a finding', () => {
  it('makes the synthesis throw outside the command line', () => {
    const { thrown, passed } = new GatedApp().judge();
    expect(passed).toBe(false);
    expect(thrown).toContain('queue-open');
    expect(thrown).toContain('prod/data/Queue');
  });

  it('says row, resource, property, fix and the line that made the resource', () => {
    const [finding] = new GatedApp({ packs: [own()] }).judge().refused;
    expect(finding).toEqual({
      id: 'queue-fifo',
      pack: 'Breakwater',
      gating: true,
      rows: ['D11'],
      description: 'The queue keeps order: found nothing, expected true',
      why: 'Order matters.',
      remedy: 'Set fifoQueue.',
      resource: 'prod/data/Queue',
      location: 'Properties.FifoQueue',
      source: expect.stringMatching(/^test\/support\/gated-app\.ts:\d+$/),
    });
  });

  it('of a pack that only reports refuses nothing, and is counted', () => {
    const verdict = new GatedApp({ packs: [content(), pack({ name: 'Report', gating: false })] }).judge();
    expect(verdict.passed).toBe(true);
    expect(verdict.reported).toEqual({ 'queue-open': 1 });
  });

  it('can not hide behind an escape hatch', () => {
    const made = new GatedApp({ packs: [own()] });
    made.queue.fifoQueue = true;
    made.queue.addPropertyOverride('FifoQueue', false);
    expect(ids(made.judge().refused)).toEqual(['queue-fifo']);
  });

  it('can not hide behind an aspect', () => {
    const made = new GatedApp({ packs: [own()] });
    made.queue.fifoQueue = true;
    // An aspect on the app stops at a stage, so it stands on the stack.
    Aspects.of(made.stack).add({
      visit: (node) => {
        if (CfnResource.isCfnResource(node)) node.addPropertyDeletionOverride('FifoQueue');
      },
    });
    expect(ids(made.judge().refused)).toEqual(['queue-fifo']);
  });

  it('can not move to another resource by overriding its path', () => {
    const made = new GatedApp({ packs: [own()] });
    made.queue.addOverride('Metadata.aws:cdk:path', 'prod/data/Topic');
    expect(made.judge().refused.map((finding) => finding.resource)).toEqual(['prod/data/Queue']);
  });
});

describe('an acknowledgement of the CDK', () => {
  const bucketApp = () => {
    const made = new GatedApp({ packs: [nagPack('AwsSolutions', true, () => new AwsSolutionsChecks())] });
    const bucket = new CfnBucket(made.stack, 'Bucket');
    return { made, bucket };
  };

  it.each(['AwsSolutions-S1', 'AwsSolutions::AwsSolutions-S1'])('hides nothing and refuses: %s', (id) => {
    const { made, bucket } = bucketApp();
    Validations.of(bucket).acknowledge({ id, reason: '' });
    const verdict = made.judge();
    expect(ids(verdict.refused)).toContain('AwsSolutions-S1');
    expect(verdict.problems.map((problem) => [problem.id, problem.resource])).toEqual([
      ['acknowledgement', 'prod/data/Bucket'],
    ]);
  });

  it("does not silence the gate's own findings", () => {
    const made = new GatedApp();
    const rules = ['queue-open', 'acknowledgement'].flatMap((id) => [
      id,
      `Breakwater gate::${id}`,
      `Breakwater-gate::${id}`,
    ]);
    Validations.of(made.app).acknowledge(...rules.map((id) => ({ id, reason: 'no' })));
    const { thrown } = made.judge();
    expect(thrown).toContain('queue-open');
    expect(thrown).toContain('acknowledgement');
  });
});

describe('proof that everything was judged', () => {
  it('counts resources for each pack', () => {
    const packs = [own(), ...nagPacks()];
    const verdict = new GatedApp({ packs }).judge();
    expect(verdict.packs.map(({ name, judged }) => [name, judged])).toEqual([
      ['Breakwater', 2],
      ['AwsSolutions', 2],
      ['NIST.800.53.R5', 2],
      ['PCI.DSS.321', 2],
      ['HIPAA.Security', 2],
    ]);
    expect(verdict.packs.every((each) => each.rules > 0)).toBe(true);
    expect(verdict.problems).toEqual([]);
  });

  it('refuses a pack that threw, and still runs the others', () => {
    const broken = pack({
      name: 'Broken',
      run: () => {
        throw new Error('out of order');
      },
    });
    const verdict = new GatedApp({ packs: [broken, pack()] }).judge();
    expect(verdict.problems).toEqual([expect.objectContaining({ id: 'pack-failed', resource: 'Broken' })]);
    expect(verdict.problems[0]?.description).toContain('out of order');
    expect(ids(verdict.refused)).toEqual(['queue-open']);
  });

  it('refuses a pack that left a resource out', () => {
    const lazy = pack({
      run: () => ({
        name: 'Lazy',
        version: '1',
        gating: true,
        rules: [],
        judged: ['prod/data/Queue'],
        findings: [],
      }),
    });
    const verdict = new GatedApp({ packs: [lazy] }).judge();
    expect(verdict.problems).toEqual([expect.objectContaining({ id: 'pack-incomplete', resource: 'Lazy' })]);
    expect(verdict.problems[0]?.description).toBe('looked at 1 of 2 resources, not at prod/data/Topic');
  });

  it('refuses when no pack ran', () => {
    expect(ids(new GatedApp({ packs: [] }).judge().problems)).toEqual(['nothing-judged']);
  });

  it('refuses when only reports ran', () => {
    expect(ids(new GatedApp({ packs: [pack({ gating: false })] }).judge().problems)).toEqual(['nothing-judged']);
  });

  it('refuses resources outside every environment', () => {
    const made = new GatedApp({ packs: [own({ ...fifo, check: () => [] })] });
    new CfnTopic(new Stack(new Stage(made.app, 'beside'), 'roles'), 'Stray');
    expect(ids(made.judge().problems)).toEqual(['pack-incomplete']);
  });

  it('refuses a nested stack, whose template is not judged', () => {
    const made = new GatedApp({ packs: [content()] });
    new CfnTopic(new NestedStack(made.stack, 'Nested'), 'Inside');
    expect(made.judge().problems).toEqual([
      expect.objectContaining({ id: 'resource-unseen', resource: 'prod/data/Nested/Inside' }),
    ]);
  });

  it('makes a finding of a rule that fails to judge', () => {
    const failing = {
      ...fifo,
      check: () => {
        throw new TypeError('what is that?');
      },
    };
    const [finding] = new GatedApp({ packs: [own(failing)] }).judge().refused;
    expect(finding).toMatchObject({ id: 'queue-fifo', resource: 'prod/data/Queue' });
    expect(finding?.description).toContain('what is that?');
  });

  it('makes a finding of a cdk-nag rule that fails on a token', () => {
    const made = new GatedApp({
      packs: [nagPack('AwsSolutions', true, () => new AwsSolutionsChecks(undefined, { verbose: true }))],
    });
    const bucket = new CfnBucket(made.stack, 'Bucket', { bucketName: 'x' });
    Object.defineProperty(bucket, 'publicAccessBlockConfiguration', {
      get: () => {
        throw new Error('unresolved');
      },
    });
    const threw = made.judge().refused.filter((finding) => finding.description.includes('unresolved'));
    expect(threw.length).toBeGreaterThan(0);
  });

  it('adds what went wrong before the synthesis', () => {
    const problem = { id: 'exception-misplaced', description: 'nowhere', remedy: 'fix', resource: 'prod/x' } as const;
    expect(new GatedApp({ packs: [content()], problems: [problem] }).judge().problems).toEqual([problem]);
  });
});

it('gives the same verdict for the same app', () => {
  const packs = () => [own(), ...nagPacks()];
  const [one, other] = [new GatedApp({ packs: packs() }).judge(), new GatedApp({ packs: packs() }).judge()];
  expect(JSON.stringify(one.refused)).toBe(JSON.stringify(other.refused));
  expect(JSON.stringify(one.packs)).toBe(JSON.stringify(other.packs));
});

it('gives the same verdict in whatever order the findings come', () => {
  const found = [{ description: 'The queue is open' }, { description: 'Its dead letters are open' }, { id: 'a' }];
  const judged = (find: typeof found) => new GatedApp({ packs: [pack({ find: () => find })] }).judge().refused;
  expect(judged([...found].reverse())).toEqual(judged(found));
});

it('gives no verdict before the synthesis', () => {
  expect(new GatedApp().gate.verdict).toBeUndefined();
  expect(App.isApp(new GatedApp().app)).toBe(true);
});
