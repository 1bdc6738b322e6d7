import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { build, bundled } from '../../../lib/constructs/functions/bundle';

const PROJECT = join(__dirname, '..', '..', '..');
const LAMBDAS = readdirSync(join(PROJECT, 'lambda')).filter((name) => name !== 'common');
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A copy whose packages are somewhere else again. */
const elsewhere = join(mkdtempSync(join(tmpdir(), 'bundle-')), 'deep', 'er');
cpSync(join(PROJECT, 'lambda'), join(elsewhere, 'lambda'), { recursive: true });
cpSync(join(PROJECT, 'tsconfig.json'), join(elsewhere, 'tsconfig.json'));
symlinkSync(join(PROJECT, 'node_modules'), join(elsewhere, 'node_modules'));
afterAll(() => rmSync(join(elsewhere, '..', '..'), { recursive: true }));

describe.each(LAMBDAS)('the bundle of %s', (name) => {
  const { code, map } = build(name);
  const text = Buffer.from(code).toString('utf8');
  const { sources, sourcesContent } = JSON.parse(Buffer.from(map).toString('utf8')) as {
    sources: string[];
    sourcesContent?: unknown;
  };

  it('is the same bytes each time, and from a copy of the repository in another folder', () => {
    for (const again of [build(name), build(name, elsewhere)])
      expect([again.code, again.map].map(hash)).toEqual([code, map].map(hash));
  });

  it('names no place on this machine, but sources by where they are in the repository', () => {
    expect(text).not.toContain(process.cwd());
    expect(text).toMatch(/\/\/# sourceMappingURL=function\.js\.map\n$/);
    expect(sources).toContain(`${name}/index.ts`);
    for (const source of sources) expect(source).toMatch(new RegExp(`^(${name}|common|node_modules)/`));
    expect(sourcesContent).toBeUndefined();
  });

  it('exports a handler and leaves the AWS SDK to the runtime', () => {
    expect(text).toContain('handler');
    expect(text).not.toContain('smithy');
    // Most of it, where the database is spoken to, are the certificates of RDS.
    expect(code.byteLength).toBeLessThan(350_000);
  });
});

describe('an error in a bundle', () => {
  it('shows the line of the source, in the runtime as it is deployed', () => {
    const { path } = bundled('retire-application-key');
    const run = spawnSync(
      process.execPath,
      [
        '-e',
        `require(${JSON.stringify(join(path, 'index.js'))}).handler().catch((error) => console.info(error.stack))`,
      ],
      {
        encoding: 'utf8',
        env: { NODE_PATH: join(process.cwd(), 'node_modules'), AWS_REGION: 'us-east-1', NODE_NO_WARNINGS: '1' },
      },
    );
    rmSync(path, { recursive: true });
    expect(run.stdout).toContain('Environment variables: KEYRINGS is not set');
    expect(run.stdout).toMatch(/common\/settings\.ts:\d+:\d+/);
    expect(run.stdout).toMatch(/retire-application-key\/index\.ts:\d+:\d+/);
  });
});

describe('where a bundle stands', () => {
  const [name] = LAMBDAS as [string];
  const bound = (context: Record<string, unknown> = {}) => {
    const app = new App({ context });
    const code = bundled(name);
    new LambdaFunction(new Stack(app, 'Stack'), 'Function', {
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    });
    return { app, code };
  };

  it('is a folder that only this user may read, new each time', () => {
    const [one, other] = [bundled(name), bundled(name)];
    expect(statSync(one.path).mode & 0o777).toBe(0o700);
    expect(one.path).not.toBe(other.path);
    for (const { path } of [one, other]) rmSync(path, { recursive: true });
  });

  it('is the assembly alone, once it has its copy', () => {
    const { app, code } = bound();
    expect(existsSync(code.path)).toBe(false);
    const [asset] = readdirSync(app.synth().directory).filter((each) => each.startsWith('asset.'));
    expect(hash(readFileSync(join(app.synth().directory, asset as string, 'function.js')))).toBe(
      hash(build(name).code),
    );
  });

  it('stays where it is when the assembly takes no copies', () => {
    const { code } = bound({ 'aws:cdk:disable-asset-staging': true });
    expect(hash(readFileSync(join(code.path, 'function.js')))).toBe(hash(build(name).code));
    rmSync(code.path, { recursive: true });
  });
});
