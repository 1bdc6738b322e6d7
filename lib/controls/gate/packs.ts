import { readFileSync } from 'node:fs';
import type { CfnResource } from 'aws-cdk-lib';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  type IApplyRule,
  type NagPack,
  NIST80053R5Checks,
  PCIDSS321Checks,
} from 'cdk-nag';
import type { RuleControl } from '../control';
import type { EnvironmentView } from '../view';
import type { GateFinding } from './finding';
import { BreakwaterChecks, described, environments, findingsIn, imagesOf, rowsOf, type TierOf } from './pack';
import type { Subject } from './subject';

/** What a pack did: its findings, and the proof that it looked at everything. */
export interface PackRun {
  readonly name: string;
  readonly version: string;
  /** Whether its findings refuse the synth. */
  readonly gating: boolean;
  /** Whether it is the kit's own, which judges environments and nothing beside them. */
  readonly own?: boolean;
  /** Ids of the rules that it applied; empty where the pack can't list them. */
  readonly rules: readonly string[];
  /** Construct paths of the resources that it looked at. */
  readonly judged: ReadonlySet<string>;
  /** Whether a rule is in force for the resource at a construct path and guards its type. @default - can't be told */
  readonly guards?: (rule: string, resource: string) => boolean;
  readonly findings: readonly GateFinding[];
}

/** A set of checks that the gate runs over everything that would be deployed. */
export interface Pack {
  readonly name: string;
  readonly gating: boolean;
  run(subject: Subject): PackRun;
}

/** The kit's own controls, over the rendered templates. */
export function ownPack(tierOf: TierOf, checks = new BreakwaterChecks(tierOf)): Pack {
  const name = checks.name;
  return {
    name,
    gating: true,
    run: (subject) => {
      const views = environments(
        subject.context.appConstruct,
        tierOf,
        (stack) => subject.templates.get(stack.node.path),
        { pathOf: (stack, logicalId) => subject.pathOf(stack, logicalId), images: imagesOf(subject.context) },
      );
      const findings = views.flatMap((view) => findingsIn(view, checks.rules));
      return {
        name,
        version: versionOf('../../../package.json'),
        gating: true,
        own: true,
        rules: checks.ruleIds,
        judged: new Set(views.flatMap((view) => view.resources.map((resource) => resource.path))),
        guards: guardsIn(views, checks.rules),
        findings: findings.map((each) => ({
          id: each.rule.id,
          pack: name,
          gating: true,
          rows: rowsOf(each.rule),
          description: described(each),
          why: each.rule.why,
          remedy: each.rule.remedy,
          resource: each.finding.resource.path,
          location: each.finding.location,
          source: subject.sourceOf(each.finding.resource.path),
        })),
      };
    },
  };
}

function guardsIn(views: readonly EnvironmentView[], rules: readonly RuleControl[]): PackRun['guards'] {
  const typesOf = new Map(rules.map((rule) => [rule.id, new Set(rule.protects.map(({ type }) => type))]));
  const placed = new Map(
    views.flatMap((view) => view.resources.map(({ path, type }) => [path, { tier: view.tier, type }] as const)),
  );
  return (id, path) => {
    const resource = placed.get(path);
    const rule = rules.find((each) => each.id === id);
    return (
      resource !== undefined &&
      rule?.tiers.includes(resource.tier) === true &&
      typesOf.get(id)?.has(resource.type) === true
    );
  };
}

/** What the gate reaches into, to see which rules a cdk-nag pack applies and to which resources. */
interface PackInside {
  applyRule(params: IApplyRule): void;
  checkResource(node: CfnResource): void;
  isAcknowledged(node: CfnResource, ruleId: string): boolean;
}

/** A pack of cdk-nag, over the construct tree. */
export function nagPack(pack: NagPack, gating: boolean): Pack {
  const name = pack.name;
  return {
    name,
    gating,
    run: (subject) => {
      const rules = new Map<string, Pick<IApplyRule, 'info' | 'explanation' | 'rule'>>();
      const seen = new Set<string>();
      const judged = new Set<string>();
      const inside = pack as unknown as PackInside;
      const { applyRule, checkResource } = inside;
      inside.applyRule = (params) => {
        const rule = params.ruleSuffixOverride ?? params.rule.name;
        // Called for every rule on every resource: once is enough to know a rule.
        if (!seen.has(rule)) {
          seen.add(rule);
          // As cdk-nag names a rule: a finding adds what it found in brackets.
          rules.set(`${pack.readPackName}-${rule}`, params);
        }
        applyRule.call(pack, params);
      };
      inside.checkResource = (node) => {
        checkResource.call(pack, node);
        judged.add(node.node.path);
      };
      // An acknowledgement would hide a finding from us. Only an exception lets one through.
      inside.isAcknowledged = () => false;
      const { violations } = pack.validateScope(subject.context.appConstruct);
      return {
        name,
        version: versionOf('cdk-nag/package.json'),
        gating,
        rules: [...rules.keys()].sort(),
        judged,
        findings: violations.flatMap((violation) =>
          violation.violatingResources.map((at): GateFinding => {
            const rule = rules.get(baseOf(violation.ruleName));
            const threw = violation.description.startsWith('Rule threw');
            return {
              id: violation.ruleName,
              same: rule && `${rule.rule.name}${violation.ruleName.slice(baseOf(violation.ruleName).length)}`,
              pack: name,
              gating,
              rows: [],
              description: (threw || !rule ? violation.description : rule.info).replace(STANDARD_IDS, ''),
              why: rule?.explanation ?? '',
              remedy: '',
              resource: at.constructPath ?? '',
              location: at.locations[0] ?? '',
              source: subject.sourceOf(at.constructPath ?? ''),
            };
          }),
        ),
      };
    },
  };
}

/** Every paragraph of the standard that a rule serves: dozens, and of no help to whoever mends the finding. */
const STANDARD_IDS = / - \(Control IDs?: .*\)(?=\.?$)/s;

/** The packs of cdk-nag: two refuse, two are reports for whoever needs them. */
export const nagPacks = (): Pack[] => [
  nagPack(new AwsSolutionsChecks(undefined, { verbose: true }), true),
  nagPack(new NIST80053R5Checks(undefined, { verbose: true }), true),
  nagPack(new PCIDSS321Checks(undefined, { verbose: true }), false),
  nagPack(new HIPAASecurityChecks(undefined, { verbose: true }), false),
];

/** The rule of a finding's id: `AwsSolutions-IAM5[Resource::*]` is of rule `AwsSolutions-IAM5`. */
export const baseOf = (id: string): string => id.replace(/\[.*$/s, '');

/** Version in a package.json, read without loading the package. */
export function versionOf(packageJson: string): string {
  return String((JSON.parse(readFileSync(require.resolve(packageJson), 'utf8')) as { version: string }).version);
}
