import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { absent, between, type Guard, guard, guards, is, matches, satisfies } from '../expect';
import { auditedDays, namedBy, ROTATING, ROTATION, rotationOf, SECRET, useOf } from '../rules/rotation';
import { asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const PERMISSION = 'AWS::Lambda::Permission';
const FUNCTION = 'AWS::Lambda::Function';
/** A value that a person has to change may be used no longer than that, whatever its provider allows (row K06). */
const MOST_DAYS_BY_HAND = 365;
/** Passwords that protect data of ours are as old as those of the database at most. */
const MOST_DAYS_OF_PASSWORDS = 90;

const arn = (id: string): Json => ({ 'Fn::GetAtt': [id, 'Arn'] });
const named = (Name: string): { readonly Type: string; readonly Properties: JsonObject } => ({
  Type: SECRET,
  Properties: { Name: `ums/fixture/${Name}` },
});
const lambda = (name: string, variables: JsonObject = {}) => ({
  Type: FUNCTION,
  Properties: { FunctionName: `ums-fixture-${name}`, Environment: { Variables: variables } },
});
const limit = (id: string, days: number): Json => ({ 'Fn::Join': ['', [{ Ref: id }, `=${days}`]] });
const rotating = {
  App: named('database/app'),
  Rotate: lambda('rotate-database-password'),
  Schedule: {
    Type: ROTATION,
    Properties: {
      SecretId: { Ref: 'App' },
      RotationLambdaARN: arn('Rotate'),
      RotationRules: { AutomaticallyAfterDays: 90 },
      RotateImmediatelyOnUpdate: false,
    },
  },
  Permission: {
    Type: PERMISSION,
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: arn('Rotate'),
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
      SourceArn: { Ref: 'App' },
    },
  },
  Audit: lambda('audit-secrets', { ROTATING_SECRETS: limit('App', 90) }),
};
const changed = (id: keyof typeof rotating, properties: Readonly<Record<string, Json | undefined>>) => ({
  ...rotating,
  [id]: { ...rotating[id], Properties: { ...rotating[id].Properties, ...properties } as JsonObject },
});
const byHand = (variables: JsonObject, name = 'external/sentry-dsn') => ({
  Key: named(name),
  Audit: lambda('audit-secrets', variables),
});
const copied = (variables: JsonObject) => ({
  Login: named('database/proxy/app-a'),
  Rotate: lambda('rotate-database-password', variables),
});

export const control: RuleControl = {
  id: 'secrets-rotate',
  title: 'Every secret changes in time: by a rotation of the kit, or by a person whom an alarm asks two weeks before',
  holds: ['K04/enforce', 'K05/enforce', 'K06/enforce'],
  tiers: everyTier,
  why: 'A secret that never changes is as old as the first leak of it, and nobody knows who has seen it since.',
  remedy:
    'Give the secret a RotationSchedule, or name it to SecretsAudit among those that a person changes; see lib/stacks/data-stack.ts.',
  ...guards(
    {
      protects: [{ type: ROTATION, properties: [] }],
      check: (environment) => environment.ofType(SECRET).flatMap((each) => secretFaults(each, environment)),
    },
    guard(ROTATION, {
      SecretId: satisfies('a secret of this environment that rotates', (value, from, view) => {
        const secret = view.target(value, from);
        return secret?.type === SECRET && ROTATING[useOf(secret, view)] !== undefined;
      }),
      RotationLambdaARN: satisfies('the function that rotates such a secret', (_, { properties }, view) => {
        const schedule = view.ofType(ROTATION).find((each) => each.properties === properties);
        const secret = schedule && view.target(schedule.properties.SecretId, schedule);
        return secret !== undefined && rotationOf(secret, view)?.name === ROTATING[useOf(secret, view)]?.by;
      }),
      'RotationRules.AutomaticallyAfterDays': satisfies(
        'from 1 to 90 days for a login, to 365 for a key',
        (value, from, view) => {
          const secret = view.target(from.properties.SecretId, from);
          const { mostDays = 0 } = (secret && ROTATING[useOf(secret, view)]) ?? {};
          return between(1, mostDays).holds(value);
        },
      ),
      RotationRules: satisfies(
        'days between two rotations, and nothing else',
        (value) => Object.keys(asObject(value)).join() === 'AutomaticallyAfterDays',
      ),
      // At once would be in the middle of the deployment that makes the roles and the service.
      RotateImmediatelyOnUpdate: is(false),
      ExternalSecretRotationRoleArn: absent,
      HostedRotationLambda: absent,
    }),
    permissions(),
  ),
  fixtures: {
    pass: [
      fixture('a login that rotates', rotating),
      fixture('a key of another company', byHand({ SECRETS_BY_HAND: limit('Key', 365) })),
      fixture('the password of the cache', byHand({ SECRETS_BY_HAND: limit('Key', 90) }, 'cache')),
      fixture('a copy for the proxy', copied({ PROXY_SECRETS: { Ref: 'Login' } })),
    ],
    refuse: [
      fixture('no rotation', { ...rotating, Schedule: { Type: 'AWS::SNS::Topic' } }),
      fixture('every 91 days', changed('Schedule', { RotationRules: { AutomaticallyAfterDays: 91 } })),
      fixture('a schedule of its own', changed('Schedule', { RotationRules: { ScheduleExpression: 'rate(90 days)' } })),
      fixture('at once', changed('Schedule', { RotateImmediatelyOnUpdate: true })),
      fixture('by a published function', changed('Schedule', { HostedRotationLambda: { RotationType: 'x' } })),
      fixture('by another function', changed('Schedule', { RotationLambdaARN: arn('Audit') })),
      fixture(
        'of a secret elsewhere',
        changed('Schedule', { SecretId: 'arn:aws:secretsmanager:us-east-1:1:secret:x' }),
      ),
      fixture('nobody may call', { ...rotating, Permission: { Type: 'AWS::SNS::Topic' } }),
      fixture('called for any secret', changed('Permission', { SourceArn: undefined })),
      fixture('called for any account', changed('Permission', { SourceAccount: undefined })),
      fixture('nobody audits the rotation', { ...rotating, Audit: lambda('audit-secrets') }),
      fixture(
        'audited by other days',
        changed('Audit', lambda('audit-secrets', { ROTATING_SECRETS: limit('App', 365) }).Properties),
      ),
      fixture('a key that nobody looks at', byHand({})),
      fixture('a key for two years', byHand({ SECRETS_BY_HAND: limit('Key', 730) })),
      fixture('the password of the cache for a year', byHand({ SECRETS_BY_HAND: limit('Key', 365) }, 'cache')),
      fixture('a copy that nobody changes', copied({})),
    ],
  },
};

/** A secret that rotates is audited by its own days; one that does not is a copy that a rotation changes, or a person's. */
function secretFaults(secret: Resource, environment: EnvironmentView): Finding[] {
  const use = useOf(secret, environment);
  const fault = (found: string, expected: string): Finding[] => [
    { resource: secret, location: 'Resource', found, expected },
  ];
  const need = ROTATING[use];
  if (need) {
    const rotation = rotationOf(secret, environment);
    if (!rotation) return fault('no rotation', `a ${ROTATION} by ${need.by}`);
    const days = asObject(rotation.schedule.properties.RotationRules).AutomaticallyAfterDays;
    const audited = auditedDays('ROTATING_SECRETS', environment).get(secret);
    return audited !== undefined && audited === Number(days)
      ? []
      : fault(`an audit after ${shown(audited)} days`, `audit-secrets to look after ${shown(days)} days`);
  }
  if (use.startsWith('database/proxy/'))
    return namedBy('rotate-database-password', 'PROXY_SECRETS', environment).includes(secret)
      ? []
      : fault('a copy that no rotation changes', 'a secret that rotate-database-password changes with its login');
  const most = use.startsWith('external/') ? MOST_DAYS_BY_HAND : MOST_DAYS_OF_PASSWORDS;
  const days = auditedDays('SECRETS_BY_HAND', environment).get(secret);
  return days !== undefined && days >= 1 && days <= most
    ? []
    : fault(`an audit after ${shown(days)} days`, `audit-secrets to ask a person after ${most} days at most`);
}

/** Secrets Manager may call the function of each rotation, for its secret and this account, and no other. */
function permissions(): Guard {
  const ours = ({ properties }: Resource) => properties.Principal === 'secretsmanager.amazonaws.com';
  const judged = guard(
    PERMISSION,
    {
      Action: is('lambda:InvokeFunction'),
      FunctionName: satisfies('the function that rotates the secret', (value, from, view) => {
        const secret = view.target(from.properties.SourceArn, from);
        const rotation = secret && rotationOf(secret, view);
        return rotation?.by !== undefined && view.target(value, from) === rotation.by;
      }),
      SourceAccount: matches(/^(\$\{AWS::AccountId\}|\d{12})$/, 'this account'),
    },
    ours,
  );
  return guards(judged, {
    protects: [
      { type: PERMISSION, properties: [] },
      { type: PERMISSION, properties: ['SourceArn'] },
    ],
    check: (environment) =>
      environment
        .ofType(ROTATION)
        .filter(
          (schedule) =>
            !environment
              .ofType(PERMISSION)
              .filter(ours)
              .some(
                (each) =>
                  environment.target(each.properties.SourceArn, each) ===
                    environment.target(schedule.properties.SecretId, schedule) &&
                  environment.target(each.properties.FunctionName, each) ===
                    environment.target(schedule.properties.RotationLambdaARN, schedule),
              ),
        )
        .map((resource) => ({
          resource,
          location: 'Resource',
          found: 'no permission for Secrets Manager to call its function',
          expected: `a ${PERMISSION} for this secret and this account`,
        })),
  });
}
