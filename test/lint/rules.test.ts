import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..', '..');
const BIOME = join(PROJECT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

/** A file and what it imports, with whether the layers allow it. */
type Import = readonly [file: string, from: string, allowed: boolean];

const imports: readonly Import[] = [
  ['lib/config/a.ts', '../controls/except', true],
  ['lib/config/b.ts', 'zod', true],
  ['lib/config/c.ts', '../constructs/naming', false],
  ['lib/config/d.ts', '../stacks/data-stack', false],
  ['lib/config/e.ts', '../app', false],
  ['lib/config/f.ts', '../commands/shared/find', false],
  ['lib/config/g.ts', 'aws-cdk-lib', false],
  ['lib/config/h.ts', 'aws-cdk-lib/aws-rds', false],
  ['lib/config/schema/i.ts', '../../app', false],
  ['lib/constructs/database/a.ts', '../../config/schema', true],
  ['lib/constructs/database/b.ts', '../../controls/except', true],
  ['lib/constructs/database/c.ts', '../../controls/rows', true],
  ['lib/constructs/database/d.ts', '../../../lambda/rotate/env', true],
  ['lib/constructs/database/e.ts', '../../controls/view', false],
  ['lib/constructs/database/f.ts', '../../stacks/data-stack', false],
  ['lib/constructs/database/g.ts', '../../app', false],
  ['lib/constructs/database/h.ts', '../../../lambda/rotate/handler', false],
  ['lib/constructs/database/i.ts', '../../pricing/estimate', false],
  ['lib/constructs/database/j.ts', '../../review/drift', false],
  ['lib/stacks/a.ts', '../constructs/database/database', true],
  ['lib/stacks/b.ts', '../controls/except', true],
  ['lib/stacks/c.ts', '../app', false],
  ['lib/stacks/d.ts', '../controls/gate/gate', false],
  ['lib/stacks/e.ts', '../commands/shared/find', false],
  ['lib/stacks/f.ts', '../../lambda/rotate/env', false],
  ['lib/stacks/g.ts', '../synthesize', false],
  ['lib/controls/a.ts', './view', true],
  ['lib/controls/b.ts', '../config/schema', false],
  ['lib/controls/c.ts', '../constructs/naming', false],
  ['lib/controls/d.ts', '../app', false],
  ['lib/controls/database/e.ts', '../../stacks/data-stack', false],
  ['lib/controls/database/f.ts', '../../pricing/estimate', false],
  ['lib/controls/database/g.ts', '../../../lambda/rotate/env', false],
  ['lambda/rotate/a.ts', './env', true],
  ['lambda/rotate/b.ts', '../common/logger', true],
  ['lambda/rotate/c.ts', '../../lib/config/schema', false],
  ['lambda/rotate/d.ts', 'aws-cdk-lib', false],
  ['lambda/rotate/e.ts', 'constructs', false],
];

/** Other habits that the linter holds: a file and the rule that refuses it. */
const habits: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['test/a.test.ts', "it.only('runs alone', () => {});\n", 'noFocusedTests'],
  ['test/b.test.ts', "it.skip('runs never', () => {});\n", 'noSkippedTests'],
  ['test/c.test.ts', "describe.skip('runs never', () => {});\n", 'noSkippedTests'],
  ['lambda/rotate/h.ts', "console.log('past the log');\n", 'noConsole'],
  ['lib/d.ts', 'export const x: any = 1;\n', 'noExplicitAny'],
  ['lib/e.ts', 'export default 1;\n', 'noDefaultExport'],
  ['lib/f.ts', "import { join } from 'node:path';\n", 'noUnusedImports'],
];

const LAYERS = 'noRestrictedImports';
let found: readonly { readonly file: string; readonly rule: string }[];

beforeAll(() => {
  const scratch = mkdtempSync(join(tmpdir(), 'breakwater-lint-'));
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(scratch, file)), { recursive: true });
    writeFileSync(join(scratch, file), text);
  };
  try {
    copyFileSync(join(PROJECT, 'biome.json'), join(scratch, 'biome.json'));
    for (const [file, from] of imports) put(file, `import { thing } from '${from}';\n\nexport const used = thing;\n`);
    for (const [file, text] of habits) put(file, text);
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [BIOME, 'lint', '--reporter=json', '--max-diagnostics=none', '.'],
      { cwd: scratch, encoding: 'utf8' },
    );
    if (!stdout.startsWith('{')) throw new Error(stderr);
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { category: string; severity: string; location: { path: string | { file: string } } }[];
    };
    found = diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ category, location: { path } }) => ({
        file: typeof path === 'string' ? path : path.file,
        rule: category.split('/').at(-1) ?? '',
      }));
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

const rulesAgainst = (file: string): readonly string[] =>
  found.filter((each) => each.file === file).map(({ rule }) => rule);

describe('the linter holds the layers', () => {
  it.each(imports.filter(([, , allowed]) => !allowed))('%s may not import %s', (file) => {
    expect(rulesAgainst(file)).toEqual([LAYERS]);
  });

  it.each(imports.filter(([, , allowed]) => allowed))('%s may import %s', (file) => {
    expect(rulesAgainst(file)).toEqual([]);
  });
});

it.each(habits)('the linter refuses what %s holds: %j', (file, _text, rule) => {
  expect(rulesAgainst(file)).toContain(rule);
});
