import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERDICT_FILE } from '../../lib/controls/verdict';
import { cdk, type Outcome } from '../support/command-line/cli';
import { prodWith } from '../support/configuration';

/** A call of the command line: its arguments, and what stands in the folder of the assembly before. */
interface Case {
  readonly args: readonly string[];
  /** Whether a good assembly of an earlier synthesis is in the folder. */
  readonly stale?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
}

const root = mkdtempSync(join(tmpdir(), 'command-line-'));
const folderOf = (name: string): string => join(root, name.replaceAll(/\W+/g, '-'));
const GOOD = folderOf('good');
const DATA_TEMPLATE = join(GOOD, 'assembly-prod', 'proddataF7378CE5.template.json');
const DEPLOY = ['--require-approval', 'never'];

/** Ways to call the command line, of which several lose findings that are reported in the CDK's own way. */
const modes: Readonly<Record<string, Case>> = {
  'synth with no selector': { args: ['synth'], stale: true },
  'synth of the stack at fault': { args: ['synth', 'prod/data'] },
  'synth of another stack': { args: ['synth', 'prod/network', '--exclusively'], stale: true },
  'synth --ignore-errors': { args: ['synth', '--ignore-errors'] },
  'synth --no-validation': { args: ['synth', '--no-validation'], stale: true },
  'synth with CDK_VALIDATION=false': { args: ['synth'], variables: { CDK_VALIDATION: 'false' } },
  'synth with everything that loosens': {
    args: ['synth', 'prod/network', '--exclusively', '--quiet', '--ignore-errors', '--no-validation'],
    variables: { CDK_VALIDATION: 'false' },
    stale: true,
  },
  'synth -c env=prod': { args: ['synth', '-c', 'env=prod'] },
  ls: { args: ['ls'], stale: true },
  'diff with a template': { args: ['diff', 'prod/data', '--exclusively', '--template', DATA_TEMPLATE] },
};

const spoilt = (fault: string): string[] => [
  '--app',
  'node --import tsx test/support/command-line/app.ts',
  '-c',
  `fault=${fault}`,
];
const inMode = (prefix: string, more: (args: readonly string[]) => readonly string[]): Record<string, Case> =>
  Object.fromEntries(
    Object.entries(modes).map(([name, mode]) => [`${prefix}: ${name}`, { ...mode, args: more(mode.args) }]),
  );

const ofEnvironment = (args: readonly string[]): readonly string[] => [...args, '-c', 'env=prod'];
const goodModes = inMode('good', ofEnvironment);
const refusedModes: Record<string, Case> = {
  ...inMode('refused', (args) => [...args, ...spoilt('escape hatch')]),
  'refused: deploy': { args: ['deploy', 'prod/*', ...DEPLOY, ...spoilt('escape hatch')], stale: true },
  'refused: weakened by an aspect': { args: ['synth', 'prod/network', ...spoilt('aspect')] },
};

const REFUSED = folderOf('refused: synth with no selector');
const KILLED = folderOf('killed');
/** Assemblies that are handed to the command line as they lie there. */
const assemblies: Record<string, Case> = {
  'good assembly: ls': { args: ['ls', '--app', GOOD] },
  'good assembly: deploy': { args: ['deploy', '**', ...DEPLOY, '--app', GOOD] },
  'refused assembly: synth': { args: ['synth', '--app', REFUSED] },
  'refused assembly: deploy': { args: ['deploy', '**', ...DEPLOY, '--app', REFUSED] },
  'refused assembly: deploy, errors ignored': {
    args: ['deploy', '**', ...DEPLOY, '--ignore-errors', '--no-validation', '--app', REFUSED],
  },
  'killed assembly: deploy': { args: ['deploy', '**', ...DEPLOY, '--app', KILLED] },
  'killed assembly: deploy of the environment': {
    args: ['deploy', '**', ...DEPLOY, '--app', join(KILLED, 'assembly-prod')],
  },
};

const crashes: Record<string, Case> = {
  'crash while loading': { args: ['synth', '--app', 'node --import tsx test/support/command-line/unloadable.ts'] },
  'crash while building': { args: ['synth', ...spoilt('crash while building')] },
  'crash while synthesizing': { args: ['synth', ...spoilt('crash while synthesizing')] },
};

const EXPIRED = ['-c', 'env=prod', '-c', 'today=2099-01-01'];
const REASON = 'Incident 4711: rollback of the login outage';
const MALFORMED = folderOf('malformed environments');
const others: Record<string, Case> = {
  'every environment': { args: ['synth'] },
  'error beside a resource': { args: ['synth', '--ignore-errors', ...spoilt('error beside the resource')] },
  'crash in an empty folder': { args: ['synth', ...spoilt('crash while synthesizing')] },
  killed: { args: ['synth', ...spoilt('killed while judging')], stale: true },
  'exceptions expired': { args: ['synth', ...EXPIRED], stale: true },
  'glass broken': { args: ['synth', ...EXPIRED, '-c', `break-glass=${REASON}`] },
  'glass broken, something else weak': {
    args: ['synth', ...EXPIRED, '-c', `break-glass=${REASON}`, ...spoilt('escape hatch')],
  },
};

/** Mistakes of the caller, each with everything that must be said about it. */
const mistakes: Readonly<Record<string, Case & { readonly told: readonly string[] }>> = {
  'malformed environments': {
    args: ['synth', ...spoilt('escape hatch').slice(0, 2), '-c', 'env=prod,other', '-c', `environments=${MALFORMED}`],
    told: [
      'Configuration refused: 7 mistakes in 2 files.',
      'region',
      'app.port',
      'adminNetworks',
      'databse',
      'name',
      'tier',
    ],
  },
  'unknown environment': {
    args: ['synth', '-c', 'env=prd'],
    told: ['-c env', "'prd'", 'one of dev, prod, staging', "'prod'"],
  },
  'no environment': { args: ['synth', '-c', 'env=,'], told: ['-c env', "','", 'one of dev, prod, staging'] },
  'no day': {
    args: ['synth', '-c', 'today=2027-02-30'],
    told: ["today: '2027-02-30' is no day", '-c today=2027-06-30'],
  },
  'no reason': {
    args: ['synth', '-c', 'break-glass=urgent'],
    told: ["break-glass: 'urgent' is no reason", 'at least 12'],
  },
};

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
}, 300_000);

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
      source: expect.stringMatching(/^lib\/constructs\/database\/[\w-]+\.ts:\d+$/),
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

  it('has no manifest when it is killed while the packs judge', () => {
    const outcome = outcomeOf('killed');
    expect(outcome.code).toBe(1);
    expect(templates(outcome)).toEqual(templates(outcomeOf('good')));
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
