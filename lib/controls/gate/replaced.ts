import type { GateFinding } from './finding';
import { baseOf, type PackRun } from './packs/pack';

/** A published rule in whose place a control of the kit judges. */
export interface Replacement {
  /** The published rule, without what a finding adds in brackets. */
  readonly rule: string;
  /** The control that judges the same thing more exactly. */
  readonly by: string;
  /** What the published rule can't tell apart. */
  readonly why: string;
}

/**
 * Published rules that are too blunt to be met, each with the control that judges in its place. This waives nothing:
 * the control must be in force in that environment and guard that type of resource, else the finding stands.
 * The verdict lists every finding that was judged so.
 */
export const replacements: readonly Replacement[] = [
  {
    rule: 'AwsSolutions-IAM5',
    by: 'grants-are-narrow',
    why: 'It finds every wildcard. Some calls know no resource; the control lists them and refuses any other wildcard.',
  },
  {
    rule: 'AwsSolutions-ECS2',
    by: 'app-settings',
    why: 'It finds every plain setting. The control knows which settings may be plain, and no-plain-secret refuses a secret.',
  },
  {
    rule: 'AwsSolutions-EC23',
    by: 'connections-closed',
    why: 'It finds every opening to the internet. The control allows ports 80 and 443 of the load balancer and no other.',
  },
  {
    rule: 'NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW',
    by: 'routes-closed',
    why: 'It finds every route to the internet. The control allows one from public subnets and none from the others.',
  },
];

/** A finding that a control has judged instead. */
export interface ReplacedFinding {
  readonly finding: GateFinding;
  readonly by: string;
}

/** Parts the findings that a control judges instead from those that stand. */
export function replace(
  findings: readonly GateFinding[],
  runs: readonly PackRun[],
): { standing: GateFinding[]; replaced: ReplacedFinding[] } {
  const guarded = new Set(
    runs.flatMap((run) =>
      Object.entries(run.guarded ?? {}).flatMap(([id, paths]) => paths.map((path) => `${id}\n${path}`)),
    ),
  );
  const standing: GateFinding[] = [];
  const replaced: ReplacedFinding[] = [];
  for (const finding of findings) {
    const by = replacements.find(({ rule }) => rule === baseOf(finding.id))?.by;
    if (by !== undefined && guarded.has(`${by}\n${finding.resource}`)) replaced.push({ finding, by });
    else standing.push(finding);
  }
  return { standing, replaced };
}
