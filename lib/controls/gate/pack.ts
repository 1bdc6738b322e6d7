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
import { type Control, type Finding, isRule, type RuleControl } from '../control';
import { controls } from '../find';
import type { RowId } from '../rows';
import { EnvironmentView, type Template, type Tier, type ViewOptions } from '../view';
import { imageFoldersBeside } from './image-folders';

/** Tells which tier the environment at a stage's construct path has; nothing for a stage that is no environment. */
export type TierOf = (stagePath: string) => Tier | undefined;

/**
 * The kit's own checks as a cdk-nag pack. They judge rendered templates, one environment at a time, so that an
 * escape hatch can't hide from them and a rule can see what is missing or how parts of two stacks fit together.
 */
export class BreakwaterChecks extends NagPack {
  readonly name = 'Breakwater';
  readonly rules: readonly RuleControl[];
  override readonly ruleIds: string[];

  constructor(
    private readonly tierOf: TierOf,
    known: readonly Control[] = controls(),
  ) {
    super();
    this.packName = this.name;
    this.rules = known.filter(isRule);
    this.ruleIds = this.rules.map((rule) => rule.id);
  }

  /** Judges the templates on disk: the bytes that would be deployed. */
  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const templates = new Map(
      context.stackTemplates.map((t) => [
        t.stackConstructPath,
        JSON.parse(readFileSync(t.templatePath, 'utf8')) as Template,
      ]),
    );
    const images = imagesOf(context);
    return this.judge(
      environments(context.appConstruct, this.tierOf, (stack) => templates.get(stack.node.path), { images }),
    );
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

/** What one rule found in one environment. */
export interface RuleFinding {
  readonly rule: RuleControl;
  readonly finding: Finding;
}

/** What the rules of its tier find in one environment. A rule that fails to judge it has found something, too. */
export function findingsIn(view: EnvironmentView, rules: readonly RuleControl[]): RuleFinding[] {
  return rules
    .filter((rule) => rule.tiers.includes(view.tier))
    .flatMap((rule) => attempt(rule, view).map((finding) => ({ rule, finding })));
}

function attempt(rule: RuleControl, view: EnvironmentView): readonly Finding[] {
  try {
    return rule.check(view);
  } catch (error) {
    const resource = rule.protects.flatMap((each) => view.ofType(each.type))[0] ?? view.resources[0];
    if (!resource) throw error;
    return [
      { resource, location: '', found: `what it could not judge (${String(error)})`, expected: 'its usual form' },
    ];
  }
}

/** Rows of the checklist that a control serves, each once. */
export const rowsOf = (control: Control): RowId[] => [
  ...new Set(control.holds.map((claim) => claim.split('/')[0] as RowId)),
];

/** The finding in words. */
export const described = ({ rule, finding }: RuleFinding): string =>
  `${rule.title}: found ${finding.found}, expected ${finding.expected}`;

/** What the rules find in one environment, a violation for each finding. */
export function judgeEnvironment(view: EnvironmentView, rules: readonly RuleControl[]): PolicyViolation[] {
  return findingsIn(view, rules).map((each) => ({
    ruleName: each.rule.id,
    description: described(each),
    severity: 'error',
    fix: each.rule.remedy,
    ruleMetadata: { rows: rowsOf(each.rule).join(', '), why: each.rule.why },
    violatingResources: [{ constructPath: each.finding.resource.path, locations: [each.finding.location] }],
  }));
}

/** Folders of every image that a deployment of what is judged would build. */
export const imagesOf = (context: IPolicyValidationContext): ViewOptions['images'] =>
  new Map(context.stackTemplates.flatMap(({ templatePath }) => [...imageFoldersBeside(templatePath)]));

/** Builds one view for each environment below a scope; `pathOf` is asked with the stack's construct path. */
export function environments(
  scope: IConstruct,
  tierOf: TierOf,
  templateOf: (stack: Stack) => Template | undefined,
  { pathOf, images }: ViewOptions = {},
): EnvironmentView[] {
  const byStage = new Map<string, Record<string, Template>>();
  for (const construct of scope.node.findAll()) {
    if (!Stack.isStack(construct) || construct.nested) continue;
    const template = templateOf(construct);
    if (!template) continue;
    const stage = stageOf(construct, tierOf);
    const id = stage ? construct.node.path.slice(stage.length + 1) : construct.node.path;
    byStage.set(stage, { ...byStage.get(stage), [id]: template });
  }
  return [...byStage].flatMap(([stage, templates]) => {
    const tier = tierOf(stage);
    const inStage = (stack: string, logicalId: string) => pathOf?.(stage ? `${stage}/${stack}` : stack, logicalId);
    return tier ? [new EnvironmentView(stage, tier, templates, { pathOf: inStage, images })] : [];
  });
}

/** Path of the environment's stage that a stack belongs to, however deep: a stage inside it is a part of it. */
function stageOf(stack: Stack, tierOf: TierOf): string {
  const own = Stage.of(stack);
  for (let stage = own; stage; stage = stage.parentStage) {
    if (tierOf(stage.node.path)) return stage.node.path;
  }
  return own?.node.path ?? '';
}
