import { type Campaign, isKilled, isKilledByProtector, protectedOnes, rate } from './campaign';
import type { Verdict } from './runner';

const percent = (part: number, whole: number): string => `${(rate(part, whole) * 100).toFixed(1)} %`;

/** Rows of text in columns, the first aligned left and the others right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

/** Kill rates by resource type, then in all. */
export function ratesByType({ verdicts }: Campaign): string {
  const byType = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const { type } = verdict.sabotage;
    byType.set(type, [...(byType.get(type) ?? []), verdict]);
  }
  const row = (name: string, of: readonly Verdict[]) => {
    const killed = of.filter(isKilled).length;
    return [name, String(of.length), String(killed), percent(killed, of.length)];
  };
  return table([
    ['resource type', 'sabotages', 'refused', 'rate'],
    ...[...byType].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, of]) => row(type, of)),
    row('all security-relevant', verdicts),
  ]);
}

/** One line for what controls claim to protect. */
export function protectedRate({ verdicts }: Campaign): string {
  const claimed = protectedOnes(verdicts);
  const held = claimed.filter(isKilledByProtector).length;
  return `protected properties: ${held} of ${claimed.length} refused by a control that protects them (${percent(held, claimed.length)})`;
}

/** Survivors, alike ones together: type, property, what was done, how often, an example. */
export function survivors(verdicts: readonly Verdict[]): readonly string[] {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const { type, path, kind } = verdict.sabotage;
    const group = `${type}  ${path.replace(/(^|\.)\d+(?=\.|$)/g, '$1#') || '(resource)'}  ${kind}`;
    groups.set(group, [...(groups.get(group) ?? []), verdict]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, of]) => `${group}  ×${of.length}  ${of[0]?.sabotage.logicalId}: ${of[0]?.sabotage.change}`);
}
