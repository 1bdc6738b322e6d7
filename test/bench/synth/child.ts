import type { Environment } from '../../../lib/config/schema';
import type { ChildReport, Task } from './task';

/**
 * One synthesis as a process of its own, as `cdk synth` starts one. It loads only what its variant needs: an app
 * without checks does not pay for loading them.
 */
function work(task: Task): Omit<ChildReport, 'cpuMs'> {
  if (task.variant === 'library') {
    require('aws-cdk-lib');
    return {};
  }
  const { loadEnvironments } = require('../../../lib/config/parse') as typeof import('../../../lib/config/parse');
  const environments = cloned(loadEnvironments(task.environments), task.copies);
  if (task.variant === 'baseline' || task.variant === 'stock') return bare(task, environments);
  return ours(task, environments);
}

/** The same stages in a plain App: without checks, or with what the CDK and cdk-nag offer, as their guides wire it. */
function bare({ variant, outdir }: Task, environments: readonly Environment[]): Omit<ChildReport, 'cpuMs'> {
  const { App, CloudFormationValidatePlugin, Validations } = require('aws-cdk-lib') as typeof import('aws-cdk-lib');
  const { EnvironmentStage } =
    require('../../../lib/stacks/environment-stage') as typeof import('../../../lib/stacks/environment-stage');
  const { context } = require('../../../cdk.json') as { context: Record<string, unknown> };
  const app = new App({
    context,
    // What the packs find is not settled by exceptions here; the synthesis has to end all the same.
    postCliContext: { '@aws-cdk/core:failSynthOnValidationErrors': false },
    outdir,
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  for (const environment of environments) new EnvironmentStage(app, environment);
  if (variant === 'stock') {
    const nag = require('cdk-nag') as typeof import('cdk-nag');
    const packs = [
      new nag.AwsSolutionsChecks(),
      new nag.NIST80053R5Checks(),
      new nag.PCIDSS321Checks(),
      new nag.HIPAASecurityChecks(),
    ];
    Validations.of(app).addPlugins(new CloudFormationValidatePlugin(), ...packs);
  }
  app.synth();
  // The findings of stock packs would make the process fail, and that is not what is measured.
  process.exitCode = 0;
  return {};
}

function ours(task: Task, environments: readonly Environment[]): Omit<ChildReport, 'cpuMs'> {
  const { buildApp } = require('../../../lib/app') as typeof import('../../../lib/app');
  const { synthesize } = require('../../../lib/synthesize') as typeof import('../../../lib/synthesize');
  const app = buildApp(environments, { concluded: true, outdir: task.outdir, cacheFolder: task.cacheFolder ?? false });
  if (task.edited !== undefined) edit(app, task.edited);
  return { passed: synthesize(app).passed };
}

/** Changes one template and nothing that a check looks at. */
function edit(app: import('../../../lib/app').BreakwaterApp, text: string): void {
  const { Stack } = require('aws-cdk-lib') as typeof import('aws-cdk-lib');
  const stack = app.environments[0]?.node.children.find(Stack.isStack);
  if (!stack) throw new Error('there is no stack to edit');
  stack.templateOptions.description = text;
}

/** Environments like the last one under other names, to see what many of them cost. */
function cloned(environments: readonly Environment[], copies = 0): readonly Environment[] {
  const last = environments.at(-1);
  if (!last || copies === 0) return environments;
  return Array.from({ length: copies }, (_, index) => ({ ...last, name: `${last.name}-${LETTERS[index]}` }));
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

const report = work(JSON.parse(process.argv[2] ?? '') as Task);
process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  console.log(JSON.stringify({ ...report, cpuMs: (userCPUTime + systemCPUTime) / 1000 } satisfies ChildReport));
});
