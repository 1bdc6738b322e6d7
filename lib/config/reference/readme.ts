import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reference } from './table';

/** The page that holds the reference, between two marks. */
export const README = join(__dirname, '..', 'README.md');
const BEGIN = '<!-- reference: made from the schema by `npm run reference` -->';
const END = '<!-- /reference -->';

/** The page as it should be: its own text, and the reference as the schema has it now. */
export function readme(page = readFileSync(README, 'utf8')): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${README} lacks the marks '${BEGIN}' and '${END}'`);
  return `${before}${BEGIN}\n\n${reference()}\n\n${END}${after}`;
}
