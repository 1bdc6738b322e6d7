import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyValidationStack, PolicyViolation } from 'aws-cdk-lib';
import type { SchemaEngine } from '../../../lib/controls/gate/schema-engine';
import { SchemaValidation } from '../../../lib/controls/gate/schema-validation';

let folder: string;
let cacheFolder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schemas-'));
  cacheFolder = join(folder, 'cache');
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
    const first = new SchemaValidation({ engine, cacheFolder }).validate(stacks);
    const second = new SchemaValidation({ engine, cacheFolder }).validate(stacks);
    expect(engine.asked).toEqual([['prod/data', 'prod/edge']]);
    expect(second).toEqual(first);
    expect(placesOf(second)).toEqual(stacks.map((each) => each.templatePath).sort());
  });

  it('is told of where the template is now', () => {
    const engine = new CountingEngine();
    new SchemaValidation({ engine, cacheFolder }).validate([stack('data')]);
    const moved = join(folder, 'moved.json');
    writeFileSync(moved, readFileSync(join(folder, 'data.template.json')));
    const violations = new SchemaValidation({ engine, cacheFolder }).validate([
      { ...stack('data'), templatePath: moved },
    ]);
    expect(engine.asked).toHaveLength(1);
    expect(placesOf(violations)).toEqual([moved]);
  });

  it('leaves only changed templates to be asked about', () => {
    const engine = new CountingEngine();
    const validation = new SchemaValidation({ engine, cacheFolder });
    validation.validate([stack('data'), stack('edge')]);
    const changed = stack('edge', { template: { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } } });
    expect(validation.validate([stack('data'), changed])).toHaveLength(2);
    expect(engine.asked).toEqual([['prod/data', 'prod/edge'], ['prod/edge']]);
  });

  it('is written nowhere without a folder', () => {
    const engine = new CountingEngine();
    const validation = new SchemaValidation({ engine });
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
    const validation = new SchemaValidation({ engine, cacheFolder });
    validation.validate([stack('data')]);
    validation.validate([stack('data', changes)]);
    expect(engine.asked).toHaveLength(2);
  });
});

describe('an entry that is not to be trusted is answered anew', () => {
  const entryFile = (): string => {
    const [file = ''] = readdirSync(cacheFolder);
    return join(cacheFolder, file);
  };
  const spoilt: [string, (entry: Record<string, unknown>, other: string) => string][] = [
    ['torn', (entry) => JSON.stringify(entry).slice(0, 40)],
    ['empty', () => ''],
    ['no entry', () => 'null'],
    ['without its findings', (entry) => JSON.stringify({ ...entry, violations: [] })],
    ['without a digest', (entry) => JSON.stringify({ ...entry, violations: [], digest: undefined })],
    ['of another template', (_entry, other) => other],
  ];

  it.each(spoilt)('%s', (_how, spoil) => {
    const engine = new CountingEngine();
    const validation = new SchemaValidation({ engine, cacheFolder });
    validation.validate([stack('edge')]);
    const other = readFileSync(entryFile(), 'utf8');
    rmSync(entryFile());
    const right = validation.validate([stack('data')]);
    const file = entryFile();
    writeFileSync(file, spoil(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>, other));
    expect(validation.validate([stack('data')])).toEqual(right);
    expect(engine.asked).toHaveLength(3);
    expect(right).toHaveLength(1);
  });

  it('and a folder that can not be written costs no answer', () => {
    writeFileSync(cacheFolder, 'a file where the folder should be');
    const engine = new CountingEngine();
    expect(new SchemaValidation({ engine, cacheFolder }).validate([stack('data')])).toHaveLength(1);
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
    expect(() => new SchemaValidation({ engine: lost, cacheFolder }).validate([stack('data')])).toThrow('E1');
  });
});
