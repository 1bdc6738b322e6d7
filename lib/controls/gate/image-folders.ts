import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ImageFolder, JsonObject } from '../view';

interface AssetManifest {
  readonly dockerImages?: Readonly<Record<string, { readonly source: JsonObject }>>;
}

/**
 * The folders that a stack's images are built from, by the hash that is their tag, as the manifest beside its template
 * names them. Their files are read when they are asked for: an app's own folder may be large.
 */
export function imageFoldersBeside(templatePath: string): ReadonlyMap<string, ImageFolder> {
  const manifest = templatePath.replace(/\.template\.json$/, '.assets.json');
  if (manifest === templatePath || !existsSync(manifest)) return new Map();
  const { dockerImages = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as AssetManifest;
  return new Map(
    Object.entries(dockerImages).flatMap(([hash, { source }]) => {
      const { directory, ...build } = source;
      return typeof directory === 'string' ? [[hash, folderAt(resolve(dirname(manifest), directory), build)]] : [];
    }),
  );
}

function folderAt(path: string, build: JsonObject): ImageFolder {
  return {
    get files() {
      return readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
        .sort();
    },
    build,
    text: (file) => (existsSync(join(path, file)) ? readFileSync(join(path, file), 'utf8') : undefined),
  };
}
