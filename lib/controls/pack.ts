import { readFileSync } from 'node:fs';
import {
  type CfnResource,
  type IPolicyValidationContext,
  type PolicyValidationPluginReport,
  type PolicyViolation,
  Stack,
  Stage,
} from 'aws-cdk-lib';
import { NagPack } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { type Control, isRule, type RuleControl } from './control';
import { controls } from './find';
import { EnvironmentView, type Template, type Tier } from './view';

/** Tells which tier the environment at a stage's construct path has; nothing for a stage that is no environment. */
export type TierOf = (stagePath: string) => Tier | undefined;

/**
 * The kit's own checks as a cdk-nag pack. They judge rendered templates, one environment at a time, so that an
 * escape hatch can't hide from them and a rule can see what is missing or how parts of two stacks fit together.
 */
export class BreakwaterChecks extends NagPack {
  readonly name = 'Breakwater';
  private readonly rules: readonly RuleControl[];

  constructor(
    private readonly tierOf: TierOf,
    known: readonly Control[] = controls(),
  ) {
    super();
    this.packName = this.name;
    this.rules = known.filter(isRule);
  }

  override readonly ruleIds = this.known();

  private known(): string[] {
    return controls()
      .filter(isRule)
      .map((control) => control.id);
  }

  /** Judges the templates on disk: the bytes that would be deployed. */
  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const templates = new Map(
      context.stackTemplates.map((t) => [
        t.stackConstructPath,
        JSON.parse(readFileSync(t.templatePath, 'utf8')) as Template,
      ]),
    );
    return this.judge(environments(context.appConstruct, this.tierOf, (stack) => templates.get(stack.node.path)));
  }

  /** Judges a construct tree that was not written to disk, as unit tests do. */
  override validateScope(scope: IConstruct): PolicyValidationPluginReport {
    return this.judge(environments(scope, this.tierOf, rendered));
  }

  /** Runs every rule over every environment. */
  judge(views: readonly EnvironmentView[]): PolicyValidationPluginReport {
    const violations = views.flatMap((view) => judgeEnvironment(view, this.rules));
    return { success: violations.length === 0, violations };
  }

  protected override checkResource(node: CfnResource): never {
    throw new Error(
      `${node.node.path}: these rules judge a whole rendered environment; call validate() or validateScope()`,
    );
  }
}

/** A stack's template without writing it. `_toCloudFormation` is what the CDK's own synthesis calls. */
const rendered = (stack: Stack): Template =>
  stack.resolve((stack as unknown as { _toCloudFormation(): object })._toCloudFormation()) as Template;

/** What the rules find in one environment, a violation for each finding. */
export function judgeEnvironment(view: EnvironmentView, rules: readonly RuleControl[]): PolicyViolation[] {
  return rules
    .filter((rule) => rule.tiers.includes(view.tier))
    .flatMap((rule) =>
      rule.check(view).map((finding) => ({
        ruleName: rule.id,
        description: `${rule.title}: found ${finding.found}, expected ${finding.expected}`,
        severity: 'error',
        fix: rule.remedy,
        ruleMetadata: { rows: rule.holds.map((claim) => claim.split('/')[0]).join(', '), why: rule.why },
        violatingResources: [{ constructPath: finding.resource.path, locations: [finding.location] }],
      })),
    );
}

/** Builds one view for each environment below a scope. */
export function environments(
  scope: IConstruct,
  tierOf: TierOf,
  templateOf: (stack: Stack) => Template | undefined,
): EnvironmentView[] {
  const byStage = new Map<string, Record<string, Template>>();
  for (const construct of scope.node.findAll()) {
    if (!Stack.isStack(construct) || construct.nested) continue;
    const template = templateOf(construct);
    if (!template) continue;
    const stage = Stage.of(construct)?.node.path ?? '';
    const id = stage ? construct.node.path.slice(stage.length + 1) : construct.node.path;
    byStage.set(stage, { ...byStage.get(stage), [id]: template });
  }
  return [...byStage].flatMap(([stage, templates]) => {
    const tier = tierOf(stage);
    return tier ? [new EnvironmentView(stage, tier, templates)] : [];
  });
}
