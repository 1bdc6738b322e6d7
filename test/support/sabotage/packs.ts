import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, HIPAASecurityChecks, type NagPack, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import type { EnvironmentView, Template } from '../../../lib/controls/view';
import { apply, type Sabotage } from './sabotage';

/** What the published packs make of a sample of sabotages. */
export interface PackRates {
  /** Sabotages that the packs could be asked about. */
  readonly asked: number;
  readonly awsSolutions: number;
  /** By any of AwsSolutions, NIST 800-53 R5, PCI DSS 3.2.1 and HIPAA. */
  readonly anyPack: number;
  /** Templates that can't be read back into constructs, such as with a reference to nothing. */
  readonly unreadable: number;
  readonly msEach: number;
}

const packs: readonly NagPack[] = [
  new AwsSolutionsChecks(),
  new NIST80053R5Checks(),
  new PCIDSS321Checks(),
  new HIPAASecurityChecks(),
];

/**
 * The packs judge a construct tree, so the weakened template is read back into one. They see one stack at a time. A
 * pack refuses a sabotage when it reports something that it doesn't report about the untouched stack by the same way.
 */
export function packRates(view: EnvironmentView, sabotages: readonly Sabotage[]): PackRates {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-packs-'));
  const start = performance.now();
  try {
    const judge = (template: Template): readonly ReadonlySet<string>[] => findingsOf(template, join(folder, 't.json'));
    const baselines = new Map(Object.entries(view.templates).map(([stack, template]) => [stack, judge(template)]));
    let [awsSolutions, anyPack, unreadable] = [0, 0, 0];
    for (const sabotage of sabotages) {
      const template = apply(view.templates, sabotage)[sabotage.stack] as Template;
      const before = baselines.get(sabotage.stack) ?? [];
      try {
        const worse = judge(template).map((found, pack) => [...found].some((each) => !before[pack]?.has(each)));
        if (worse[0]) awsSolutions += 1;
        if (worse.includes(true)) anyPack += 1;
      } catch {
        unreadable += 1;
      }
    }
    const asked = sabotages.length - unreadable;
    const msEach = (performance.now() - start) / Math.max(1, sabotages.length);
    return { asked, awsSolutions, anyPack, unreadable, msEach };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What each pack reports about one template. */
function findingsOf(template: Template, file: string): readonly ReadonlySet<string>[] {
  const stack = new Stack(new App({ analyticsReporting: false }), 'stack');
  writeFileSync(file, readable(template));
  new CfnInclude(stack, 'include', { templateFile: file });
  return packs.map(
    (pack) =>
      new Set(
        pack
          .validateScope(stack)
          .violations.flatMap((violation) =>
            violation.violatingResources.map((at) => `${violation.ruleName}|${at.constructPath}`),
          ),
      ),
  );
}

/** The reader doesn't know references by name. To packs that see one stack, they are the same as imports. */
const readable = (template: Template): string =>
  JSON.stringify(template, (_key, value) => {
    const named = value?.['Fn::GetStackOutput'];
    return named ? { 'Fn::ImportValue': `${named.StackName}:${named.OutputName}` } : value;
  });

/** Every n-th, so that all kinds and types are met in their proportion and every run asks the same. */
export function sample<T>(all: readonly T[], size: number): readonly T[] {
  const step = Math.max(1, all.length / size);
  return Array.from({ length: Math.min(size, all.length) }, (_, index) => all[Math.floor(index * step)] as T);
}
