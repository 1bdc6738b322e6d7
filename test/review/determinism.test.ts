import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..', '..');
const COPIED = [
  'lib',
  'lambda',
  'runbooks',
  'test/support',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** Makes the program believe that it runs years later. */
const LATER = `data:text/javascript,${encodeURIComponent(`
  const Real = Date;
  const shift = 1000 * 86_400_000;
  globalThis.Date = class extends Real {
    constructor(...given) { given.length > 0 ? super(...given) : super(Real.now() + shift); }
    static now() { return Real.now() + shift; }
  };
`)}`;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'breakwater-determinism-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Renders with a project folder and surroundings of its own, and answers with every template as it stands on disk. */
function renderIn(project: string, name: string, variables: NodeJS.ProcessEnv, flags: readonly string[] = []) {
  const outdir = join(scratch, name);
  const home = join(scratch, `home-${name}`);
  mkdirSync(home);
  const script = join(project, 'test', 'support', 'render.ts');
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', ...flags, script, outdir], {
    cwd: project,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home, ...variables },
  });
  if (status !== 0) throw new Error(stderr);
  return templatesIn(outdir);
}

function templatesIn(folder: string, under = ''): Map<string, string> {
  const entries = readdirSync(join(folder, under), { withFileTypes: true });
  return new Map(
    entries.flatMap((entry): [string, string][] => {
      const path = join(under, entry.name);
      if (entry.isDirectory()) return entry.name.startsWith('assembly-') ? [...templatesIn(folder, path)] : [];
      return entry.name.endsWith('.template.json') ? [[path, readFileSync(join(folder, path), 'utf8')]] : [];
    }),
  );
}

function copyOfProject(): string {
  const copy = join(scratch, 'another folder', 'kit');
  mkdirSync(copy, { recursive: true });
  for (const each of COPIED.filter((path) => existsSync(join(PROJECT, path)))) {
    cpSync(join(PROJECT, each), join(copy, each), { recursive: true });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

it('renders the same bytes in another folder, home, time zone, language and year', () => {
  const here = renderIn(PROJECT, 'here', { TZ: 'UTC', LANG: 'C' });
  const there = renderIn(
    copyOfProject(),
    'there',
    {
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      USER: 'somebody',
      AWS_REGION: 'eu-west-1',
      CDK_DEFAULT_REGION: 'eu-west-1',
    },
    ['--import', LATER],
  );
  expect(here.size).toBeGreaterThan(0);
  expect([...there.keys()]).toEqual([...here.keys()]);
  for (const [path, text] of here) expect({ path, same: there.get(path) === text }).toEqual({ path, same: true });
});
