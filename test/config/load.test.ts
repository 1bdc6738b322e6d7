import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { acrossEnvironments } from '../../lib/config/checks/across-environments';
import { environment as dev } from '../../lib/config/environments/dev';
import { environment as prod } from '../../lib/config/environments/prod';
import {
  ConfigurationError,
  environmentNames,
  loadEnvironments,
  type Mistake,
  parseEnvironments,
} from '../../lib/config/parse';
import type { EnvironmentInput } from '../../lib/config/schema';
import { environmentOf } from '../support/environments';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environments-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, environment: unknown): void =>
  writeFileSync(join(folder, name), `exports.environment = ${JSON.stringify(environment)};\n`);

function mistakesOf(load: () => unknown): readonly Mistake[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.mistakes;
    throw error;
  }
  throw new Error('expected a ConfigurationError');
}

const lines = (load: () => unknown): readonly string[] =>
  mistakesOf(load).map(({ file, path, expected }) => `${basename(file)}: ${path}: ${expected}`);

describe('loadEnvironments', () => {
  it('finds the shipped environments, weakest tier first', () => {
    expect(loadEnvironments().map(({ name }) => name)).toEqual(['dev', 'staging', 'prod']);
  });

  it('returns those that were asked for', () => {
    expect(loadEnvironments(['prod']).map(({ name }) => name)).toEqual(['prod']);
    expect(loadEnvironments(['prod', 'dev']).map(({ name }) => name)).toEqual(['dev', 'prod']);
  });

  it('names the known environments when one is unknown, and the one that was probably meant', () => {
    const [mistake, ...others] = mistakesOf(() => loadEnvironments(['stagin']));
    expect(others).toEqual([]);
    expect(mistake).toEqual({
      path: '-c env',
      value: 'stagin',
      expected: 'one of dev, prod, staging',
      example: 'staging',
      file: 'lib/config/environments',
    });
  });

  it('lists files and leaves others alone', () => {
    file('dev.ts', dev);
    writeFileSync(join(folder, 'README.md'), 'not an environment');
    expect(loadEnvironments(undefined, folder).map(({ name }) => name)).toEqual(['dev']);
  });

  it('refuses an empty folder', () => {
    expect(mistakesOf(() => loadEnvironments(undefined, folder))[0]?.expected).toBe(
      'one .ts file for each environment',
    );
  });

  it("refuses a file whose name is not the environment's", () => {
    file('production.ts', prod);
    expect(lines(() => loadEnvironments(undefined, folder))).toEqual([
      "production.ts: name: the file's own name, 'production', or a file named prod.ts",
    ]);
  });

  it('tells the mistakes of every file, and of files that export nothing or throw', () => {
    file('dev.ts', { ...dev, region: 'Virginia' });
    file('prod.ts', { ...prod, tier: 'live' });
    writeFileSync(join(folder, 'empty.ts'), 'exports.environmnet = {};\n');
    writeFileSync(join(folder, 'broken.ts'), "throw new Error('no such variable: DIGEST\\nat somewhere');\n");
    expect(lines(() => loadEnvironments(undefined, folder))).toEqual([
      'broken.ts: : a file that loads without an error',
      expect.stringContaining('dev.ts: region: an AWS region'),
      "empty.ts: : an export named 'environment'",
      'prod.ts: tier: development, staging or production',
    ]);
    const [broken, , empty] = mistakesOf(() => loadEnvironments(undefined, folder));
    expect(broken?.value).toBe('no such variable: DIGEST');
    expect(empty?.value).toEqual(['environmnet']);
  });

  it('tells where the loader stopped, which stands in the second line of its error', () => {
    const two = 'throw new Error(\'Transform failed with 1 error:\\nprod.ts:7:2: ERROR: Expected ","\');\n';
    writeFileSync(join(folder, 'prod.ts'), two);
    expect(mistakesOf(() => loadEnvironments(undefined, folder))[0]?.value).toBe('prod.ts:7:2: ERROR: Expected ","');
  });

  it("releases one environment while another's file is broken", () => {
    file('dev.ts', { ...dev, region: 'Virginia' });
    file('prod.ts', prod);
    expect(loadEnvironments(['prod'], folder).map(({ name }) => name)).toEqual(['prod']);
    expect(lines(() => loadEnvironments(['dev'], folder))).toEqual([
      expect.stringContaining('dev.ts: region: an AWS region'),
    ]);
  });

  it('judges one environment against those that were not asked for', () => {
    file('dev.ts', { ...dev, domain: prod.domain });
    file('prod.ts', prod);
    expect(lines(() => loadEnvironments(['prod'], folder))).toEqual([
      expect.stringMatching(/^prod\.ts: domain\.name: a host name of its own.*dev\.ts has it too\)$/),
    ]);
  });
});

describe('environmentNames', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['prod', ['prod']],
    ['dev, staging', ['dev', 'staging']],
    [',', [',']],
  ])('reads -c env=%s', (context, names) => {
    expect(environmentNames(context)).toEqual(names);
  });
});

describe('environments beside each other (secrets-never-shared, row K02)', () => {
  const together = (...inputs: readonly EnvironmentInput[]): readonly string[] =>
    lines(() => parseEnvironments(inputs.map((input, index) => ({ input, source: `${index}.ts` }))));
  const other: EnvironmentInput = {
    ...prod,
    name: 'live',
    domain: { name: 'live.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
  };

  it('accepts environments that share nothing', () => {
    const sources = [dev, prod, other].map((input) => ({ input, source: 'x.ts' }));
    expect(parseEnvironments(sources)).toHaveLength(3);
  });

  it('refuses a name that stands twice, with everything that follows from it', () => {
    expect(together(prod, { ...other, name: 'prod' })).toEqual([
      '1.ts: name: a name that no other environment has (0.ts has it too)',
      expect.stringContaining('1.ts: app.name: application and environment names'),
      expect.stringContaining('1.ts: pipeline.environment: a GitHub environment of its own'),
    ]);
  });

  it('refuses names that make the same secrets: app ums-live + prod, app ums + live-prod', () => {
    expect(together({ ...prod, app: { ...prod.app, name: 'ums-live' } }, { ...other, name: 'live-prod' })).toEqual([
      expect.stringContaining('1.ts: app.name: application and environment names'),
    ]);
  });

  it('refuses one host name for two', () => {
    expect(together(prod, { ...other, domain: prod.domain })).toEqual([
      expect.stringContaining('1.ts: domain.name: a host name of its own'),
    ]);
  });

  it('refuses an account in two regions: its GitHub provider is one stack in one of them', () => {
    const account = '481516234200';
    const placed = (region: string) => [
      { environment: environmentOf('development', { account }), source: '0.ts' },
      { environment: environmentOf('staging', { account, region }), source: '1.ts' },
    ];
    const mistakes = (region: string) =>
      acrossEnvironments(placed(region)).flatMap(({ mistake }) => (mistake.path === 'region' ? [mistake] : []));
    expect(mistakes('eu-central-1')).toEqual([
      expect.objectContaining({ file: '1.ts', value: 'eu-central-1', example: 'us-east-1' }),
    ]);
    expect(mistakes('us-east-1')).toEqual([]);
  });

  it('refuses another environment in the account of production, whichever comes first', () => {
    const account = '481516234200';
    const mistakes = (...tiers: readonly (readonly ['production' | 'staging' | 'development', string?])[]) =>
      acrossEnvironments(
        tiers.map(([tier, of], index) => ({
          environment: environmentOf(tier, of === undefined ? {} : { account: of }),
          source: `${index}.ts`,
        })),
      ).flatMap(({ mistake }) => (mistake.path === 'account' ? [mistake] : []));
    const refused = [expect.objectContaining({ file: '1.ts', value: account, example: '123456789012' })];
    expect(mistakes(['production', account], ['staging', account])).toEqual(refused);
    expect(mistakes(['staging', account], ['production', account])).toEqual(refused);
    expect(mistakes(['staging', account], ['development', account])).toEqual([]);
    expect(mistakes(['staging', account], ['production', '123456789012'])).toEqual([]);
    expect(mistakes(['staging'], ['production'])).toEqual([]);
  });

  it('refuses a GitHub environment that may deploy two', () => {
    const pipeline = { ...prod.pipeline, environment: 'release' };
    expect(together({ ...prod, pipeline }, { ...other, pipeline })).toEqual([
      expect.stringContaining('1.ts: pipeline.environment: a GitHub environment of its own'),
    ]);
  });
});
