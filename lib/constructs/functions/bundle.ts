import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetCode, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';

const PROJECT = join(__dirname, '..', '..', '..');

/** Bundles by Lambda: one build serves every environment of a synthesis. */
const built = new Map<string, Uint8Array>();

/**
 * The code of a Lambda below `lambda/`, as one minified file. Minified output is the same bytes on every machine; its
 * names and source maps would carry paths. The AWS SDK stays outside: the runtime has one that AWS keeps patched, and
 * bundling it costs 0.4 s and half a megabyte for each function.
 *
 * @param name folder below `lambda/`, whose `index.ts` exports `handler`
 */
export function bundled(name: string): AssetCode {
  const code = built.get(name) ?? build(name);
  built.set(name, code);
  // A new folder of its own: at a place that others know, another user of the machine could put code of theirs between
  // the build and the assembly, or a folder that this user may not write to.
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-function-'));
  writeFileSync(join(folder, 'index.js'), code);
  return new Bundle(folder);
}

/** The code in a folder made for it alone, which goes when the assembly has its copy. */
class Bundle extends AssetCode {
  override bind(scope: Construct): CodeConfig {
    const config = super.bind(scope);
    // When staging is off the assembly points at the folder instead.
    const staged = !scope.node.tryGetContext('aws:cdk:disable-asset-staging');
    if (staged) rmSync(this.path, { recursive: true });
    return config;
  }
}

/** The bundle's bytes. */
export function build(name: string): Uint8Array {
  const { outputFiles } = buildSync({
    absWorkingDir: PROJECT,
    entryPoints: [join('lambda', name, 'index.ts')],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    external: ['@aws-sdk/*'],
    legalComments: 'none',
    write: false,
  });
  return (outputFiles[0] as (typeof outputFiles)[number]).contents;
}
