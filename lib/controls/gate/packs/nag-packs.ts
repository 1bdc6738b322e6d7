import type { CfnResource } from 'aws-cdk-lib';
import type { IApplyRule, NagPack } from 'cdk-nag';
import type { Subject } from '../subject';
import { adviceOn } from './nag-advice';
import { baseOf, type Pack, type PackFinding, type PackRun, versionOf } from './pack';

/** What the gate reaches into, to see which rules a cdk-nag pack applies and to which resources. */
interface PackInside {
  applyRule(params: IApplyRule): void;
  checkResource(node: CfnResource): void;
  isAcknowledged(node: CfnResource, ruleId: string): boolean;
}

/**
 * A pack of cdk-nag, over the construct tree.
 *
 * @param make makes the pack; asked only when there is something to judge, for loading cdk-nag takes a while
 */
export function nagPack(name: string, gating: boolean, make: () => NagPack): Pack {
  return { name, gating, run: (subject) => judged(make(), gating, subject) };
}

function judged(pack: NagPack, gating: boolean, subject: Subject): PackRun {
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
    name: pack.name,
    version: versionOf('cdk-nag/package.json'),
    gating,
    rules: [...rules.keys()].sort(),
    judged: [...judged],
    findings: violations.flatMap((violation) =>
      violation.violatingResources.map((at): PackFinding => {
        const rule = rules.get(baseOf(violation.ruleName));
        const threw = violation.description.startsWith('Rule threw');
        return {
          id: violation.ruleName,
          same: rule && `${rule.rule.name}${violation.ruleName.slice(baseOf(violation.ruleName).length)}`,
          pack: pack.name,
          gating,
          description: (threw || !rule ? violation.description : rule.info).replace(STANDARD_IDS, ''),
          why: rule?.explanation ?? '',
          ...adviceOn(rule?.rule.name, pack.name),
          resource: at.constructPath ?? '',
          location: at.locations[0] ?? '',
        };
      }),
    ),
  };
}

/** Every paragraph of the standard that a rule serves: dozens, and of no help to whoever mends the finding. */
const STANDARD_IDS = / - \(Control IDs?: .*\)(?=\.?$)/s;

const library = () => require('cdk-nag') as typeof import('cdk-nag');
const OPTIONS = { verbose: true };

/** The packs of cdk-nag: two refuse, two are reports for whoever needs them. */
export const nagPacks = (): Pack[] => [
  nagPack('AwsSolutions', true, () => new (library().AwsSolutionsChecks)(undefined, OPTIONS)),
  nagPack('NIST.800.53.R5', true, () => new (library().NIST80053R5Checks)(undefined, OPTIONS)),
  nagPack('PCI.DSS.321', false, () => new (library().PCIDSS321Checks)(undefined, OPTIONS)),
  nagPack('HIPAA.Security', false, () => new (library().HIPAASecurityChecks)(undefined, OPTIONS)),
];
