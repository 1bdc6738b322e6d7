import pico from 'picocolors';
import type { OpenPart, RowCoverage } from '../../controls/coverage';
import { checklist } from '../../controls/rows';
import { groups } from '../../controls/rows/groups';
import { WIDTH, wrapped } from '../shared/text';
import { partMeanings } from './parts';

const INDENT = 15;

/** What is printed, for people and for the page. */
export interface Checklist {
  /** What it was judged for, such as `production` or `prod (production)`. */
  readonly subject: string;
  readonly rows: readonly RowCoverage[];
  readonly open: readonly OpenPart[];
}

/** How many rows have each status. */
export function tally(rows: readonly RowCoverage[]): Record<RowCoverage['status'], number> {
  const count = (status: RowCoverage['status']) => rows.filter((row) => row.status === status).length;
  return { held: count('held'), partial: count('partial'), open: count('open') };
}

/** The rows by chapter, in 80 columns. */
export function printedChecklist({ subject, rows, open }: Checklist, colour: boolean, onlyOpen: boolean): string {
  const colours = pico.createColors(colour);
  const paint = { held: colours.green, partial: colours.yellow, open: colours.dim };
  const chapters = groups.flatMap(({ title, rows: ids }) => {
    const shown = rows.filter((row) => ids.includes(row.id) && !(onlyOpen && row.status === 'held'));
    if (shown.length === 0) return [];
    const lines = shown.flatMap((row) => {
      const [first = '', ...rest] = wrapped(checklist[row.id].need, WIDTH - INDENT);
      const details = [partsOf(row), ...claimedIn(open, row.id)].flatMap((text) => wrapped(text, WIDTH - INDENT - 2));
      return [
        `  ${row.id}  ${paint[row.status](row.status.padEnd(INDENT - 8))} ${first}`,
        ...rest.map((line) => `${' '.repeat(INDENT)}${line}`),
        ...details.map((line) => `${' '.repeat(INDENT)}  ${colours.dim(line)}`),
      ];
    });
    return [`${colours.bold(title)}\n${lines.join('\n')}`];
  });
  const { held, partial, open: none } = tally(rows);
  const total = `${subject}: ${held} of ${rows.length} rows held, ${partial} in part, ${none} open.`;
  const parts = Object.entries(partMeanings).map(([part, meaning]) => `  ${part.padEnd(INDENT - 4)}${meaning}`);
  return [...chapters, colours.dim(['Parts of a row', ...parts].join('\n')), colours.bold(total)].join('\n\n');
}

/** Its parts by status, such as `held: enforce; open: alarm, runbook`. */
function partsOf({ how }: RowCoverage): string {
  return (['held', 'open'] as const)
    .map((status) => [status, Object.keys(how).filter((part) => how[part as keyof typeof how] === status)] as const)
    .filter(([, parts]) => parts.length > 0)
    .map(([status, parts]) => `${status}: ${parts.join(', ')}`)
    .join('; ');
}

/** What begun parts of a row still lack. */
const claimedIn = (open: readonly OpenPart[], id: string): string[] =>
  open.filter(({ row, claimed }) => row === id && claimed).map(({ part, lacks }) => `${part} lacks: ${lacks}`);
