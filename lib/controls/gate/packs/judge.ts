import { type IPolicyValidationContext, type PolicyViolation, Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Control, Finding, RuleControl } from '../../control';
import type { RowId } from '../../rows';
import { EnvironmentView, type StackPlace, type Template, type TierOf, type ViewOptions } from '../../view';
import { imageFoldersBeside } from '../image-folders';

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
  const places = new Map<string, StackPlace>();
  for (const construct of scope.node.findAll()) {
    if (!Stack.isStack(construct) || construct.nested) continue;
    const template = templateOf(construct);
    if (!template) continue;
    const stage = stageOf(construct, tierOf);
    const id = stage ? construct.node.path.slice(stage.length + 1) : construct.node.path;
    byStage.set(stage, { ...byStage.get(stage), [id]: template });
    places.set(construct.node.path, placeOf(construct));
  }
  return [...byStage].flatMap(([stage, templates]) => {
    const tier = tierOf(stage);
    const whole = (stack: string) => (stage ? `${stage}/${stack}` : stack);
    const options: ViewOptions = {
      pathOf: (stack, logicalId) => pathOf?.(whole(stack), logicalId),
      placeOf: (stack) => places.get(whole(stack)),
      images,
    };
    return tier ? [new EnvironmentView(stage, tier, templates, options)] : [];
  });
}

/** Where a stack goes. Its region may be left to whoever deploys it. */
const placeOf = ({ stackName: name, region }: Stack): StackPlace =>
  Token.isUnresolved(region) ? { name } : { name, region };

/** Path of the environment's stage that a stack belongs to, however deep: a stage inside it is a part of it. */
function stageOf(stack: Stack, tierOf: TierOf): string {
  const own = Stage.of(stack);
  for (let stage = own; stage; stage = stage.parentStage) {
    if (tierOf(stage.node.path)) return stage.node.path;
  }
  return own?.node.path ?? '';
}
