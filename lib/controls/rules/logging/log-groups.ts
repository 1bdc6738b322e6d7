import type { EnvironmentView, Resource, Tier } from '../../view';

export const LOG_GROUP = 'AWS::Logs::LogGroup';

/** Classes of log, and the days that production keeps each at least (rows L02, L03, L04; the rest as long as the errors). */
export const logClasses = {
  access: 30,
  error: 30,
  application: 30,
  security: 90,
  audit: 365,
  database: 30,
  flow: 90,
} as const;
export type LogClass = keyof typeof logClasses;

/** The class of a log group: the last part of `/application/environment/class`. */
export function classOf(group: Resource, environment: EnvironmentView): LogClass | undefined {
  const [, name] =
    /^\/[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*\/([a-z]+)$/.exec(environment.text(group.properties.LogGroupName)) ?? [];
  return name !== undefined && name in logClasses ? (name as LogClass) : undefined;
}

/** Days that a tier keeps a log at least. Outside production a day is enough. */
export const leastDays = (tier: Tier, days: number): number => (tier === 'production' ? days : 1);
