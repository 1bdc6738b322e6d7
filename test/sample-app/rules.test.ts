import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { SAMPLE_APP } from '../../lib/commands/try/flask';
import { findPython } from '../../lib/commands/try/python';

/** Each test of the Python file, as unittest tells of it. */
const results = (() => {
  const { stderr, error } = spawnSync(findPython(), [join(__dirname, 'test_rules.py'), '--verbose'], {
    cwd: SAMPLE_APP,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, PYTHONPATH: SAMPLE_APP, PYTHONDONTWRITEBYTECODE: '1', TMPDIR: process.env.TMPDIR },
    timeout: 60_000,
  });
  const told = error?.message ?? stderr;
  const found = [...told.matchAll(/^test_(\w+) \(.*\) \.\.\. (\w+)$/gm)];
  return { told, tests: found.map(([, name = '', result = '']) => [name.replaceAll('_', ' '), result] as const) };
})();

describe("rules of the sample application's parts", () => {
  it.each(results.tests)('%s', (_, result) => {
    // The trace of a failure stands in what unittest told.
    if (result !== 'ok') throw new Error(results.told);
  });

  it('are all looked at', () => {
    if (results.tests.length < 23 || !/^OK$/m.test(results.told)) throw new Error(results.told);
  });
});
