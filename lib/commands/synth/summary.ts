import { join, relative } from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import type { BreakwaterApp } from '../../app';
import { placeholders } from '../../config/parse';
import { coverage, type RowCoverage } from '../../controls/coverage';
import { controls } from '../../controls/find';
import { environmentOf } from '../../controls/gate/finding';
import type { StatedException } from '../../controls/gate/settle';
import type { Verdict } from '../../controls/gate/verdict';
import type { Tier } from '../../controls/view';
import { type Estimate, estimate } from '../../pricing/estimate';
import { type Drift, drift } from '../../review/drift';
import { reviewable, TEMPLATES_FOLDER, written } from '../../review/files';
import type { EnvironmentStage } from '../../stacks/environment-stage';
import { viewsOf } from '../../views';
import { nextFor } from './next';

const PROJECT = join(__dirname, '..', '..', '..');

/**
 * What a synthesis gave, the same for people and for machines: the verdict, as `breakwater-report.json` in the assembly
 * has it, and more about each environment. A refusal has the same keys; what is only known of what was rendered is null.
 */
export interface Summary extends Omit<Verdict, 'environments'> {
  readonly environments: readonly EnvironmentReport[];
}

/** An exception with the pack whose finding it lets through. */
export interface ListedException extends StatedException {
  readonly pack: string;
}

export interface EnvironmentReport {
  readonly name: string;
  readonly tier: Tier;
  readonly region: string;
  readonly account?: string;
  readonly stacks: readonly { readonly name: string; readonly resources: number }[];
  readonly resources: number;
  /** Controls of this tier, and how many hold without an exception. */
  readonly controls: { readonly held: number; readonly of: number };
  readonly rows: { readonly held: number; readonly partial: number; readonly open: number };
  /** Findings that refuse. */
  readonly refused: number;
  readonly exceptions: readonly ListedException[];
  /** Null after a refusal: nothing is left that could be priced. */
  readonly cost: Estimate | null;
  /** Paths of values that stand for real ones. */
  readonly placeholders: readonly string[];
  /** Null after a refusal. */
  readonly templates: Templates | null;
  /** What to type next. */
  readonly next: readonly string[];
}

export interface Templates {
  /** Folder that reviewers read. */
  readonly reviewed: string;
  /** Whether that folder has been written at all. */
  readonly written: boolean;
  /** How many of its files are not what was rendered now. */
  readonly stale: number;
  /** Folder that is deployed. */
  readonly assembly: string;
}

/** What is known of an environment only because nothing refused it. */
interface Rendered {
  readonly cost: Estimate;
  readonly templates: Templates;
}

/** Gathers the summary of an app that was judged. */
export function summaryOf(app: BreakwaterApp, verdict: Verdict): Summary {
  const rendered = verdict.passed ? renderedIn(app) : new Map<string, Rendered>();
  return {
    ...verdict,
    environments: app.environments.map((stage) => reportOf(stage, verdict, rendered.get(stage.environment.name))),
  };
}

function renderedIn(app: BreakwaterApp): ReadonlyMap<string, Rendered> {
  const tiers = new Map(app.environments.map(({ environment }) => [environment.name, environment.tier]));
  const reviewed = written(TEMPLATES_FOLDER);
  const found = drift(reviewed, reviewable(app.output));
  return new Map(
    viewsOf(app.output, (stage) => tiers.get(stage)).map((view) => [
      view.name,
      { cost: estimate(view), templates: templatesOf(view.name, app.output, [...reviewed.keys()], found) },
    ]),
  );
}

const templatesOf = (
  name: string,
  outdir: string,
  reviewed: readonly string[],
  found: readonly Drift[],
): Templates => ({
  reviewed: `test/templates/${name}`,
  written: reviewed.some((path) => environmentOf(path) === name),
  stale: found.filter(({ path }) => environmentOf(path) === name).length,
  assembly: relative(PROJECT, join(outdir, `assembly-${name}`)),
});

function reportOf(stage: EnvironmentStage, verdict: Verdict, rendered: Rendered | undefined): EnvironmentReport {
  const { environment } = stage;
  const { name, tier, region, account } = environment;
  const here = ({ resource }: { readonly resource: string }) => environmentOf(resource) === name;
  const excepted = verdict.excepted.filter(({ finding }) => here(finding));
  const refused = verdict.refused.filter(here);
  const applied = controls().filter((control) => control.tiers.includes(tier));
  const notHeld = new Set([...excepted.map(({ finding }) => finding.id), ...refused.map(({ id }) => id)]);
  const rows = coverage(applied, { tier, excepted: notHeld });
  const count = (status: RowCoverage['status']) => rows.filter((row) => row.status === status).length;
  const stacks = stacksOf(stage);
  return {
    name,
    tier,
    region,
    ...(account !== undefined && { account }),
    stacks,
    resources: stacks.reduce((sum, { resources }) => sum + resources, 0),
    controls: { held: applied.filter(({ id }) => !notHeld.has(id)).length, of: applied.length },
    rows: { held: count('held'), partial: count('partial'), open: count('open') },
    refused: refused.length,
    exceptions: excepted.map(({ exception, finding }) => ({ ...exception, pack: finding.pack })),
    cost: rendered?.cost ?? null,
    placeholders: placeholders(environment).map(({ path }) => path),
    templates: rendered?.templates ?? null,
    next: verdict.passed
      ? nextFor(
          environment,
          stacksIn(stage).map((stack) => stack.region),
        )
      : ['mend what is refused, or except it with a reason', 'npm start'],
  };
}

/** How much is in each stack, from the construct tree: after a refusal there are no templates to count in. */
function stacksOf(stage: EnvironmentStage): EnvironmentReport['stacks'] {
  const resources = stage.node.findAll().filter((each) => CfnResource.isCfnResource(each));
  const of = resources.map((each) => Stack.of(each));
  return stacksIn(stage).map((stack) => ({
    name: stack.node.path.slice(stage.node.path.length + 1),
    resources: of.filter((each) => each === stack).length,
  }));
}

const stacksIn = (stage: EnvironmentStage): readonly Stack[] =>
  stage.node.findAll().filter((each) => Stack.isStack(each));
