import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BreakwaterApp, buildApp } from '../../lib/app';
import { synthesize } from '../../lib/synthesize';
import { environmentOf } from '../support/environments';

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

  it('gives the same verdict from memory, on a day of its own', () => {
    const judged = (date: string) => {
      const app = buildApp([environmentOf('development')], {
        outdir: join(folder, 'out'),
        cacheFolder: join(folder, 'cache'),
        concluded: true,
        judged: { date, from: 'argument' },
      });
      return synthesize(app);
    };
    const first = judged('2027-01-15');
    const kept = readdirSync(join(folder, 'cache'));
    expect(kept.filter((file) => file.startsWith('pack-'))).toHaveLength(5);
    expect(judged('2027-01-15')).toEqual(first);
    expect(readdirSync(join(folder, 'cache'))).toEqual(kept);
    expect(judged('2099-01-01').problems.map(({ id }) => id)).toContain('exception-expired');
    expect(readdirSync(join(folder, 'cache'))).toEqual(kept);
  });
});
