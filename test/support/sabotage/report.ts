import { type Campaign, isKilled, isKilledRightly, protectedOnes, rate } from './campaign';
import type { PackRates } from './packs';
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
  const held = claimed.filter(isKilledRightly).length;
  return `protected properties: ${held} of ${claimed.length} refused by a control that protects them or names them (${percent(held, claimed.length)})`;
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

/** What a campaign comes to, for the test's output and the bench: rates by type, then whatever survived. */
export function summary(campaign: Campaign, shownSurvivors = 40): string {
  const left = survivors(campaign.verdicts.filter((each) => !isKilled(each)));
  const more = left.length > shownSurvivors ? [`… and ${left.length - shownSurvivors} more kinds`] : [];
  return [
    `${campaign.environment}: ${campaign.verdicts.length} security-relevant sabotages of ${campaign.generated} generated, ${campaign.msEach.toFixed(2)} ms each`,
    ratesByType(campaign),
    protectedRate(campaign),
    ...(left.length > 0 ? ['', 'survivors:', ...left.slice(0, shownSurvivors), ...more] : []),
  ].join('\n');
}

/** Our rate beside the packs' own, on the same sabotages. */
export function packsBeside(rates: PackRates, asked: readonly Verdict[]): string {
  const killed = asked.filter(isKilled).length;
  return table([
    ['refused, on the same sample', 'of', 'rate'],
    [`${killed} by the kit's controls`, String(asked.length), percent(killed, asked.length)],
    [`${rates.awsSolutions} by AwsSolutions alone`, String(rates.asked), percent(rates.awsSolutions, rates.asked)],
    [`${rates.anyPack} by any of four packs`, String(rates.asked), percent(rates.anyPack, rates.asked)],
    [`${rates.unreadable} can't be read back for the packs`, '', ''],
  ]);
}
