import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const PROJECT = join(__dirname, '..', '..', '..');

/** Folder of bundles by Lambda: one build serves every environment of a synthesis. */
const built = new Map<string, string>();

/**
 * The code of a Lambda below `lambda/`, as one minified file. Minified output is the same bytes on every machine; its
 * names and source maps would carry paths. The AWS SDK stays outside: the runtime has one that AWS keeps patched, and
 * bundling it costs 0.4 s and half a megabyte for each function.
 *
 * @param name folder below `lambda/`, whose `index.ts` exports `handler`
 */
export function bundled(name: string): Code {
  const known = built.get(name);
  if (known) return Code.fromAsset(known);
  const code = build(name);
  // The folder's name has the content's hash, so that two processes never write different bytes to one place.
  const folder = join(
    tmpdir(),
    'breakwater',
    `${name}-${createHash('sha256').update(code).digest('hex').slice(0, 16)}`,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  built.set(name, folder);
  return Code.fromAsset(folder);
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
