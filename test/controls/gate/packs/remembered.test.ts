import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { CfnResource, Lazy } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Memory } from '../../../../lib/controls/gate/memory';
import { CONTROLS, LIBRARIES } from '../../../../lib/controls/gate/packs/fingerprint';
import { nagPack } from '../../../../lib/controls/gate/packs/nag-packs';
import type { Pack } from '../../../../lib/controls/gate/packs/pack';
import { remembered } from '../../../../lib/controls/gate/packs/remembered';
import type { Subject } from '../../../../lib/controls/gate/subject';
import type { Tier } from '../../../../lib/controls/view';
import { GatedApp, pack } from '../../../support/gated-app';

let folder: string;
let runs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remembered-'));
  runs = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Tells how often it was asked. */
const counting = (inner: Pack): Pack => ({
  ...inner,
  run: (subject) => {
    runs += 1;
    return inner.run(subject);
  },
});
const tierOf = (stage: string): Tier | undefined => (stage === 'prod' ? 'production' : undefined);

interface Question {
  readonly spoil?: (app: GatedApp) => void;
  readonly tier?: typeof tierOf;
  readonly inner?: Pack;
}

function judged({ spoil = () => undefined, tier = tierOf, inner = pack() }: Question = {}) {
  const app = new GatedApp({ packs: remembered([counting(inner)], new Memory(folder), tier) });
  spoil(app);
  return app.judge();
}

const solutions = () => nagPack('AwsSolutions', true, () => new AwsSolutionsChecks());

describe('a pack that has judged the very same before', () => {
  it('is not asked again, and its answer and proof are the same', () => {
    const [first, second] = [judged(), judged()];
    expect(runs).toBe(1);
    expect({ ...second, thrown: '' }).toEqual({ ...first, thrown: '' });
    expect(first.refused.map(({ id }) => id)).toEqual(['queue-open']);
    expect(second.packs).toEqual([expect.objectContaining({ judged: 2 })]);
  });

  it('still refuses when it looked at less than all', () => {
    const lazy = pack({
      run: () => ({ name: 'Lazy', version: '1', gating: true, rules: [], judged: ['prod/data/Queue'], findings: [] }),
    });
    for (const verdict of [judged({ inner: lazy }), judged({ inner: lazy })])
      expect(verdict.problems.map(({ id }) => id)).toEqual(['pack-incomplete']);
  });

  it('tells the line of today, not the one of then', () => {
    const bucket = ({ stack }: GatedApp) => new CfnBucket(stack, 'Bucket');
    const moved = ({ stack }: GatedApp) => new CfnBucket(stack, 'Bucket');
    const lineOf = (spoil: (app: GatedApp) => void) =>
      judged({ spoil, inner: solutions() }).refused.find(({ id }) => id === 'AwsSolutions-S1')?.source;
    const [first, second] = [lineOf(bucket), lineOf(moved)];
    expect(runs).toBe(1);
    expect(first).toMatch(/^test\/controls\/gate\/packs\/remembered\.test\.ts:\d+$/);
    expect(second).not.toBe(first);
  });

  it('lays exceptions against the findings anew', () => {
    judged();
    const app = new GatedApp({
      packs: remembered([counting(pack())], new Memory(folder), tierOf),
      judged: { date: '2099-01-01', from: 'argument' },
    });
    expect(app.judge().judged.date).toBe('2099-01-01');
    expect(runs).toBe(1);
  });
});

describe('a pack is asked again', () => {
  const differing: Readonly<Record<string, Question>> = {
    'of another template': { spoil: ({ queue }) => queue.addPropertyOverride('DelaySeconds', 5) },
    'of one more resource': { spoil: ({ stack }) => new CfnResource(stack, 'More', { type: 'AWS::SNS::Topic' }) },
    'in another tier': { tier: () => 'staging' },
    'in no tier': { tier: () => undefined },
  };

  it.each(Object.entries(differing))('%s', (_what, question) => {
    judged();
    judged(question);
    expect(runs).toBe(2);
  });

  it('of a construct that is weaker than its template, which cdk-nag sees and the template does not show', () => {
    const versioned = { status: 'Enabled' };
    const sound = ({ stack }: GatedApp) => new CfnBucket(stack, 'Bucket', { versioningConfiguration: versioned });
    const weak = ({ stack }: GatedApp) =>
      new CfnBucket(stack, 'Bucket').addPropertyOverride('VersioningConfiguration.Status', 'Enabled');
    judged({ spoil: sound, inner: solutions() });
    judged({ spoil: weak, inner: solutions() });
    expect(runs).toBe(2);
  });

  it('of a value that became a token, or another class, of the same template', () => {
    const plain = ({ stack }: GatedApp) => new CfnBucket(stack, 'Bucket', { bucketName: 'logs' });
    const token = ({ stack }: GatedApp) =>
      new CfnBucket(stack, 'Bucket', { bucketName: Lazy.string({ produce: () => 'logs' }) });
    const bare = ({ stack }: GatedApp) =>
      new CfnResource(stack, 'Bucket', { type: 'AWS::S3::Bucket', properties: { BucketName: 'logs' } });
    for (const spoil of [plain, token, bare]) judged({ spoil });
    expect(runs).toBe(3);
  });

  it('after it failed', () => {
    let broken = true;
    const failing = pack({
      run: (subject) => {
        if (broken) throw new Error('out of order');
        return pack().run(subject);
      },
    });
    expect(judged({ inner: failing }).problems.map(({ id }) => id)).toContain('pack-failed');
    broken = false;
    expect(judged({ inner: failing }).problems).toEqual([]);
    expect(runs).toBe(2);
  });

  it('when what it judges can not be told, and remembers nothing', () => {
    const app = new GatedApp();
    Object.defineProperty(app.queue, 'cfnProperties', {
      get: () => {
        throw new Error('unresolved');
      },
    });
    const subject = {
      resources: new Map([['prod/data/Queue', app.queue]]),
      context: { appConstruct: app.app, stackTemplates: [] },
    } as unknown as Subject;
    const [wrapped] = remembered([counting(pack())], new Memory(folder), tierOf);
    wrapped?.run(subject);
    wrapped?.run(subject);
    expect([runs, readdirSync(folder)]).toEqual([2, []]);
  });
});

it('is asked each time without a folder', () => {
  const packs = () => remembered([counting(pack())], new Memory(), tierOf);
  new GatedApp({ packs: packs() }).judge();
  new GatedApp({ packs: packs() }).judge();
  expect(runs).toBe(2);
});

it('is remembered by all the code that judges: it needs nothing of the kit outside its folder', () => {
  const files = readdirSync(CONTROLS, { recursive: true, encoding: 'utf8' }).filter((file) => /\.[jt]s$/.test(file));
  expect(files.length).toBeGreaterThan(150);
  const outside = files.flatMap((file) => {
    const text = readFileSync(join(CONTROLS, file), 'utf8');
    const needed = [...text.matchAll(/(?:\bfrom |\brequire\(|\bimport\()'([^'\n]+)'/g)];
    return needed
      .map(([, name = '']) => (name.startsWith('.') ? resolve(CONTROLS, file, '..', name) : name))
      .filter((name) => !name.startsWith(CONTROLS) && !name.startsWith('node:'))
      .map((name) => (isAbsolute(name) ? name : name.replace(/^(@[^/]+\/[^/]+|[^/]+).*$/, '$1')));
  });
  // Colours print a verdict and decide none; the schema engine's answers have keys of their own.
  expect([...new Set(outside)].filter((name) => !LIBRARIES.includes(name)).sort()).toEqual(['picocolors']);
});
