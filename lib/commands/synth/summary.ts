import { join, relative } from 'node:path';
import type { BreakwaterApp } from '../../app';
import { placeholders } from '../../config/parse';
import type { Environment } from '../../config/schema';
import { coverage, type RowCoverage } from '../../controls/coverage';
import { controls } from '../../controls/find';
import { environmentOf } from '../../controls/finding';
import type { StatedException } from '../../controls/settle';
import type { Verdict } from '../../controls/verdict';
import type { EnvironmentView, Tier } from '../../controls/view';
import { type Estimate, estimate } from '../../pricing/estimate';
import { drift } from '../../review/drift';
import { reviewable, TEMPLATES_FOLDER, written } from '../../review/files';
import { viewsOf } from '../../views';

const PROJECT = join(__dirname, '..', '..', '..');

/** What a synthesis gave, environment by environment. The same for people and for machines. */
export interface Summary {
  readonly passed: boolean;
  readonly judged: Verdict['judged'];
  readonly packs: Verdict['packs'];
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
  readonly exceptions: readonly ListedException[];
  readonly cost: Estimate;
  /** Paths of values that stand for real ones. */
  readonly placeholders: readonly string[];
  readonly templates: {
    /** Folder that reviewers read. */
    readonly reviewed: string;
    /** How many of its files are not what was rendered now. */
    readonly stale: number;
    /** Folder that is deployed. */
    readonly assembly: string;
  };
  /** What to type next. */
  readonly next: readonly string[];
}

/** Gathers the summary of an app that passed. */
export function summaryOf(app: BreakwaterApp, verdict: Verdict): Summary {
  const tiers = new Map(app.environments.map(({ environment }) => [environment.name, environment.tier]));
  const views = viewsOf(app.outdir, (stage) => tiers.get(stage));
  const stale = drift(written(TEMPLATES_FOLDER), reviewable(app.outdir)).map(({ path }) => environmentOf(path));
  return {
    passed: verdict.passed,
    judged: verdict.judged,
    packs: verdict.packs,
    environments: app.environments.flatMap(({ environment }) => {
      const folder = relative(PROJECT, join(app.outdir, `assembly-${environment.name}`));
      const templates = { stale: stale.filter((name) => name === environment.name).length, folder };
      return views
        .filter(({ name }) => name === environment.name)
        .map((view) => reportOf(environment, view, verdict, templates));
    }),
  };
}

function reportOf(
  environment: Environment,
  view: EnvironmentView,
  verdict: Verdict,
  templates: { readonly stale: number; readonly folder: string },
): EnvironmentReport {
  const excepted = verdict.excepted.filter(({ finding }) => environmentOf(finding.resource) === view.name);
  const applied = controls().filter((control) => control.tiers.includes(view.tier));
  const waived = new Set(excepted.map(({ finding }) => finding.id));
  const rows = coverage(applied, { tier: view.tier, excepted: waived });
  const count = (status: RowCoverage['status']) => rows.filter((row) => row.status === status).length;
  return {
    name: view.name,
    tier: view.tier,
    region: environment.region,
    ...(environment.account !== undefined && { account: environment.account }),
    stacks: Object.entries(view.templates).map(([name, template]) => ({
      name,
      resources: Object.keys(template.Resources ?? {}).length,
    })),
    resources: view.resources.length,
    controls: { held: applied.filter(({ id }) => !waived.has(id)).length, of: applied.length },
    rows: { held: count('held'), partial: count('partial'), open: count('open') },
    exceptions: excepted.map(({ exception, finding }) => ({ ...exception, pack: finding.pack })),
    cost: estimate(view),
    placeholders: placeholders(environment).map(({ path }) => path),
    templates: { reviewed: `test/templates/${view.name}`, stale: templates.stale, assembly: templates.folder },
    next: nextFor(environment),
  };
}

function nextFor({ app, name, account }: Environment): string[] {
  if (account === undefined)
    return [`set account and your own values in lib/config/environments/${name}.ts`, 'npm start'];
  const release = `--parameters ${app.name}-${name}-service:Release=$(git rev-parse HEAD)`;
  return [`npx cdk diff '${name}/*'`, `npx cdk deploy '${name}/*' ${release}`];
}
