import { EnvironmentView, type ImageFolder, imageFolder } from '../../../lib/controls/view';

/** One weakening of a rendered nginx configuration. */
export interface FileSabotage {
  readonly kind: string;
  /** Line of the file, from 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
  readonly text: string;
}

/** Every sabotage of a file: lines and blocks removed, words dropped, numbers and switches turned, alternatives lost. */
export function sabotagesOfFile(text: string): readonly FileSabotage[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) =>
    line.trim() === '' || line.trim() === '}' ? [] : [...removed(lines, index), ...changed(lines, index)],
  );
}

/** A line goes, and with one that opens a block the block. */
function removed(lines: readonly string[], index: number): readonly FileSabotage[] {
  const line = lines[index] as string;
  const indent = line.search(/\S/);
  const end = line.endsWith('{')
    ? lines.findIndex((each, at) => at > index && each === `${' '.repeat(indent)}}`)
    : index;
  const rest = [...lines.slice(0, index), ...lines.slice(end + 1)];
  return [{ kind: 'removed', line: index + 1, before: line.trim(), after: '', text: rest.join('\n') }];
}

const SWITCHES: Readonly<Record<string, string>> = { on: 'off', off: 'on', always: '', nodelay: '', 1: '0' };

function changed(lines: readonly string[], index: number): readonly FileSabotage[] {
  const line = lines[index] as string;
  const made = new Map<string, string>();
  const put = (after: string, kind: string) => {
    if (after !== line && !made.has(after)) made.set(after, kind);
  };
  for (const match of line.matchAll(/(?<![\w.#-])(\d+)(?=[kmsr]?\b)/g)) {
    const at = match.index;
    const number = Number(match[1]);
    const replaced = (value: number) => line.slice(0, at) + value + line.slice(at + (match[1] as string).length);
    put(replaced(number * 100 + 1), 'number raised');
    put(replaced(0), 'number to nothing');
  }
  for (const match of line.matchAll(/(?<=\s)(on|off|always|nodelay)(?=[;\s])/g)) {
    const to = SWITCHES[match[1] as string] as string;
    put(line.slice(0, match.index) + to + line.slice(match.index + (match[1] as string).length), 'switch turned');
  }
  // An alternative of an expression, at any depth.
  for (const match of line.matchAll(/(?<=[(|])[^()|\s"]+\|/g)) {
    put(line.slice(0, match.index) + line.slice(match.index + match[0].length), 'alternative lost');
  }
  if (/"~\*/.test(line)) put(line.replace('"~*', '"~'), 'case counts');
  if (/ "";$/.test(line)) put(line.replace(/ "";$/, ' 1;'), 'nothing becomes something');
  if (/^\s*default (?!"")/.test(line)) put(line.replace(/default .*;/, 'default "";'), 'default lost');
  return [...made].map(([after, kind]) => ({
    kind,
    line: index + 1,
    before: line.trim(),
    after: after.trim(),
    text: [...lines.slice(0, index), after, ...lines.slice(index + 1)].join('\n'),
  }));
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
