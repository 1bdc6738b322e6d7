import { App, Stage } from 'aws-cdk-lib';
import { environment as prod } from '../../lib/config/environments/prod';
import { type Environment, environmentSchema, type Tier } from '../../lib/config/schema';

type DeepPartial<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T;

/** A valid environment of a tier, with some values changed. */
export function environmentOf(tier: Tier = 'production', changes: DeepPartial<Environment> = {}): Environment {
  const name = { development: 'dev', staging: 'staging', production: 'prod' }[tier];
  return environmentSchema(tier).parse(merge({ ...prod, name, tier }, changes));
}

/** The feature flags that the command line reads: they decide what is rendered. */
const { context } = require('../../cdk.json') as { context: Record<string, unknown> };

/** A stage to put the stacks of a unit test in, outside any assembly that could be deployed. */
export function stageOf(environment: Environment): Stage {
  return new Stage(new App({ analyticsReporting: false, context }), environment.name, {
    env: { account: environment.account, region: environment.region },
  });
}

function merge(base: unknown, changes: unknown): unknown {
  const isPlain = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isPlain(base) || !isPlain(changes)) return changes === undefined ? base : changes;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(changes)])].map((key) => [key, merge(base[key], changes[key])]),
  );
}
