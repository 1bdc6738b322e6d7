import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnResource, type PolicyValidationStack, type PolicyViolation } from 'aws-cdk-lib';
import { Memory } from '../../../../lib/controls/gate/memory';
import { type SchemaEngine, ThreadedEngine } from '../../../../lib/controls/gate/schema/engine';
import { SchemaValidation, schemaPack } from '../../../../lib/controls/gate/schema/validation';
import { GatedApp } from '../../../support/gated-app';

const real = new ThreadedEngine();

let folder: string;
let memory: Memory;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schemas-'));
  memory = new Memory(join(folder, 'cache'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A template on disk, as the gate is given it. */
function stack(
  id: string,
  changes: Partial<PolicyValidationStack> & { readonly template?: object } = {},
): PolicyValidationStack {
  const { template = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } }, ...rest } = changes;
  const templatePath = join(folder, `${id}.template.json`);
  writeFileSync(templatePath, JSON.stringify(template));
  return { stackConstructPath: `prod/${id}`, templatePath, accountId: '111122223333', region: 'us-east-1', ...rest };
}

/** An engine that finds E1 in every template, merged into one violation as the real one does, and tells what it saw. */
class CountingEngine implements SchemaEngine {
  readonly asked: string[][] = [];

  warm(): void {}

  validate(stacks: readonly PolicyValidationStack[]): readonly PolicyViolation[] {
    this.asked.push(stacks.map((each) => each.stackConstructPath));
    return [
      {
        ruleName: 'E1',
        description: 'wrong',
        severity: 'error',
        violatingResources: stacks.map((each) => ({
          resourceLogicalId: 'Queue',
          templatePath: each.templatePath,
          locations: ['Properties.DelaySeconds'],
        })),
      },
    ];
  }
}

const placesOf = (violations: readonly PolicyViolation[]): (string | undefined)[] =>
  violations.flatMap((violation) => violation.violatingResources.map((at) => at.templatePath)).sort();

describe('what was answered once', () => {
  it('is not asked again, and the answer is the same', () => {
    const engine = new CountingEngine();
    const stacks = [stack('data'), stack('edge')];
    const first = new SchemaValidation({ engine, memory }).validate(stacks);
    const second = new SchemaValidation({ engine, memory }).validate(stacks);
    expect(engine.asked).toEqual([['prod/data', 'prod/edge']]);
    expect(second).toEqual(first);
    expect(placesOf(second)).toEqual(stacks.map((each) => each.templatePath).sort());
  });

  it('is told of where the template is now', () => {
    const engine = new CountingEngine();
    new SchemaValidation({ engine, memory }).validate([stack('data')]);
    const moved = join(folder, 'moved.json');
    writeFileSync(moved, readFileSync(join(folder, 'data.template.json')));
    const violations = new SchemaValidation({ engine, memory }).validate([{ ...stack('data'), templatePath: moved }]);
    expect(engine.asked).toHaveLength(1);
    expect(placesOf(violations)).toEqual([moved]);
  });

  it('leaves only changed templates to be asked about', () => {
    const engine = new CountingEngine();
    const validation = new SchemaValidation({ engine, memory });
    validation.validate([stack('data'), stack('edge')]);
    const changed = stack('edge', { template: { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } } });
    expect(validation.validate([stack('data'), changed])).toHaveLength(2);
    expect(engine.asked).toEqual([['prod/data', 'prod/edge'], ['prod/edge']]);
  });

  it('is written nowhere without a folder', () => {
    const engine = new CountingEngine();
    const validation = new SchemaValidation({ engine, memory: new Memory() });
    validation.validate([stack('data')]);
    validation.validate([stack('data')]);
    expect(engine.asked).toHaveLength(2);
    expect(readdirSync(folder)).toEqual(['data.template.json']);
  });
});

describe('an answer serves nothing but the very same question', () => {
  const differing: [string, Partial<PolicyValidationStack> & { readonly template?: object }][] = [
    ['template', { template: { Resources: { Queue: { Type: 'AWS::SQS::Queue' } }, Description: '' } }],
    ['account', { accountId: '444455556666' }],
    ['no account', { accountId: undefined }],
    ['region', { region: 'eu-central-1' }],
    ['stack', { stackConstructPath: 'staging/data' }],
  ];

  it.each(differing)('not with another %s', (_what, changes) => {
    const engine = new CountingEngine();
    const validation = new SchemaValidation({ engine, memory });
    validation.validate([stack('data')]);
    validation.validate([stack('data', changes)]);
    expect(engine.asked).toHaveLength(2);
  });
});

describe('a finding that fits none of the templates asked about is never dropped', () => {
  it.each([
    ['in another template', [{ templatePath: '/elsewhere', locations: [] }]],
    ['in no template', [{ locations: [] }]],
    ['nowhere at all', []],
  ])('%s', (_where, violatingResources) => {
    const lost: SchemaEngine = {
      warm: () => undefined,
      validate: () => [{ ruleName: 'E1', description: 'wrong', violatingResources }],
    };
    expect(() => new SchemaValidation({ engine: lost, memory }).validate([stack('data')])).toThrow('E1');
  });
});

/** The real engine, telling how often it was asked. */
class RealEngine implements SchemaEngine {
  readonly asked: number[] = [];

  warm(): void {}

  validate(stacks: readonly PolicyValidationStack[]): readonly PolicyViolation[] {
    this.asked.push(stacks.length);
    return real.validate(stacks);
  }
}

describe('a remembered answer at the gate', () => {
  let engine: RealEngine;
  beforeEach(() => {
    engine = new RealEngine();
  });

  const judged = (spoil: (app: GatedApp) => void) => {
    const validation = new SchemaValidation({ engine, memory });
    const app = new GatedApp({ packs: [schemaPack(validation)] });
    spoil(app);
    return app.judge();
  };

  it('refuses as it did when it was new', () => {
    const spoil = (app: GatedApp) => app.queue.addPropertyOverride('Delay', 5);
    const [first, second] = [judged(spoil), judged(spoil)];
    expect(engine.asked).toHaveLength(1);
    expect(first.refused).toMatchObject([{ resource: 'prod/data/Queue', location: 'Properties.Delay' }]);
    expect(second.refused).toEqual(first.refused);
    expect([first.passed, second.passed]).toEqual([false, false]);
  });

  it('refuses when it is a warning: a lifecycle stage that nobody has heard of', () => {
    const spoil = (app: GatedApp) =>
      new CfnResource(app.stack, 'Service', {
        type: 'AWS::ECS::Service',
        properties: {
          TaskDefinition: 'web',
          DeploymentConfiguration: {
            LifecycleHooks: [
              {
                HookTargetArn: 'arn:aws:lambda:us-east-1:111122223333:function:hook',
                RoleArn: 'arn:aws:iam::111122223333:role/hook',
                LifecycleStages: ['AFTER_LUNCH'],
              },
            ],
          },
        },
      });
    for (const verdict of [judged(spoil), judged(spoil)]) {
      expect(verdict.passed).toBe(false);
      expect(verdict.refused).toMatchObject([{ id: 'W3030', resource: 'prod/data/Service' }]);
    }
    expect(engine.asked).toHaveLength(1);
  });

  it('lets pass what passed, and does not cover up what got worse', () => {
    expect(judged(() => undefined).passed).toBe(true);
    expect(judged(() => undefined).passed).toBe(true);
    expect(engine.asked).toHaveLength(1);
    expect(judged((app) => app.queue.addPropertyOverride('Delay', 5)).passed).toBe(false);
    expect(engine.asked).toHaveLength(2);
  });
});

describe('an answer of another version is asked for anew', () => {
  let engine: CountingEngine;
  beforeEach(() => {
    engine = new CountingEngine();
  });

  const PACKS = '../../../../lib/controls/gate/packs/pack';

  /** Validates with the versions of these packages told otherwise. */
  function validateWith(told: RegExp | undefined): void {
    jest.isolateModules(() => {
      const packs = jest.requireActual<typeof import('../../../../lib/controls/gate/packs/pack')>(PACKS);
      const versionOf = (file: string) => (told?.test(file) ? '99.0.0' : packs.versionOf(file));
      jest.doMock(PACKS, () => ({ ...packs, versionOf }));
      const isolated =
        require('../../../../lib/controls/gate/schema/validation') as typeof import('../../../../lib/controls/gate/schema/validation');
      new isolated.SchemaValidation({ engine, memory }).validate([stack('data')]);
    });
  }

  afterEach(() => jest.dontMock(PACKS));

  it.each([
    ['of the library', /aws-cdk-lib\/package\.json$/],
    ['of the engine inside it', /cloudformation-validate\/package\.json$/],
  ])('%s', (_, told) => {
    validateWith(undefined);
    validateWith(undefined);
    expect(engine.asked).toHaveLength(1);
    validateWith(told);
    expect(engine.asked).toHaveLength(2);
    validateWith(told);
    expect(engine.asked).toHaveLength(2);
  });

  it('of node', () => {
    const { version } = process;
    validateWith(undefined);
    try {
      Object.defineProperty(process, 'version', { value: 'v99.0.0' });
      validateWith(undefined);
    } finally {
      Object.defineProperty(process, 'version', { value: version });
    }
    expect(engine.asked).toHaveLength(2);
  });
});
