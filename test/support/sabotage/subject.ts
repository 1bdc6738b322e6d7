import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import { buildApp } from '../../../lib/app';
import type { Environment } from '../../../lib/config/schema';
import { imageFoldersBeside } from '../../../lib/controls/gate/image-folders';
import { EnvironmentView, type ImageFolder, imageFolder, type Template } from '../../../lib/controls/view';
import { placeOf } from '../../../lib/views';

/**
 * A real environment as it would be deployed: built by the same function as the command line's, written once to a
 * folder that is removed again, and judged by nobody yet.
 */
export function renderedEnvironment(environment: Environment): EnvironmentView {
  const outdir = mkdtempSync(join(tmpdir(), 'breakwater-sabotage-'));
  try {
    const stage = buildApp([environment], { outdir }).node.children.find(Stage.isStage);
    if (!stage) throw new Error(`${environment.name}: no stage was built`);
    const assembly = stage.synth({ skipValidation: true });
    const templates = assembly.stacksRecursively.map(
      (stack) => [stack.hierarchicalId.slice(stage.node.path.length + 1), stack.template as Template] as const,
    );
    const places = new Map(
      assembly.stacksRecursively.map((stack) => [
        stack.hierarchicalId.slice(stage.node.path.length + 1),
        placeOf(stack),
      ]),
    );
    return new EnvironmentView(environment.name, environment.tier, Object.fromEntries(templates), {
      placeOf: (stack) => places.get(stack),
      images: new Map(
        assembly.stacksRecursively.flatMap(({ templateFullPath }) =>
          [...imageFoldersBeside(templateFullPath)].map(([hash, folder]) => [hash, inMemory(folder)] as const),
        ),
      ),
    });
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A copy that outlives the assembly. */
const inMemory = ({ files, text, build }: ImageFolder): ImageFolder =>
  imageFolder(Object.fromEntries(files.map((file) => [file, text(file) ?? ''])), build);
