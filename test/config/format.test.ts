import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, formatMistakes } from '../../lib/config/parse';
import { mistakesIn, prodWith } from '../support/configuration';

const mistakes = [
  ...mistakesIn(prodWith({ 'app.cpu': 300, 'limits.bodyKiB': 9 })),
  ...mistakesIn(prodWith({ contacts: undefined })).map((mistake) => ({ ...mistake, file: 'dev.ts' })),
];

describe('formatMistakes', () => {
  it('groups by file and says path, value, expectation, sum and example', () => {
    expect(formatMistakes(mistakes, { colour: false })).toBe(
      `Configuration refused: 3 mistakes in 2 files.

lib/config/environments/prod.ts

  app.cpu
    found     300
    expected  256, 512, 1024, 2048, 4096 or 8192 CPU units (1024 are one vCPU)
    example   1024

  limits.bodyKiB
    found     9
    expected  at most 8 KiB, which is what the firewall reads of a body, or limits.bodyInspection switched off with a reason
    because   9 KiB accepted − 8 KiB inspected = 1 KiB that nobody looks at
    example   8

dev.ts

  contacts
    found     nothing
    expected  { critical, warning, security, management, emergency }
    example   {
                critical: ['oncall@example.com'],
                warning: ['oncall@example.com'],
                security: ['oncall@example.com'],
                management: ['oncall@example.com'],
                emergency: {
                  hosting: { name: 'AWS support', email: 'oncall@example.com' },
                  database: { name: 'AWS support', email: 'oncall@example.com' },
                  registrar: { name: 'AWS support', email: 'oncall@example.com' },
                },
              }
`,
    );
  });

  it('colours when asked and not when standard error is no terminal', () => {
    const code = String.fromCharCode(27);
    expect(formatMistakes(mistakes, { colour: true })).toContain(`${code}[`);
    expect(formatMistakes(mistakes)).not.toContain(code);
  });

  it('counts one as one', () => {
    expect(formatMistakes(mistakes.slice(0, 1), { colour: false })).toMatch(
      /^Configuration refused: 1 mistake in 1 file\.$/m,
    );
  });
});

describe('ConfigurationError', () => {
  const error = new ConfigurationError(mistakes);

  it('is JSON with every mistake', () => {
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      error: 'configuration',
      mistakes: [
        expect.objectContaining({
          path: 'app.cpu',
          value: 300,
          example: 1024,
          file: 'lib/config/environments/prod.ts',
        }),
        expect.objectContaining({
          path: 'limits.bodyKiB',
          arithmetic: '9 KiB accepted − 8 KiB inspected = 1 KiB that nobody looks at',
        }),
        expect.objectContaining({ path: 'contacts', file: 'dev.ts' }),
      ],
    });
  });

  it('carries no stack trace: the mistake is not in the kit', () => {
    expect(error.stack).not.toMatch(/^\s+at /m);
    expect(error.message.split('\n')).toHaveLength(3);
  });

  it('says everything in words even where nobody catches it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'uncaught-'));
    const script = join(folder, 'parse.ts');
    writeFileSync(
      script,
      `require(${JSON.stringify(join(__dirname, '../../lib/config/parse.ts'))}).parseEnvironment({ name: 'Prod' }, 'prod.ts');`,
    );
    const { status, stderr } = spawnSync('node', ['--import', 'tsx', script], { cwd: join(__dirname, '../..') });
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(String(stderr)).toContain("prod.ts: name: found 'Prod', expected 2 to 16 lower-case letters");
    expect(String(stderr)).toContain('prod.ts: pipeline: found nothing');
    expect(String(stderr)).not.toMatch(/^\s+at parseEnvironment/m);
  });
});
