import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../lib/app';
import { parseEnvironment } from '../../lib/config/parse';
import { synthesize } from '../../lib/synthesize';

const FOLDER = join(__dirname, '..', 'fixtures', 'environments');

/** Configurations that nobody ships, such as RDS Proxy, pass every pack and the schemas, as the shipped ones do. */
it('the environments that the tests bring pass the whole gate', () => {
  const environments = readdirSync(FOLDER).map((file) =>
    parseEnvironment((require(join(FOLDER, file)) as { environment: unknown }).environment, file),
  );
  const outdir = mkdtempSync(join(tmpdir(), 'fixtures-'));
  try {
    const verdict = synthesize(
      buildApp(environments, { outdir, today: '2027-01-01', concluded: true, cacheFolder: false }),
    );
    expect(verdict.refused.map(({ id, resource }) => `${id} ${resource}`)).toEqual([]);
    expect(verdict.problems).toEqual([]);
    expect(verdict.passed).toBe(true);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
