import type { RuleControl } from '../../../lib/controls/control';
import type { EnvironmentView } from '../../../lib/controls/view';
import { cosmetic } from './cosmetic';
import { equivalent } from './equivalent';
import { sabotagesOf } from './generators';
import { Runner, type Verdict } from './runner';
import type { Sabotage } from './sabotage';

/** What became of every sabotage of one environment. */
export interface Campaign {
  readonly environment: string;
  /** All that were generated, before cosmetic and equivalent ones were set aside. */
  readonly generated: number;
  /** Set aside, with the number of sabotages for each reason. */
  readonly setAside: ReadonlyMap<string, number>;
  /** Security-relevant sabotages, judged. */
  readonly verdicts: readonly Verdict[];
  /** Findings in the untouched environment that no exception covers. */
  readonly standing: readonly string[];
  /** Controls that threw instead of saying what is wrong. */
  readonly broken: readonly string[];
  /** Milliseconds for each sabotage, views and controls together. */
  readonly msEach: number;
  /** Milliseconds by control over the whole campaign, the dearest first. */
  readonly cost: readonly (readonly [string, number])[];
}

/**
 * Generates every sabotage of an environment and judges the security-relevant ones.
 *
 * @param every judges each n-th of them only, for an environment whose constructs are judged elsewhere in full
 * @param always judged in any case: what no other environment has. @default - nothing
 */
export function campaign(
  view: EnvironmentView,
  rules: readonly RuleControl[],
  every = 1,
  always: (sabotage: Sabotage) => boolean = () => false,
): Campaign {
  const all = sabotagesOf(view);
  const { relevant: whole, setAside } = sorted(all, view);
  const relevant = whole.filter((each, index) => index % every === 0 || always(each));
  const runner = new Runner(view, rules);
  const start = performance.now();
  const verdicts = relevant.map((each) => runner.judge(each));
  return {
    environment: view.name,
    generated: all.length,
    setAside,
    verdicts,
    standing: runner.standing,
    broken: [...runner.broken].map(([id, error]) => `${id}: ${error}`),
    msEach: (performance.now() - start) / Math.max(1, relevant.length),
    cost: [...runner.cost].sort(([, a], [, b]) => b - a),
  };
}

/** Sabotages that weaken something, apart from those that a list says weaken nothing. */
export function sorted(
  all: readonly Sabotage[],
  view: EnvironmentView,
): { relevant: readonly Sabotage[]; setAside: Map<string, number> } {
  const setAside = new Map<string, number>();
  const relevant = all.filter((each) => {
    const why = cosmetic(each) ?? equivalent(each, view);
    if (why !== undefined) setAside.set(why, (setAside.get(why) ?? 0) + 1);
    return why === undefined;
  });
  return { relevant, setAside };
}

export const isKilled = (verdict: Verdict): boolean => verdict.killedBy.length > 0;

/** What controls say they protect. */
export const protectedOnes = (verdicts: readonly Verdict[]): readonly Verdict[] =>
  verdicts.filter((verdict) => verdict.protectedBy.length > 0);

/**
 * Refused by the right control: one that says it protects what was changed, or another whose finding stands on the
 * resource or on one that is tied to it. What was deleted can only be missed by what it belonged to.
 */
export const isKilledRightly = (verdict: Verdict): boolean =>
  verdict.named || verdict.killedBy.some((id) => verdict.protectedBy.includes(id));

export const rate = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
