import { everyTier, fixture, type RuleControl } from '../control';
import { guard, satisfies } from '../expect';
import { FUNCTIONS, functionOf } from '../rules/functions';
import { ROTATION, rotatedBy, SECRET } from '../rules/rotation';
import type { EnvironmentView, JsonObject, Resource } from '../view';

const TYPE = 'AWS::Lambda::Function';
/** What a function is given that says nothing else. */
const SECONDS = 30;

const nameOf = (properties: JsonObject, environment: EnvironmentView): string | undefined => {
  const found = environment.ofType(TYPE).find((each) => each.properties === properties);
  return found && functionOf(found, environment);
};
const isOurs = (resource: Resource, environment: EnvironmentView): boolean =>
  functionOf(resource, environment) !== undefined;

const lambda = (name: string, changes: JsonObject = {}) => ({
  Type: TYPE,
  Properties: { FunctionName: `ums-fixture-${name}`, Timeout: SECONDS, ReservedConcurrentExecutions: 1, ...changes },
});
const alone = (changes: JsonObject = {}) => ({ Function: lambda('audit-secrets', changes) });
const secret = (use: string) => ({ Type: SECRET, Properties: { Name: `ums/fixture/${use}` } });
const schedule = (id: string) => ({
  Type: ROTATION,
  Properties: { SecretId: { Ref: id }, RotationLambdaARN: { 'Fn::GetAtt': ['Rotate', 'Arn'] } },
});
const rotating = (changes: JsonObject) => ({
  App: secret('database/app'),
  Migrate: secret('database/migrate'),
  OfApp: schedule('App'),
  OfMigrate: schedule('Migrate'),
  Rotate: lambda('rotate-database-password', { Timeout: 180, ...changes }),
});

export const control: RuleControl = {
  id: 'functions-bounded',
  title: 'Each function has the time that its work takes, and as many runs at once as it has secrets to rotate',
  holds: ['C07/enforce', 'K04/enforce'],
  tiers: everyTier,
  why: 'A run that is cut off, or refused because another one works, leaves a rotation half done until the next try; two runs of what changes an environment as a whole get in each other’s way.',
  remedy:
    'Leave timeout and concurrency of the construct as they are; a new need goes into lib/controls/rules/functions.ts.',
  ...guard(
    TYPE,
    {
      Timeout: satisfies('the seconds that it is listed with', (value, { properties }, view) => {
        const name = nameOf(properties, view);
        return name !== undefined && Number(value) === (FUNCTIONS[name]?.seconds ?? SECONDS);
      }),
      ReservedConcurrentExecutions: satisfies(
        '1, or the number of secrets that it rotates',
        (value, { properties }, view) => {
          const name = nameOf(properties, view);
          return name !== undefined && Number(value) === Math.max(1, rotatedBy(name, view).length);
        },
      ),
    },
    isOurs,
  ),
  fixtures: {
    pass: [
      fixture('one at a time', alone()),
      fixture('two logins', rotating({ ReservedConcurrentExecutions: 2 })),
      fixture('a function of somebody else', { Function: lambda('resize-pictures', { Timeout: 900 }) }),
    ],
    refuse: [
      fixture('two at a time', alone({ ReservedConcurrentExecutions: 2 })),
      fixture('cut off', alone({ Timeout: 10 })),
      fixture('hanging', alone({ Timeout: 900 })),
      fixture('the second login is refused', rotating({ ReservedConcurrentExecutions: 1 })),
      fixture('no time for the proxy', rotating({ ReservedConcurrentExecutions: 2, Timeout: 30 })),
    ],
  },
};
