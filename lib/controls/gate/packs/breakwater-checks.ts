import { readFileSync } from 'node:fs';
import type { CfnResource, IPolicyValidationContext, PolicyValidationPluginReport, Stack } from 'aws-cdk-lib';
import { NagPack } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { type Control, isRule, type RuleControl } from '../../control';
import { controls } from '../../find';
import type { EnvironmentView, Template, TierOf } from '../../view';
import { environments, imagesOf, judgeEnvironment } from './judge';

/**
 * The kit's own checks as a cdk-nag pack, for an app that registers its packs with the CDK by itself. The gate does not
 * need it: `ownPack` judges the same without loading cdk-nag.
 *
 * They judge rendered templates, one environment at a time, so that an escape hatch can't hide from them and a rule can
 * see what is missing or how parts of two stacks fit together.
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
