import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BreakwaterApp } from '../../lib/app';

describe('the app', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cache-folder-'));
  });

  const { CI } = process.env;
  afterEach(() => {
    setCi(CI);
    rmSync(folder, { recursive: true, force: true });
  });

  function setCi(value: string | undefined): void {
    if (value === undefined) delete process.env.CI;
    else process.env.CI = value;
  }

  function folderOf(ci: string | undefined, context: Record<string, unknown> = {}, cacheFolder?: string | false) {
    setCi(ci);
    return new BreakwaterApp([], {
      context,
      cacheFolder,
      judged: { date: '2027-01-15', from: 'argument' },
      outdir: folder,
    }).cacheFolder;
  }

  it('remembers in the project, in a folder that is never committed', () => {
    const project = join(__dirname, '..', '..');
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
