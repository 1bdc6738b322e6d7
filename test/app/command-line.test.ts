import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchIn } from '../../lib/assembly';
import { VERDICT_FILE } from '../../lib/controls/gate/verdict';
import {
  assemblies,
  type Case,
  crashes,
  folderOf,
  GOOD,
  goodModes,
  MALFORMED,
  mistakes,
  others,
  REASON,
  refusedModes,
  root,
} from '../support/command-line/cases';
import { cdk, type Outcome } from '../support/command-line/cli';
import { prodWith } from '../support/configuration';

const outcomes = new Map<string, Outcome>();

beforeAll(async () => {
  const home = join(root, 'home');
  mkdirSync(home);
  mkdirSync(MALFORMED);
  const environment = (file: string, input: unknown) =>
    writeFileSync(join(MALFORMED, file), `exports.environment = ${JSON.stringify(input)};\n`);
  environment(
    'prod.ts',
    prodWith({ region: 'nowhere', 'app.port': 'eighty', adminNetworks: ['anywhere'], databse: {} }),
  );
  environment('other.ts', prodWith({ name: 'Other One', tier: 'prodution' }));

  const call = async (name: string, { args, stale, variables }: Case): Promise<void> => {
    const outdir = folderOf(name);
    if (stale) cpSync(GOOD, outdir, { recursive: true });
    const output = assemblies[name] ? [] : ['--output', outdir];
    outcomes.set(name, await cdk({ args: [...args, ...output], outdir, home, variables }));
  };
  const callAll = async (cases: Readonly<Record<string, Case>>): Promise<void> => {
    const waiting = Object.entries(cases);
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await call(...next);
    };
    await Promise.all([worker(), worker()]);
  };

  await callAll({ good: { args: ['synth', '-c', 'env=prod'] } });
  const stale = Object.fromEntries(Object.entries(crashes).map(([name, each]) => [name, { ...each, stale: true }]));
  await callAll({ ...goodModes, ...refusedModes, ...stale, ...others, ...mistakes });
  await callAll(assemblies);
}, 600_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

function outcomeOf(name: string): Outcome {
  const outcome = outcomes.get(name);
  if (!outcome) throw new Error(`nothing was called ${name}`);
  return outcome;
}

const names = (cases: Readonly<Record<string, unknown>>): string[] => Object.keys(cases);
const manifests = ({ left }: Outcome): string[] => left.filter((file) => /(^|\/)manifest\.json$/.test(file));
const templates = ({ left }: Outcome): string[] => left.filter((file) => file.endsWith('.template.json'));
const NO_TRACE = /^ {4}at /m;

describe('a good app', () => {
  it.each(['good', ...names(goodModes)])('passes and can be deployed: %s', (name) => {
    const outcome = outcomeOf(name);
    expect(outcome.text).toContain('Breakwater passes');
    expect(outcome.code).toBe(0);
    expect(manifests(outcome)).toEqual([
      'assembly-prod/assembly-prod-pipeline/manifest.json',
      'assembly-prod/manifest.json',
      'manifest.json',
    ]);
    expect(templates(outcome)).toEqual(templates(outcomeOf('good')));
  });

  it.each(['good', ...names(goodModes)])('says in its report what every pack looked at: %s', (name) => {
    const { verdict } = outcomeOf(name);
    const resources = verdict?.environments[0]?.resources;
    expect(resources).toBeGreaterThan(100);
    expect(verdict?.passed).toBe(true);
    expect(verdict?.packs.map(({ name, gating, judged }) => ({ name, gating, judged }))).toEqual(
      [
        { name: 'Breakwater', gating: true },
        { name: 'AwsSolutions', gating: true },
        { name: 'NIST.800.53.R5', gating: true },
        { name: 'PCI.DSS.321', gating: false },
        { name: 'HIPAA.Security', gating: false },
        { name: 'CloudFormation', gating: true },
      ].map((pack) => ({ ...pack, judged: resources })),
    );
  });

  it('has every environment when none is chosen', () => {
    const outcome = outcomeOf('every environment');
    expect(outcome.code).toBe(0);
    expect(outcome.verdict?.environments.map(({ name }) => name)).toEqual(['dev', 'prod', 'staging']);
    for (const name of ['dev', 'prod', 'staging']) expect(outcome.left).toContain(`assembly-${name}/manifest.json`);
  });

  it('leaves an assembly that the command line takes as it is', () => {
    expect(outcomeOf('good assembly: ls')).toMatchObject({ code: 0, text: expect.stringContaining('prod/data') });
    // Only the account is missing: a refused assembly does not come as far.
    expect(outcomeOf('good assembly: deploy').text).toContain('Unable to resolve AWS account');
  });
});

describe('a refused app', () => {
  it.each(names(refusedModes))('ends with an error and leaves its report and nothing else: %s', (name) => {
    const { code, left } = outcomeOf(name);
    expect(code).toBe(1);
    expect(left).toEqual([VERDICT_FILE]);
  });

  it.each(names(refusedModes))('says row, control, resource, line and fix: %s', (name) => {
    const { text, verdict } = outcomeOf(name);
    expect(verdict?.passed).toBe(false);
    const finding = verdict?.refused.find(({ id }) => id === 'database-encrypted');
    expect(finding).toMatchObject({
      rows: ['D11'],
      resource: 'prod/data/Database/Instance/Resource',
      location: 'Properties.StorageEncrypted',
      // The line of the escape hatch, not the one that made the database.
      source: expect.stringMatching(/^test\/support\/command-line\/app\.ts:\d+$/),
    });
    const said = [
      'D11',
      'database-encrypted',
      finding?.resource,
      finding?.source,
      finding?.remedy,
      'Breakwater refuses',
    ];
    for (const each of said) expect(text).toContain(each);
    expect(text).not.toMatch(NO_TRACE);
  });

  it.each(names(assemblies).filter((name) => /^(refused|killed)/.test(name)))('can not be had by --app: %s', (name) => {
    const { code, text } = outcomeOf(name);
    expect(code).toBe(1);
    expect(text).toMatch(/no such file or directory, open '.*manifest\.json'/);
  });

  it('is one with an error on a construct, which the command line would ignore', () => {
    const { code, left, verdict } = outcomeOf('error beside a resource');
    expect(code).toBe(1);
    expect(left).toEqual([VERDICT_FILE]);
    expect(verdict?.problems.map(({ id, resource, description }) => ({ id, resource, description }))).toEqual([
      {
        id: 'construct-error',
        resource: 'prod/data/Database/Instance/Resource',
        description: 'reports an error: The library objects',
      },
    ]);
  });
});

describe('a synthesis that fails', () => {
  it.each(names(crashes))('tells the fault with its trace and lets no earlier assembly stand: %s', (name) => {
    const outcome = outcomeOf(name);
    expect(outcome.code).toBe(1);
    expect(outcome.text).toContain(name.replace('crash', 'crashed'));
    expect(outcome.text).toMatch(NO_TRACE);
    expect(manifests(outcome)).toEqual([]);
    expect(templates(outcome)).toEqual([]);
    expect(outcome.verdict).toBeUndefined();
  });

  it('leaves nothing in a new folder, where the CDK had already finished an environment', () => {
    const { code, left } = outcomeOf('crash in an empty folder');
    expect(code).toBe(1);
    expect(left).toEqual([]);
  });

  it.each(['killed', 'killed when refused'])('has no manifest: %s', (name) => {
    const outcome = outcomeOf(name);
    expect(outcome.code).toBe(1);
    // It came as far as its templates, which stand apart.
    expect(templates(outcome)).toEqual(templates(outcomeOf('good')).map((file) => join(scratchIn(''), file)));
    expect(manifests(outcome)).toEqual([]);
    expect(outcome.verdict).toBeUndefined();
  });
});

describe('expired exceptions', () => {
  it('refuse', () => {
    const { code, left, verdict } = outcomeOf('exceptions expired');
    expect(code).toBe(1);
    expect(left).toEqual([VERDICT_FILE]);
    expect(verdict?.problems.map(({ id }) => id)).toEqual(
      outcomeOf('good').verdict?.excepted.map(() => 'exception-expired'),
    );
  });

  it('pass behind broken glass, loudly and on record', () => {
    const outcome = outcomeOf('glass broken');
    expect(outcome.code).toBe(0);
    expect(manifests(outcome)).toContain('manifest.json');
    const { breakGlass, excepted = [] } = outcome.verdict ?? {};
    expect(excepted.length).toBeGreaterThan(0);
    expect(breakGlass?.reason).toBe(REASON);
    expect(breakGlass?.exceptions).toHaveLength(excepted.length);
    expect(outcome.text).toContain(`GLASS BROKEN: ${excepted.length} expired exceptions let stand. ${REASON}`);
  });

  it('are all that broken glass lets pass', () => {
    const { code, left, verdict } = outcomeOf('glass broken, something else weak');
    expect(code).toBe(1);
    expect(left).toEqual([VERDICT_FILE]);
    expect(verdict?.refused.map(({ id }) => id)).toContain('database-encrypted');
  });
});

describe('a mistake of the caller', () => {
  it.each(Object.entries(mistakes))('is told in words, whole and without a trace: %s', (name, { told }) => {
    const { code, text } = outcomeOf(name);
    expect(code).toBe(1);
    for (const each of told) expect(text).toContain(each);
    expect(text).not.toMatch(NO_TRACE);
  });

  it.each(names(mistakes))('leaves nothing to deploy: %s', (name) => {
    expect(manifests(outcomeOf(name))).toEqual([]);
    expect(templates(outcomeOf(name))).toEqual([]);
  });
});
