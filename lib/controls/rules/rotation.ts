import { asList, at, type EnvironmentView, type Resource } from '../view';
import { functionNamed, functionOf } from './functions';

export const SECRET = 'AWS::SecretsManager::Secret';
export const ROTATION = 'AWS::SecretsManager::RotationSchedule';

/** Name of a secret without application and environment, such as `database/app`. */
export const useOf = (secret: Resource, environment: EnvironmentView): string =>
  environment.text(secret.properties.Name).split('/').slice(2).join('/');

/** How a secret must rotate: by which function of the kit, and how often at least, in days. */
export interface RotationNeed {
  readonly by: string;
  readonly mostDays: number;
}

/** Secrets that rotate by themselves, by their use. */
export const ROTATING: Readonly<Record<string, RotationNeed>> = {
  'database/app': { by: 'rotate-database-password', mostDays: 90 },
  'database/migrate': { by: 'rotate-database-password', mostDays: 90 },
  'jwt-secret-key': { by: 'rotate-application-key', mostDays: 365 },
  'secret-key': { by: 'rotate-application-key', mostDays: 365 },
};

/** The rotation of a secret, and the function that it calls. */
export function rotationOf(
  secret: Resource,
  environment: EnvironmentView,
): { readonly schedule: Resource; readonly by?: Resource; readonly name?: string } | undefined {
  const schedule = environment
    .ofType(ROTATION)
    .find((each) => environment.target(each.properties.SecretId, each) === secret);
  if (!schedule) return undefined;
  const by = environment.target(schedule.properties.RotationLambdaARN, schedule);
  return { schedule, by, name: by && functionOf(by, environment) };
}

/** Secrets that a function rotates. */
export const rotatedBy = (name: string, environment: EnvironmentView): readonly Resource[] =>
  environment.ofType(SECRET).filter((secret) => rotationOf(secret, environment)?.name === name);

/** Resources that a variable of a function names, such as secrets in a list of ARNs. */
export function namedBy(name: string, variable: string, environment: EnvironmentView): readonly Resource[] {
  const named = functionNamed(name, environment);
  return named ? environment.targets(at(named.properties, `Environment.Variables.${variable}`), named) : [];
}

/** Days that the audit of secrets allows each secret, as one of its variables has them: `arn=days`, with commas between. */
export function auditedDays(
  variable: 'ROTATING_SECRETS' | 'SECRETS_BY_HAND',
  environment: EnvironmentView,
): ReadonlyMap<Resource, number> {
  const audit = functionNamed('audit-secrets', environment);
  if (!audit) return new Map();
  const value = at(audit.properties, `Environment.Variables.${variable}`);
  const days = [...environment.text(value ?? '').matchAll(/=(\d+)(?=,|$)/g)].map(([, number]) => Number(number));
  const secrets = environment.targets(value, audit);
  return secrets.length === days.length
    ? new Map(secrets.map((secret, index) => [secret, days[index] as number]))
    : new Map();
}

/** Minutes between two runs of a function by a rule; nothing when no rule runs it. */
export function minutesBetween(name: string, environment: EnvironmentView): number | undefined {
  const run = functionNamed(name, environment);
  const minutes = environment
    .ofType('AWS::Events::Rule')
    .filter((rule) => asList(rule.properties.Targets).some((each) => environment.target(at(each, 'Arn'), rule) === run))
    .flatMap(({ properties }) => {
      const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(properties.ScheduleExpression)) ?? [];
      return count ? [Number(count) * { minute: 1, hour: 60, day: 1440 }[unit as 'minute']] : [];
    });
  return run && minutes.length > 0 ? Math.min(...minutes) : undefined;
}
