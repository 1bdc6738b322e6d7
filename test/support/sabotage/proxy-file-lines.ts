import type { LineChange } from './proxy-file';

/** The last line of what begins on a line: the same one, or the end of the block that it opens. */
function endOf(lines: readonly string[], index: number): number {
  const line = lines[index] as string;
  if (!line.endsWith('{')) return index;
  const indent = ' '.repeat(line.search(/\S/));
  return lines.findIndex((each, at) => at > index && each === `${indent}}`);
}

/** A line goes, and with one that opens a block the block. */
export const removed = (lines: readonly string[], index: number): readonly LineChange[] => [
  { kind: 'removed', from: index, to: endOf(lines, index), lines: [] },
];

/** A name and what it says: `add_header X-Frame-Options "DENY" always` or, in a map, `login 12`. */
const SAID = /^(\s*(?:(?:add_header|proxy_set_header|limit_req_zone|error_page) )?(?:"[^"]*"|\S+) )(.*;)$/;

/** Two neighbours of a kind say what the other said. */
export function swapped(lines: readonly string[], index: number): readonly LineChange[] {
  const [here, next] = [lines[index] as string, lines[index + 1] ?? ''];
  const [one, two] = [SAID.exec(here), SAID.exec(next)];
  const alike =
    one &&
    two &&
    (/^\s*(add_header|proxy_set_header|limit_req_zone|error_page) /.exec(here)?.[1] ?? '') ===
      (/^\s*(add_header|proxy_set_header|limit_req_zone|error_page) /.exec(next)?.[1] ?? '');
  if (!alike || here.search(/\S/) !== next.search(/\S/) || one[2] === two[2]) return [];
  const exchanged = [`${one[1]}${two[2]}`, `${two[1]}${one[2]}`];
  // The same two lines the other way round say the same.
  return exchanged[0] === next ? [] : [{ kind: 'swapped', from: index, to: index + 1, lines: exchanged }];
}

/** A condition comes last in its block; an expression changes places with the next. */
export function moved(lines: readonly string[], index: number, block: string): readonly LineChange[] {
  const line = lines[index] as string;
  if (/^\s*if /.test(line)) {
    const end = endOf(lines, index);
    const last = lines.findIndex(
      (each, at) => at > end && /^\s*\}$/.test(each) && each.search(/\S/) < line.search(/\S/),
    );
    const after = lines.slice(end + 1, last);
    return [{ kind: 'moved', from: index, to: last - 1, lines: [...after, ...lines.slice(index, end + 1)] }];
  }
  const next = lines[index + 1] ?? '';
  return block.startsWith('map') && /^\s*"~/.test(line) && /^\s*"~/.test(next)
    ? [{ kind: 'moved', from: index, to: index + 1, lines: [next, line] }]
    : [];
}
