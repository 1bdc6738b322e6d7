import { EnvironmentView, type ImageFolder, imageFolder } from '../../../lib/controls/view';
import { added } from './proxy-file-additions';
import { changed } from './proxy-file-changes';
import { moved, removed, swapped } from './proxy-file-lines';

/** One weakening of a rendered nginx configuration. */
export interface FileSabotage {
  readonly kind: string;
  /** Line of the file, from 1. */
  readonly line: number;
  /** Block in which it stands, such as `location /`. */
  readonly block: string;
  readonly before: string;
  readonly after: string;
  readonly text: string;
}

/** A change of a file: lines from one to another, both included, become others. */
export interface LineChange {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** Every sabotage of a file, in its order: each of them leaves a file that says something else. */
export function sabotagesOfFile(text: string): readonly FileSabotage[] {
  const lines = text.split('\n');
  const blocks = blocksOf(lines);
  const known = new Set([text]);
  return lines
    .flatMap((line, index) =>
      line.trim() === '' || line.trim() === '}'
        ? []
        : [removed, changed, swapped, moved, added].flatMap((generate) =>
            generate(lines, index, blocks[index] as string),
          ),
    )
    .map(({ kind, from, to, lines: after }) => ({
      kind,
      line: from + 1,
      block: blocks[from] as string,
      before: lines
        .slice(from, to + 1)
        .map(trimmed)
        .join(' '),
      after: after.map(trimmed).join(' '),
      text: [...lines.slice(0, from), ...after, ...lines.slice(to + 1)].join('\n'),
    }))
    .filter((each) => !known.has(each.text) && known.add(each.text));
}

const trimmed = (line: string): string => line.trim();

/** The opening of the block in which each line stands; `main` outside of all. */
function blocksOf(lines: readonly string[]): readonly string[] {
  const open = ['main'];
  return lines.map((line) => {
    if (line.trim() === '}') open.pop();
    const block = open.at(-1) as string;
    if (line.endsWith('{')) open.push(line.trim().slice(0, -2));
    return block;
  });
}

/** The rendered configuration of an environment's proxy, and the environment with another in its place. */
export function proxyFileOf(view: EnvironmentView): { text: string; with: (text: string) => EnvironmentView } {
  const [hash, folder] = [...(view.options.images ?? [])].find(([, each]) => each.files.includes('nginx.conf')) ?? [];
  if (hash === undefined || folder === undefined) throw new Error(`${view.name}: no image has an nginx.conf`);
  return {
    text: folder.text('nginx.conf') ?? '',
    with: (text) =>
      new EnvironmentView(view.name, view.tier, view.templates, {
        ...view.options,
        images: new Map([...(view.options.images ?? []), [hash, replaced(folder, text)]]),
      }),
  };
}

const replaced = (folder: ImageFolder, text: string): ImageFolder =>
  imageFolder(
    Object.fromEntries(folder.files.map((file) => [file, file === 'nginx.conf' ? text : (folder.text(file) ?? '')])),
    folder.build,
  );
