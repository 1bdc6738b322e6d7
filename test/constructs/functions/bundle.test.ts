import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { build, bundled } from '../../../lib/constructs/functions/bundle';

const LAMBDAS = readdirSync(join(__dirname, '..', '..', '..', 'lambda')).filter((name) => name !== 'common');
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.each(LAMBDAS)('the bundle of %s', (name) => {
  const code = build(name);
  const text = Buffer.from(code).toString('utf8');

  it('is the same bytes each time', () => {
    expect(hash(build(name))).toBe(hash(code));
  });

  it('names no place on this machine', () => {
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain('sourceMappingURL');
  });

  it('exports a handler and leaves the AWS SDK to the runtime', () => {
    expect(text).toContain('handler');
    expect(text).not.toContain('smithy');
    // Most of it, where the database is spoken to, are the certificates of RDS.
    expect(code.byteLength).toBeLessThan(350_000);
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
    expect(hash(readFileSync(join(app.synth().directory, asset as string, 'index.js')))).toBe(hash(build(name)));
  });

  it('stays where it is when the assembly takes no copies', () => {
    const { code } = bound({ 'aws:cdk:disable-asset-staging': true });
    expect(hash(readFileSync(join(code.path, 'index.js')))).toBe(hash(build(name)));
    rmSync(code.path, { recursive: true });
  });
});
