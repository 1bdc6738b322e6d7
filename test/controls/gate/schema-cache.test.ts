import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnResource, type PolicyValidationStack, type PolicyViolation } from 'aws-cdk-lib';
import { BreakwaterApp } from '../../../lib/app';
import { type SchemaEngine, ThreadedEngine } from '../../../lib/controls/gate/schema-engine';
import { SchemaValidation, schemaPack } from '../../../lib/controls/gate/schema-validation';
import { GatedApp } from '../../support/gated-app';

const real = new ThreadedEngine();

/** The real engine, counting how often it is asked. */
class CountingEngine implements SchemaEngine {
  asked = 0;

  warm(): void {}

  validate(stacks: readonly PolicyValidationStack[]): readonly PolicyViolation[] {
    this.asked += 1;
    return real.validate(stacks);
  }
}

let folder: string;
let engine: CountingEngine;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schema-cache-'));
  engine = new CountingEngine();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a remembered answer at the gate', () => {
  const judged = (spoil: (app: GatedApp) => void) => {
    const validation = new SchemaValidation({ engine, cacheFolder: join(folder, 'cache') });
    const app = new GatedApp({ packs: [schemaPack(validation)] });
    spoil(app);
    return app.judge();
  };

  it('refuses as it did when it was new', () => {
    const spoil = (app: GatedApp) => app.queue.addPropertyOverride('Delay', 5);
    const [first, second] = [judged(spoil), judged(spoil)];
    expect(engine.asked).toBe(1);
    expect(first.refused).toMatchObject([{ resource: 'prod/data/Queue', location: 'Properties.Delay' }]);
    expect(second.refused).toEqual(first.refused);
    expect([first.passed, second.passed]).toEqual([false, false]);
  });

  it('refuses when it is a warning: a lifecycle stage that nobody has heard of', () => {
    const spoil = ({ stack }: GatedApp) =>
      new CfnResource(stack, 'Service', {
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
    expect(engine.asked).toBe(1);
  });

  it('lets pass what passed, and does not cover up what got worse', () => {
    expect(judged(() => undefined).passed).toBe(true);
    expect(judged(() => undefined).passed).toBe(true);
    expect(engine.asked).toBe(1);
    expect(judged((app) => app.queue.addPropertyOverride('Delay', 5)).passed).toBe(false);
    expect(engine.asked).toBe(2);
  });
});

describe('an answer of another version is asked for anew', () => {
  const PACKS = '../../../lib/controls/gate/packs';

  /** Validates with the versions of these packages told otherwise. */
  function validateWith(told: RegExp | undefined): void {
    jest.isolateModules(() => {
      const packs = jest.requireActual<typeof import('../../../lib/controls/gate/packs')>(PACKS);
      const versionOf = (file: string) => (told?.test(file) ? '99.0.0' : packs.versionOf(file));
      jest.doMock(PACKS, () => ({ ...packs, versionOf }));
      const isolated =
        require('../../../lib/controls/gate/schema-validation') as typeof import('../../../lib/controls/gate/schema-validation');
      const templatePath = join(folder, 'data.template.json');
      writeFileSync(templatePath, '{"Resources":{"Queue":{"Type":"AWS::SQS::Queue"}}}');
      new isolated.SchemaValidation({ engine, cacheFolder: join(folder, 'cache') }).validate([
        { stackConstructPath: 'prod/data', templatePath, accountId: undefined, region: 'us-east-1' },
      ]);
    });
  }

  afterEach(() => jest.dontMock(PACKS));

  it.each([
    ['of the library', /aws-cdk-lib\/package\.json$/],
    ['of the engine inside it', /cloudformation-validate\/package\.json$/],
  ])('%s', (_, told) => {
    validateWith(undefined);
    validateWith(undefined);
    expect(engine.asked).toBe(1);
    validateWith(told);
    expect(engine.asked).toBe(2);
    validateWith(told);
    expect(engine.asked).toBe(2);
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
    expect(engine.asked).toBe(2);
  });
});

describe('the app', () => {
  const { CI } = process.env;
  afterEach(() => setCi(CI));

  function setCi(value: string | undefined): void {
    if (value === undefined) delete process.env.CI;
    else process.env.CI = value;
  }

  function folderOf(ci: string | undefined, context: Record<string, unknown> = {}, cacheFolder?: string | false) {
    setCi(ci);
    return new BreakwaterApp([], { context, cacheFolder, today: '2027-01-15', outdir: folder }).cacheFolder;
  }

  it('remembers in the project, in a folder that is never committed', () => {
    const project = join(__dirname, '..', '..', '..');
    expect(folderOf(undefined)).toBe(join(project, '.breakwater', 'cache'));
    expect(readFileSync(join(project, '.gitignore'), 'utf8').split('\n')).toContain('.breakwater/');
  });

  it('remembers where it is told to', () => expect(folderOf(undefined, {}, folder)).toBe(folder));

  it.each<[string, string | undefined, Record<string, unknown>, false | undefined]>([
    ['in CI', 'true', {}, undefined],
    ['in CI that says 1', '1', {}, undefined],
    ['with -c cache=off', undefined, { cache: 'off' }, undefined],
    ['when told so', undefined, {}, false],
  ])('remembers nothing %s', (_, ci, context, cacheFolder) => {
    expect(folderOf(ci, context, cacheFolder)).toBeUndefined();
  });
});
