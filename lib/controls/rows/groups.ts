import { type RowId, rowIds } from '.';

/** Titles of the checklist's groups, by the letter that their rows' ids begin with. */
const titles: Readonly<Record<string, string>> = {
  E: 'Edge',
  W: 'Web application firewall',
  C: 'Compute',
  D: 'Database',
  K: 'Secrets',
  L: 'Logging',
  A: 'Alarms',
  P: 'Pipeline',
  R: 'Incident response',
  V: 'Reviews',
  G: 'Compliance',
  X: 'Application',
};

/** A chapter of the checklist. */
export interface Group {
  readonly title: string;
  readonly rows: readonly RowId[];
}

/** The checklist's rows by chapter, in its order. */
export const groups: readonly Group[] = [...new Set(rowIds.map((id) => id.charAt(0)))].map((letter) => ({
  title: titles[letter] ?? letter,
  rows: rowIds.filter((id) => id.startsWith(letter)),
}));
