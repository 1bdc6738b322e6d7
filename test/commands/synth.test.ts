import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../lib/commands/shared/command';
import { wrapped } from '../../lib/commands/shared/text';
import { nextFor } from '../../lib/commands/synth/next';
import { printedSummary } from '../../lib/commands/synth/print';
import { run } from '../../lib/commands/synth/run';
import type { EnvironmentReport, Summary, Templates } from '../../lib/commands/synth/summary';
import type { Estimate } from '../../lib/pricing/estimate';
import { environmentOf } from '../support/environments';
import { recorder } from '../support/terminal';

const exception = (pack: string, finding: string, resource: string) => ({
  pack,
  finding,
  resource,
  reason: 'Logs of the bucket for logs would log themselves, and nobody would read them',
  owner: 'Platform team',
  expires: '2027-11-30',
});

const cost: Estimate = {
  currency: 'USD',
  region: 'us-east-1',
  pricesAsOf: '2026-11',
  total: 74.8,
  parts: { network: 74.8 },
  lines: [
    { part: 'network', what: 'NAT gateway', quantity: 1460, unit: 'hour', unitUsd: 0.045, usd: 65.7 },
    { part: 'network', what: 'public IPv4 address', quantity: 1460, unit: 'hour', unitUsd: 0.005, usd: 7.3 },
  ],
  assumptions: [],
  unpriced: [],
};
const templates: Templates = {
  reviewed: 'test/templates/prod',
  written: true,
  stale: 0,
  assembly: 'cdk.out/assembly-prod',
};

const report: EnvironmentReport = {
  name: 'prod',
  tier: 'production',
  region: 'us-east-1',
  stacks: [
    { name: 'network', resources: 30 },
    { name: 'data', resources: 12 },
  ],
  resources: 42,
  controls: { held: 19, of: 20 },
  rows: { held: 12, partial: 20, open: 103 },
  refused: 0,
  exceptions: [
    exception('AwsSolutions', 'AwsSolutions-S1', 'prod/edge/AccessLogs/Resource'),
    exception('Breakwater', 'logs-encrypted', 'prod/edge/AccessLogs/Resource'),
    exception('AwsSolutions', 'AwsSolutions-IAM5[Resource::*]', 'prod/service/Web/Resource'),
    exception('AwsSolutions', 'AwsSolutions-IAM5[Resource::*]', 'prod/service/Worker/Resource'),
  ],
  cost,
  placeholders: ['domain.name', 'contacts.critical[0]', 'contacts.warning[0]'],
  templates,
  next: [
    "npx cdk diff 'prod/*'",
    "npx cdk deploy 'prod/*' --parameters ums-prod-service:Release=$(git rev-parse HEAD)",
  ],
};
const summaryWith = (changes: Partial<EnvironmentReport> = {}): Summary => ({
  passed: true,
  judged: { date: '2026-11-20', from: 'commit' },
  packs: [],
  refused: [],
  problems: [],
  excepted: [],
  replaced: [],
  expiring: [],
  reported: {},
  environments: [{ ...report, ...changes }],
});

const plain = { colour: false, exceptions: false };

describe('the summary for people', () => {
  it('says what there is, what it holds, what it costs and what to type next', () => {
    expect(printedSummary(summaryWith(), plain).split('\n')).toEqual([
      'prod  production, us-east-1, no account yet',
      '  stacks        2: network, data',
      '  resources     42',
      '  controls      19 of 20 held',
      '  checklist     12 of 135 rows held, 20 in part',
      '  exceptions    4, the first until 2027-11-30',
      '    AwsSolutions: S1, IAM5 (2)',
      '    Breakwater: logs-encrypted',
      '  cost          $74.80 a month, us-east-1 list prices of 2026-11',
      '    network               74.80   NAT gateway 65.70, public IPv4 address 7.30',
      '  templates     test/templates/prod (to read)',
      '                cdk.out/assembly-prod (no account yet)',
      '  placeholders  3 values to be set before a deployment, in domain, contacts',
      "  next          npx cdk diff 'prod/*'",
      "                npx cdk deploy 'prod/*' \\",
      '                  --parameters ums-prod-service:Release=$(git rev-parse HEAD)',
    ]);
  });

  it('tells each exception with its place and reason when asked', () => {
    const lines = printedSummary(summaryWith(), { ...plain, exceptions: true }).split('\n');
    const start = lines.indexOf('    AwsSolutions-IAM5[Resource::*], until 2027-11-30 (Platform team)');
    expect(lines.slice(start + 1, start + 5)).toEqual([
      '      at prod/service/Web/Resource',
      '      at prod/service/Worker/Resource',
      '      Logs of the bucket for logs would log themselves, and nobody would read',
      '      them',
    ]);
  });

  it('says which templates are out of date, and what the sum leaves out', () => {
    const text = printedSummary(
      summaryWith({
        templates: { ...templates, stale: 2 },
        cost: { ...cost, unpriced: ['no price for AWS::X::Y'] },
      }),
      plain,
    );
    expect(text).toContain('test/templates/prod (2 files out of date: npm run templates)');
    expect(text).toContain('not in the sum: no price for AWS::X::Y');
  });

  it('calls templates that were never written so, and does not call them out of date', () => {
    const text = printedSummary(summaryWith({ templates: { ...templates, written: false, stale: 8 } }), plain);
    expect(text).toContain('test/templates/prod (not written yet: npm run templates)');
    expect(text).not.toContain('out of date');
  });

  it('calls an assembly deployable once there is an account', () => {
    const text = printedSummary(summaryWith({ account: '111122223333' }), plain);
    expect(text).toContain('cdk.out/assembly-prod (to deploy)');
  });

  it('uses colours only when told to', () => {
    const bold = String.fromCharCode(27);
    expect(printedSummary(summaryWith(), { ...plain, colour: true })).toContain(`${bold}[1mprod`);
    expect(printedSummary(summaryWith(), plain)).not.toContain(bold);
  });
});

describe('what to type next', () => {
  it('begins with the account, while there is none', () => {
    expect(nextFor(environmentOf('production'), ['us-east-1'])[0]).toMatch(
      /^set account .* in lib\/config\/environments\/prod\.ts$/,
    );
  });

  it('prepares the account in every region and makes the deploy role before the first deployment', () => {
    const lines = nextFor(environmentOf('production', { account: '111122223333' }), ['eu-west-1', 'us-east-1']);
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
      'npx cdk bootstrap aws://111122223333/eu-west-1 aws://111122223333/us-east-1 aws://111122223333/us-west-2',
      "npx cdk deploy 'prod/pipeline/*'",
      "npx cdk diff 'prod/*'",
      "npx cdk deploy 'prod/*' --parameters ums-prod-service:Release=$(git rev-parse HEAD)",
    ]);
  });

  it('has what a person must fill made and filled before the application is deployed', () => {
    const app = {
      secrets: [{ name: 'SENTRY_DSN', purpose: 'Sentry: sends error reports', rotateDays: 90 }],
      mail: { host: 'smtp.ums-portal.io', port: 587 as const, from: 'ums@ums-portal.io', timeoutSeconds: 10 },
    };
    const lines = nextFor(environmentOf('production', { account: '111122223333', app }), ['us-east-1']);
    const made = lines.indexOf('npx cdk deploy prod/data');
    expect(lines.slice(made, made + 3)).toEqual([
      'npx cdk deploy prod/data',
      '# now fill SENTRY_DSN, the mail login (README.md, Secrets to fill by hand)',
      '# each time:',
    ]);
    expect(made).toBeGreaterThan(lines.indexOf("npx cdk deploy 'prod/pipeline/*'"));
  });
});

it.each([
  ['one two three', 7, ['one two', 'three']],
  ['', 7, ['']],
  ['unbreakable', 4, ['unbreakable']],
])('wraps %j at %d', (text, width, lines) => {
  expect(wrapped(text, width)).toEqual(lines);
});

describe('synth', () => {
  let outdir: string;
  beforeEach(() => {
    outdir = mkdtempSync(join(tmpdir(), 'breakwater-synth-'));
  });
  afterEach(() => rmSync(outdir, { recursive: true }));

  async function typed(options: Record<string, string | boolean | string[]>) {
    const { terminal, out, err } = recorder();
    const code = await run({ options: { output: outdir, ...options }, words: [] }, terminal);
    return { code, out: out(), err: err() };
  }

  /** Every key, whether refused or not: what a machine may count on. */
  const shape = {
    summary: 'environments,excepted,expiring,judged,packs,passed,problems,refused,replaced,reported',
    environment: 'controls,cost,exceptions,name,next,placeholders,refused,region,resources,rows,stacks,templates,tier',
  };
  const shapeOf = (summary: Summary) => ({
    summary: Object.keys(summary).sort().join(),
    environment: Object.keys(summary.environments[0] ?? {})
      .sort()
      .join(),
  });

  it('gives machines what it gives people, and an assembly to deploy', async () => {
    const { code, out, err } = await typed({ env: ['dev'], json: true });
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const summary = JSON.parse(out) as Summary;
    expect(summary.passed).toBe(true);
    expect(shapeOf(summary)).toEqual(shape);
    expect(summary.environments.map(({ name }) => name)).toEqual(['dev']);
    const [dev] = summary.environments;
    expect(dev?.resources).toBe(dev?.stacks.reduce((sum, { resources }) => sum + resources, 0));
    expect(dev?.controls.of).toBeGreaterThan(20);
    expect(dev?.cost?.total).toBeGreaterThan(0);
    expect(err).toMatch(/Building dev …\nRendering and judging …/);
    const rendered = readdirSync(join(outdir, 'assembly-dev')).filter((file) => file.endsWith('.template.json'));
    const inTemplates = rendered.map((file) => {
      const text = readFileSync(join(outdir, 'assembly-dev', file), 'utf8');
      return Object.keys((JSON.parse(text) as { Resources: object }).Resources).length;
    });
    const told = dev?.stacks.filter(({ name }) => !name.includes('/')).map(({ resources }) => resources);
    expect(told?.sort()).toEqual(inTemplates.sort());
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(true);
    expect(readdirSync(outdir)).toContain('assembly-dev');
  });

  it('refuses with exit code 1 and leaves nothing to deploy, as on a day when the exceptions have ended', async () => {
    const { code, out, err } = await typed({ env: ['prod'], json: true, today: '2099-01-01' });
    expect(code).toBe(1);
    expect(err).toContain('exception-expired');
    expect(err).toContain('In an incident: npx breakwater synth --break-glass "why".');
    expect(err.indexOf('Exceptions and proof')).toBeLessThan(err.indexOf('prod (production)'));
    expect(err).toContain('Nothing was left that could be deployed');
    const summary = JSON.parse(out) as Summary;
    expect(summary).toMatchObject({ passed: false, judged: { date: '2099-01-01', from: 'argument' } });
    expect(shapeOf(summary)).toEqual(shape);
    const [prod] = summary.environments;
    expect(prod).toMatchObject({ name: 'prod', cost: null, templates: null });
    expect(prod?.stacks.map(({ name }) => name)).toEqual(expect.arrayContaining(['network', 'pipeline/deployer']));
    expect(summary.problems.map(({ id }) => id)).toContain('exception-expired');
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(false);
    expect(readdirSync(outdir)).not.toContain('assembly-prod');
  });

  it('leaves no earlier assembly behind a mistake of the caller or of a file', async () => {
    await typed({ env: ['dev'] });
    expect(existsSync(join(outdir, 'assembly-dev', 'manifest.json'))).toBe(true);
    await expect(typed({ env: ['prd'] })).rejects.toThrow(UserError);
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(false);
    expect(existsSync(join(outdir, 'assembly-dev', 'manifest.json'))).toBe(false);
  });

  it('refuses a folder of something else, and touches nothing in it', async () => {
    const mine = ['manifest.json', 'asset.txt', 'notes.md'];
    for (const file of mine) writeFileSync(join(outdir, file), 'mine');
    await expect(typed({ env: ['dev'] })).rejects.toThrow(
      `output: '${outdir}' holds something else (asset.txt, manifest.json, notes.md). Expected a new or empty folder`,
    );
    expect(readdirSync(outdir).sort()).toEqual(mine.sort());
    await expect(typed({ env: ['dev'], output: join(outdir, 'notes.md') })).rejects.toThrow('is no folder');
  });

  it('refuses to write the templates of some environments only', async () => {
    await expect(typed({ env: ['dev'], writeTemplates: true })).rejects.toThrow('Leave --env out');
  });

  it.each([[['prd']], [['dev,prd']], [['dev', 'prd']]])(
    'names the environments that there are for --env %j',
    async (env) => {
      await expect(typed({ env })).rejects.toThrow(
        new UserError(
          "--env: there is no environment 'prd'. Expected one of dev, prod, staging, for example --env prod.",
        ),
      );
    },
  );
});
