import type { Tier, TierOf } from '../view';
import { environmentOf, type GateFinding, type Problem } from './finding';
import type { JudgingDate } from './judging-date';
import type { Traced } from './proof';
import type { ReplacedFinding } from './replaced';
import type { ExceptedFinding, Settlement, StatedException } from './settle';
import type { Subject } from './subject';

/** What one pack did, in numbers. */
export interface PackSummary {
  readonly name: string;
  readonly version: string;
  readonly gating: boolean;
  /** Rules that it applied; 0 where it can't list them. */
  readonly rules: number;
  /** Resources that it looked at. */
  readonly judged: number;
  readonly findings: number;
}

/** What the gate says about one environment. */
export interface EnvironmentSummary {
  readonly name: string;
  /** Nothing for a stage that is no environment. */
  readonly tier?: Tier;
  readonly stacks: number;
  readonly resources: number;
  readonly refused: number;
  readonly excepted: number;
}

/** Everything that the gate decided, in a form that machines read too. The same commit gives the same bytes. */
export interface Verdict {
  readonly passed: boolean;
  readonly judged: JudgingDate;
  readonly environments: readonly EnvironmentSummary[];
  readonly packs: readonly PackSummary[];
  /** Findings that refuse. */
  readonly refused: readonly GateFinding[];
  /** What else refuses. */
  readonly problems: readonly Problem[];
  readonly excepted: readonly ExceptedFinding[];
  /** Findings of published rules in whose place a control of the kit has judged. */
  readonly replaced: readonly ReplacedFinding[];
  /** Exceptions that end soon. */
  readonly expiring: readonly StatedException[];
  /** Expired exceptions that were let stand this once, and why. */
  readonly breakGlass?: { readonly reason: string; readonly exceptions: readonly StatedException[] };
  /** How often each check of the packs that only report was found wanting. */
  readonly reported: Readonly<Record<string, number>>;
}

/** Name of the verdict's file in the assembly. */
export const VERDICT_FILE = 'breakwater-report.json';

export interface VerdictProps {
  readonly subject: Subject;
  readonly runs: readonly Traced[];
  readonly settlement: Settlement;
  readonly problems: readonly Problem[];
  readonly judged: JudgingDate;
  readonly breakGlass?: string;
  readonly tierOf: TierOf;
}

export function verdictOf(props: VerdictProps): Verdict {
  const { settlement, problems, runs } = props;
  return {
    passed: settlement.refused.length === 0 && problems.length === 0,
    judged: props.judged,
    environments: environmentsOf(props),
    packs: runs.map((run) => ({
      name: run.name,
      version: run.version,
      gating: run.gating,
      rules: run.rules.length,
      judged: new Set(run.judged).size,
      findings: run.findings.length,
    })),
    refused: settlement.refused,
    problems,
    excepted: settlement.excepted,
    replaced: settlement.replaced,
    expiring: settlement.expiring,
    ...(props.breakGlass !== undefined && {
      breakGlass: { reason: props.breakGlass, exceptions: settlement.overridden },
    }),
    reported: tally(runs.filter((run) => !run.gating).flatMap((run) => run.findings)),
  };
}

function environmentsOf({ subject, settlement, tierOf }: VerdictProps): EnvironmentSummary[] {
  const names = [...new Set([...subject.templates.keys()].map(environmentOf))].sort();
  return names.map((name) => {
    const here = (path: string) => environmentOf(path) === name;
    return {
      name,
      tier: tierOf(name),
      stacks: [...subject.templates.keys()].filter(here).length,
      resources: [...subject.resources.keys()].filter(here).length,
      refused: settlement.refused.filter((finding) => here(finding.resource)).length,
      excepted: settlement.excepted.filter((each) => here(each.finding.resource)).length,
    };
  });
}

function tally(findings: readonly GateFinding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id } of [...findings].sort((a, b) => (a.id < b.id ? -1 : 1))) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}
