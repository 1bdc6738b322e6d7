import { App, type AppProps, Validations } from 'aws-cdk-lib';
import type { Environment } from './config/schema';
import { BreakwaterChecks } from './controls/pack';
import { EnvironmentStage } from './stacks/environment-stage';

export interface BuildOptions {
  /** Context values, as `cdk -c` gives them. */
  readonly context?: AppProps['context'];
  /** Folder of the assembly. @default - the CDK's */
  readonly outdir?: string;
}

/** The whole application: one stage for each environment, with the checklist's gate registered. */
export function buildApp(environments: readonly Environment[], options: BuildOptions = {}): App {
  const app = new App({ context: options.context, outdir: options.outdir, analyticsReporting: false });
  const stages = environments.map((environment) => new EnvironmentStage(app, environment));
  const tiers = new Map(stages.map((stage) => [stage.node.path, stage.environment.tier]));
  Validations.of(app).addPlugins(new BreakwaterChecks((stage) => tiers.get(stage)));
  return app;
}
