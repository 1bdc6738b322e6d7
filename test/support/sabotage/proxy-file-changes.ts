import type { LineChange } from './proxy-file';

const SWITCHES: Readonly<Record<string, string>> = { on: 'off', off: 'on', always: '', nodelay: '' };

/** Words of a line become others: one change at a time. */
export function changed(lines: readonly string[], index: number, block: string): readonly LineChange[] {
  const line = lines[index] as string;
  const made = new Map<string, string>();
  const put = (after: string, kind: string) => {
    if (after !== line && !made.has(after)) made.set(after, kind);
  };
  for (const generate of [numbers, switches, expressions, networks, variables, words, parts, values]) {
    generate(line, put, block);
  }
  return [...made].map(([after, kind]) => ({ kind, from: index, to: index, lines: [after] }));
}

type Put = (after: string, kind: string) => void;

/** The line with what an expression found in it replaced. */
const cut = (line: string, { index, 0: found }: RegExpMatchArray, by = ''): string =>
  line.slice(0, index) + by + line.slice((index as number) + found.length);

function numbers(line: string, put: Put): void {
  for (const match of line.matchAll(/(?<![\w.#[-])(\d+)(?=[kmsr]?\b)/g)) {
    put(cut(line, match, String(Number(match[1]) * 100 + 1)), 'number raised');
    put(cut(line, match, '0'), 'number to nothing');
  }
}

function switches(line: string, put: Put): void {
  for (const match of line.matchAll(/(?<=\s)(on|off|always|nodelay)(?=[;\s])/g)) {
    put(cut(line, match, SWITCHES[match[1] as string]), 'switch turned');
  }
}

/** Where the keys of a map are expressions. */
function expressions(line: string, put: Put): void {
  const [, key = ''] = /^\s*("~[^"]*")/.exec(line) ?? [];
  if (key === '') return;
  const within = line.indexOf(key) + key.length;
  const every = (pattern: RegExp) => [...line.matchAll(pattern)].filter(({ index }) => (index as number) < within);
  for (const match of every(/(?<=[(|])[^()|\s"]+\|/g)) put(cut(line, match), 'alternative lost');
  for (const match of every(/\|[^()|\s"]+(?=[)"])/g)) put(cut(line, match), 'alternative lost');
  for (const match of every(/(?<![[\\])\^|(?<!\\)\$(?=[)"|])/g)) put(cut(line, match), 'anchor lost');
  for (const match of every(/\[\. \]\*|\/\?|\(\?:;\.\*\)\?/g)) put(cut(line, match), 'optional part lost');
  for (const match of every(/\(\?<?[!=][^()]*(?:\([^()]*\))?[^()]*\)/g)) put(cut(line, match), 'condition lost');
  for (const match of every(/(?<=\[)[^\]^](?=[^\]-]+\])/g)) put(cut(line, match), 'letter lost');
  if (key.startsWith('"~*')) put(line.replace('"~*', '"~'), 'case counts');
}

function networks(line: string, put: Put): void {
  for (const match of line.matchAll(/\d+\.\d+\.\d+\.\d+\/(\d+)/g)) {
    put(cut(line, match, match[0].replace(/\d+$/, String(Number(match[1]) - 8))), 'network widened');
    put(cut(line, match, '0.0.0.0/0'), 'network widened');
  }
}

/** What the client says in place of what nginx or the file knows. */
function variables(line: string, put: Put): void {
  for (const match of line.matchAll(/\$\{?[a-z_]\w*\}?/g)) {
    put(cut(line, match, '$http_x_other'), 'variable replaced');
    put(cut(line, match, '$http_user_agent'), 'variable replaced');
  }
}

/** A word of a directive that has several. */
function words(line: string, put: Put): void {
  if (/["'{}]/.test(line) || !/^\s*\S+ \S+ \S+/.test(line)) return;
  const name = line.trim().split(' ')[0] as string;
  for (const match of line.matchAll(/ [^ ;]+(?=[ ;])/g)) {
    if (!match[0].endsWith(name)) put(cut(line, match), 'word lost');
  }
}

/** One of several parts of a quoted value. */
function parts(line: string, put: Put): void {
  if (/^\s*"~/.test(line)) return;
  const [quoted = ''] = /"[^"]*[;,] [^"]*"/.exec(line) ?? /'\{[^']*\}'/.exec(line) ?? [];
  if (quoted === '') return;
  const glue = quoted.startsWith("'") ? ',' : quoted.includes('; ') ? '; ' : ', ';
  const [open, close] = quoted.startsWith("'") ? ["'{", "}'"] : ['"', '"'];
  const each = quoted.slice(open.length, -close.length).split(glue);
  for (const [at] of each.entries()) {
    put(
      line.replace(quoted, () => `${open}${each.filter((_, other) => other !== at).join(glue)}${close}`),
      'part lost',
    );
  }
}

function values(line: string, put: Put, block: string): void {
  if (/ "";$/.test(line)) put(line.replace(/ "";$/, ' 1;'), 'nothing becomes something');
  if (!/^(map|geo) /.test(block) || !/^\s*\S.* .+;$/.test(line)) return;
  // A map's entry says nothing any more.
  put(line.replace(/ ("[^"]*"|'[^']*'|[^ "']+);$/, ' "";'), 'something becomes nothing');
}
