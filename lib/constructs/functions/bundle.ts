import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetCode, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync, type OutputFile } from 'esbuild';

const PROJECT = join(__dirname, '..', '..', '..');

/** What is deployed of a Lambda. */
export interface BuiltFunction {
  /** `function.js`. */
  readonly code: Uint8Array;
  /** `function.js.map`: which line of which source a place in the code comes from. */
  readonly map: Uint8Array;
}

/**
 * `index.js`: Node shows places in the sources only of files that are loaded after it was told so. The variable for it,
 * NODE_OPTIONS, can also load code of somebody else, and a control refuses it.
 */
const ENTRY = "process.setSourceMapsEnabled(true);module.exports=require('./function');\n";

/** Bundles by Lambda: one build serves every environment of a synthesis. */
const built = new Map<string, BuiltFunction>();

/**
 * The code of a Lambda below `lambda/`, as one minified file and its source map. Both are the same bytes on every machine:
 * minified output names no place, and the map names sources below `lambda/` and in `node_modules/`, wherever those are. It
 * has no copy of the sources, which would double the bundle for what the repository has. The AWS SDK stays outside: the runtime has one that AWS keeps patched, and
 * bundling it costs 0.4 s and half a megabyte for each function.
 *
 * @param name folder below `lambda/`, whose `index.ts` exports `handler`
 */
export function bundled(name: string): AssetCode {
  const { code, map } = built.get(name) ?? build(name);
  built.set(name, { code, map });
  // A new folder of its own: at a place that others know, another user of the machine could put code of theirs between
  // the build and the assembly, or a folder that this user may not write to.
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-function-'));
  writeFileSync(join(folder, 'index.js'), ENTRY);
  writeFileSync(join(folder, 'function.js'), code);
  writeFileSync(join(folder, 'function.js.map'), map);
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

/**
 * The bundle's bytes.
 *
 * @param project the repository's folder. @default - this one
 */
export function build(name: string, project = PROJECT): BuiltFunction {
  const { outputFiles } = buildSync({
    absWorkingDir: project,
    entryPoints: [join('lambda', name, 'index.ts')],
    // Written nowhere; the map names sources as they lie from here.
    outfile: join('lambda', 'function.js'),
    bundle: true,
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    external: ['@aws-sdk/*'],
    legalComments: 'none',
    write: false,
  });
  const [map, code] = outputFiles as [OutputFile, OutputFile];
  return { code: code.contents, map: portable(map.text) };
}

/** The map with packages named from `node_modules/` on: it may stand in a folder above the project. */
function portable(text: string): Uint8Array {
  const map = JSON.parse(text) as { sources: string[] };
  const sources = map.sources.map((source) => source.replace(/^.*node_modules\//, 'node_modules/'));
  return Buffer.from(JSON.stringify({ ...map, sources }));
}
