import type { RuleControl } from '../../../lib/controls/control';
import type { EnvironmentView } from '../../../lib/controls/view';
import { proxyFileOf, sabotagesOfFile } from './proxy-file';
import { harmless } from './proxy-file-harmless';

/** What became of the sabotages of one rendered file. */
export interface FileResult {
  readonly generated: number;
  /** Those that weaken nothing, by reason. */
  readonly setAside: ReadonlyMap<string, number>;
  readonly judged: number;
  readonly refused: number;
  /** What nobody refused: where, what was done, and the line before and after. */
  readonly survivors: readonly string[];
  /** Findings of the file as it is. */
  readonly standing: readonly string[];
  readonly msEach: number;
}

/** Weakens the configuration of an environment's proxy in every way, and asks the controls of the proxy about every n-th. */
export function fileCampaign(view: EnvironmentView, rules: readonly RuleControl[], every = 1): FileResult {
  const file = proxyFileOf(view);
  let asked = rules.filter(({ id, tiers }) => id.startsWith('proxy-') && tiers.includes(view.tier));
  const standing = asked.flatMap((rule) => rule.check(view).map(({ found }) => `${rule.id}: ${found}`));
  const generated = sabotagesOfFile(file.text);
  const setAside = new Map<string, number>();
  const relevant = generated.filter((each) => {
    const why = harmless(each);
    if (why !== undefined) setAside.set(why, (setAside.get(why) ?? 0) + 1);
    return why === undefined;
  });
  const sample = relevant.filter((_, index) => index % every === 0);
  const begun = performance.now();
  const survivors = sample.filter(({ text }) => {
    const weakened = file.with(text);
    const refuser = asked.find((rule) => rule.check(weakened).length > 0);
    // Neighbouring lines are mostly judged by the same control.
    if (refuser) asked = [refuser, ...asked.filter((rule) => rule !== refuser)];
    return refuser === undefined;
  });
  return {
    generated: generated.length,
    setAside,
    judged: sample.length,
    refused: sample.length - survivors.length,
    survivors: survivors.map(
      ({ line, kind, block, before, after }) => `${line} (${block}) ${kind}: ${differing(before, after)}`,
    ),
    standing,
    msEach: (performance.now() - begun) / Math.max(1, sample.length),
  };
}

/** Both texts from shortly before they differ: some lines are very long. */
function differing(before: string, after: string): string {
  const at = [...before].findIndex((letter, index) => letter !== after[index]);
  const from = Math.max(0, (at < 0 ? before.length : at) - 40);
  return [before, after].map((text) => text.slice(from, from + 100)).join(' => ');
}

/** The figures in a line. */
export const fileSummary = (name: string, { generated, setAside, judged, refused, msEach }: FileResult): string => {
  const aside = [...setAside.values()].reduce((sum, each) => sum + each, 0);
  return `nginx.conf of ${name}: ${generated} sabotages, ${aside} of them set aside as harmless; ${refused} of ${judged} judged are refused, in ${msEach.toFixed(1)} ms each`;
};
