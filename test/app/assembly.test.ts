import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack, Stage } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { type BreakwaterApp, buildApp } from '../../lib/app';
import { refuseForeign, scratchIn } from '../../lib/assembly';
import { UsageError } from '../../lib/controls/gate/usage-error';
import { VERDICT_FILE, type Verdict } from '../../lib/controls/gate/verdict';
import { synthesize } from '../../lib/synthesize';
import { content, pack } from '../support/gated-app';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'assembly-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

/** An app of two small stages, with a pack that is content or refuses everything. */
function built(outdir: string, passes: boolean, name = 'Topic'): BreakwaterApp {
  const app = buildApp([], {
    outdir,
    concluded: true,
    cacheFolder: false,
    judged: { date: '2027-01-15', from: 'argument' },
    packs: () => [passes ? content() : pack({ find: () => [{}] })],
  });
  for (const stage of ['dev', 'prod']) new CfnTopic(new Stack(new Stage(app, stage), 'data'), name);
  return app;
}

const filesIn = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const SCRATCH = scratchIn('');
/** Files that could be deployed, outside the scratch folder. */
const deployable = (folder: string): string[] =>
  filesIn(folder).filter((file) => !file.startsWith(SCRATCH) && /(^|\/)manifest\.json$/.test(file));
const templates = (folder: string): string[] =>
  filesIn(folder).filter((file) => !file.startsWith(SCRATCH) && file.endsWith('.template.json'));

describe('an assembly', () => {
  it('stands in its place with its verdict once it has passed, and nothing beside it', () => {
    synthesize(built(root, true));
    expect(deployable(root)).toEqual(['assembly-dev/manifest.json', 'assembly-prod/manifest.json', 'manifest.json']);
    expect(templates(root)).toHaveLength(2);
    const verdict = JSON.parse(fs.readFileSync(join(root, VERDICT_FILE), 'utf8')) as Verdict;
    expect(verdict.passed).toBe(true);
    expect(fs.existsSync(scratchIn(root))).toBe(false);
  });

  it('takes the place of an earlier one', () => {
    synthesize(built(root, true, 'Earlier'));
    synthesize(built(root, true, 'Later'));
    const texts = templates(root).map((file) => fs.readFileSync(join(root, file), 'utf8'));
    expect(texts.map((text) => Object.keys((JSON.parse(text) as { Resources: object }).Resources))).toEqual([
      ['Later'],
      ['Later'],
    ]);
  });

  it('leaves its verdict alone when it is refused', () => {
    synthesize(built(root, true));
    synthesize(built(root, false));
    expect(filesIn(root)).toEqual([VERDICT_FILE]);
  });

  it('leaves nothing when the app can not be built', () => {
    expect(() => buildApp([], { outdir: root, concluded: true, today: 'soon' })).toThrow(UsageError);
    expect(fs.readdirSync(root)).toEqual([]);
  });
});

/** Functions of the file system that change something. */
const CHANGING = [
  'writeFileSync',
  'appendFileSync',
  'mkdirSync',
  'rmSync',
  'rmdirSync',
  'unlinkSync',
  'renameSync',
  'copyFileSync',
  'cpSync',
  'symlinkSync',
] as const;

/**
 * Does what a process does that is killed after some changes to the disk: the later ones do not happen. What happens
 * in memory alone leaves nothing behind.
 *
 * @returns whether it came to its end, how many changes it had made, and what it had decided
 */
function killedAfter(changes: number, work: () => void): boolean {
  let made = 0;
  const real = { ...fs };
  const spies = CHANGING.map((name) =>
    jest.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      if (made >= changes) throw new Error('killed');
      made += 1;
      // A function that calls another of these counts once.
      const before = made;
      const result = (real[name] as (...all: unknown[]) => unknown)(...args);
      made = before;
      return result;
    }) as never),
  );
  try {
    work();
    return true;
  } catch {
    return false;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('a process that is killed at any change that it makes to the disk', () => {
  it.each([
    ['in a new folder', false],
    ['over an earlier assembly', true],
  ])('leaves nothing deployable that was refused: %s', (_where, earlier) => {
    const left: string[] = [];
    let ended = false;
    for (let changes = 0; !ended; changes++) {
      const outdir = join(root, String(changes));
      if (earlier) synthesize(built(outdir, true, 'Earlier'));
      ended = killedAfter(changes, () => synthesize(built(outdir, false, 'Weak')));
      if (!fs.existsSync(outdir)) continue;
      // What the earlier synthesis left may stand until this one begins.
      left.push(...templates(outdir).filter((file) => fs.readFileSync(join(outdir, file), 'utf8').includes('Weak')));
      if (!earlier) left.push(...deployable(outdir));
    }
    expect(left).toEqual([]);
  });

  it('leaves of one that passed either nothing deployable or what was judged, whole', () => {
    const states = new Set<string>();
    let ended = false;
    for (let changes = 0; !ended; changes++) {
      const outdir = join(root, String(changes));
      ended = killedAfter(changes, () => synthesize(built(outdir, true)));
      const found = fs.existsSync(outdir) ? deployable(outdir) : [];
      for (const manifest of found) {
        const { artifacts } = JSON.parse(fs.readFileSync(join(outdir, manifest), 'utf8')) as {
          artifacts: Record<string, { properties?: { templateFile?: string; directoryName?: string } }>;
        };
        const named = Object.values(artifacts).flatMap(({ properties = {} }) => [
          ...(properties.templateFile ? [properties.templateFile] : []),
          ...(properties.directoryName ? [join(properties.directoryName, 'manifest.json')] : []),
        ]);
        for (const file of named) expect(fs.existsSync(join(outdir, manifest, '..', file))).toBe(true);
        expect(fs.existsSync(join(outdir, VERDICT_FILE))).toBe(true);
      }
      states.add(found.join());
    }
    expect([...states]).toEqual([
      '',
      'assembly-dev/manifest.json',
      'assembly-dev/manifest.json,assembly-prod/manifest.json',
      'assembly-dev/manifest.json,assembly-prod/manifest.json,manifest.json',
    ]);
  });

  it('is followed by one that begins anew', () => {
    const outdir = join(root, 'cut-off');
    killedAfter(12, () => synthesize(built(outdir, true)));
    expect(fs.existsSync(scratchIn(outdir))).toBe(true);
    synthesize(built(outdir, false));
    expect(filesIn(outdir)).toEqual([VERDICT_FILE]);
  });
});

describe('a folder for the assembly', () => {
  it.each([[[]], [['cdk.out', 'mine.txt']], [[VERDICT_FILE]], [['.cache', 'synth.lock']], [[SCRATCH]]])(
    'may hold %j',
    (files) => {
      for (const file of files) fs.writeFileSync(join(root, file), '');
      expect(() => refuseForeign(root)).not.toThrow();
    },
  );

  it('may be new', () => expect(() => refuseForeign(join(root, 'new'))).not.toThrow());

  it('may not hold something else', () => {
    for (const file of ['app.ts', 'run.ts', 'asset.txt', 'inputs.ts']) fs.writeFileSync(join(root, file), '');
    expect(() => refuseForeign(root)).toThrow(
      new UsageError(
        `output: '${root}' holds something else (app.ts, asset.txt, inputs.ts). Expected a new or empty folder, or one of an earlier assembly, for example cdk.out.`,
      ),
    );
  });

  it('is not the project, in which the default folder stands', () => {
    fs.mkdirSync(join(root, 'cdk.out'));
    fs.writeFileSync(join(root, 'package.json'), '{}');
    expect(() => refuseForeign(root)).toThrow(`output: '${root}' holds something else (cdk.out, package.json).`);
  });

  it('is refused before anything is built, and left as it was', () => {
    fs.writeFileSync(join(root, 'asset.txt'), 'mine');
    expect(() => built(root, true)).toThrow(UsageError);
    expect(filesIn(root)).toEqual(['asset.txt']);
  });

  it('may not be a file', () => {
    fs.writeFileSync(join(root, 'file'), '');
    expect(() => refuseForeign(join(root, 'file'))).toThrow('is no folder');
  });
});
