import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import type { TierOf } from '../view';
import type { GateFinding, Problem } from './finding';
import type { JudgingDate } from './judging-date';
import { KIT_PACKAGE, type Pack, versionOf } from './packs/pack';
import { work } from './proof';
import { settle } from './settle';
import { Subject } from './subject';
import { type Verdict, verdictOf } from './verdict';

export interface GateProps {
  /** Packs in the order in which they run. */
  readonly packs: readonly Pack[];
  /** Day that exceptions are judged by. */
  readonly judged: JudgingDate;
  readonly tierOf: TierOf;
  /** Lets expired exceptions stand, once: why. @default - they do not stand */
  readonly breakGlass?: string;
  /** What to type to break the glass, for the refusal to tell. */
  readonly breakGlassCall: string;
  /** What went wrong before anything was synthesized. @default - nothing */
  readonly problems?: readonly Problem[];
}

/**
 * The one plugin that decides whether an app may be deployed. It runs every pack itself and proves that each judged
 * everything (`proof`), lays the exceptions against the findings (`settle`), and keeps the verdict for whoever concludes
 * the synthesis and prints it (`refusal`).
 */
export class Gate implements IPolicyValidationPlugin {
  readonly name = 'Breakwater gate';
  readonly version = versionOf(KIT_PACKAGE);
  private decided: Verdict | undefined;

  constructor(private readonly props: GateProps) {}

  /** What was decided; nothing before the synthesis, or when it never came to a decision. */
  get verdict(): Verdict | undefined {
    return this.decided;
  }

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    this.decided = undefined;
    const { judged, breakGlass, breakGlassCall, tierOf } = this.props;
    const subject = new Subject(context);
    const { runs, problems } = work(subject, this.props.packs);
    const settlement = settle(subject, runs, { date: judged.date, breakGlass, breakGlassCall });
    this.decided = verdictOf({
      subject,
      runs,
      settlement,
      judged,
      breakGlass,
      tierOf,
      problems: [...(this.props.problems ?? []), ...problems, ...settlement.problems],
    });
    return {
      success: this.decided.passed,
      violations: [...this.decided.refused, ...this.decided.problems].map(violation),
    };
  }
}

/** In the CDK's words. `fatal`, because the CDK lets an acknowledgement suppress anything less. */
function violation(found: GateFinding | Problem): PolicyValidationPluginReport['violations'][number] {
  return {
    ruleName: found.id,
    description: found.description,
    fix: found.remedy,
    severity: 'fatal',
    violatingResources: [
      { constructPath: found.resource, locations: 'location' in found && found.location ? [found.location] : [] },
    ],
  };
}
