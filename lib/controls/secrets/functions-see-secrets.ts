import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { functionNamed } from '../rules/functions';
import { namedBy, ROTATION, rotatedBy, SECRET } from '../rules/rotation';
import { grantsOf, namesAction, reach, type Statement } from '../rules/statements';
import { asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const FUNCTION = 'AWS::Lambda::Function';
const DB = 'AWS::RDS::DBInstance';
const POLICY = 'AWS::IAM::ManagedPolicy';
const DESCRIBE = 'secretsmanager:DescribeSecret';
const GET = 'secretsmanager:GetSecretValue';
const PUT = 'secretsmanager:PutSecretValue';
const MOVE = 'secretsmanager:UpdateSecretVersionStage';
const DECRYPT = 'kms:Decrypt';
const ENCRYPT = 'kms:GenerateDataKey';

const LOOK = [DESCRIBE, GET, DECRYPT] as const;
const ROTATE = [...LOOK, PUT, ENCRYPT, MOVE] as const;

/** What a function does with secrets: those that its variables name, or those whose rotation calls it. */
interface Work {
  readonly with: readonly string[] | 'rotations';
  readonly calls: readonly string[];
}

const WORK: Readonly<Record<string, readonly Work[]>> = {
  'audit-secrets': [
    { with: ['ROTATING_SECRETS', 'SECRETS_BY_HAND'], calls: [DESCRIBE, 'secretsmanager:ListSecretVersionIds'] },
  ],
  'prepare-database': [{ with: ['APP_SECRET', 'MIGRATE_SECRET', 'MASTER_SECRET'], calls: LOOK }],
  'redeploy-service': [
    { with: ['SECRET_ARNS'], calls: [DESCRIBE, MOVE] },
    { with: ['LOGIN_SECRET_ARN'], calls: [GET, DECRYPT] },
  ],
  'retire-application-key': [{ with: ['KEYRINGS'], calls: ROTATE }],
  'rotate-application-key': [{ with: 'rotations', calls: ROTATE }],
  'rotate-database-password': [
    { with: 'rotations', calls: ROTATE },
    { with: ['MASTER_SECRET'], calls: LOOK },
    // Copies for the proxy: they are written and never read.
    { with: ['PROXY_SECRETS'], calls: [PUT, DECRYPT, ENCRYPT] },
  ],
};

const allow = (Action: Json, Resource: Json, bound?: Json): JsonObject => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(bound ? { Condition: { StringEquals: { 'kms:EncryptionContext:SecretARN': bound } } } : {}),
});
const onSecret = (...Action: readonly string[]) => allow(Action, { Ref: 'Secret' });
const onKey = allow([DECRYPT, ENCRYPT], { 'Fn::GetAtt': ['Key', 'Arn'] }, { Ref: 'Secret' });
const retiring = (...statements: readonly JsonObject[]) => ({
  Key: { Type: 'AWS::KMS::Key' },
  Secret: { Type: SECRET, Properties: { KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
  Other: { Type: SECRET },
  Role: { Type: 'AWS::IAM::Role' },
  Rights: { Type: POLICY, Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } } },
  Function: {
    Type: FUNCTION,
    Properties: {
      FunctionName: 'ums-fixture-retire-application-key',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Environment: { Variables: { KEYRINGS: { Ref: 'Secret' } } },
    },
  },
});

export const control: RuleControl = {
  id: 'functions-see-secrets',
  title: 'Each function may do what it must with every secret that it works with, and nothing with any other',
  holds: ['G02/enforce', 'K04/enforce', 'K05/enforce'],
  tiers: everyTier,
  why: 'A right too few shows at the first rotation, months after the release that lost it; a right too many opens a secret that was nobody’s business.',
  remedy: 'Give rights by the grant methods of ApplicationSecret, for the secrets that the function’s variables name.',
  protects: [
    { type: POLICY, properties: ['PolicyDocument.Statement'] },
    { type: ROTATION, properties: ['SecretId'] },
  ],
  check: (environment) =>
    Object.entries(WORK).flatMap(([name, work]) => {
      const lambda = functionNamed(name, environment);
      return lambda ? faultsOf(lambda, name, work, environment) : [];
    }),
  fixtures: {
    pass: [fixture('what it clears', retiring(onSecret(DESCRIBE, GET, PUT, MOVE), onKey))],
    refuse: [
      fixture('nothing', retiring()),
      fixture('it can not read', retiring(onSecret(DESCRIBE, PUT, MOVE), onKey)),
      fixture('without the key', retiring(onSecret(DESCRIBE, GET, PUT, MOVE))),
      fixture(
        'with the key for another secret',
        retiring(onSecret(DESCRIBE, GET, PUT, MOVE), {
          ...onKey,
          Condition: { StringEquals: { 'kms:EncryptionContext:SecretARN': { Ref: 'Other' } } },
        }),
      ),
      fixture('another secret too', retiring(onSecret(DESCRIBE, GET, PUT, MOVE), onKey, allow(GET, { Ref: 'Other' }))),
    ],
  },
};

function faultsOf(
  lambda: Resource,
  name: string,
  work: readonly Work[],
  environment: EnvironmentView,
): readonly Finding[] {
  const role = environment.target(lambda.properties.Role, lambda);
  const grants = role ? grantsOf(role, environment) : [];
  const worksWith = (each: Work): readonly Resource[] =>
    each.with === 'rotations'
      ? rotatedBy(name, environment)
      : each.with.flatMap((variable) => namedBy(name, variable, environment));
  const needed = new Map<string, Set<Resource>>();
  for (const each of work) {
    const secrets = worksWith(each);
    for (const call of each.calls) needed.set(call, new Set([...(needed.get(call) ?? []), ...secrets]));
  }
  const fault = (found: string, expected: string): Finding => ({
    resource: lambda,
    location: 'Properties.Role',
    found,
    expected,
  });
  return [...needed].flatMap(([call, secrets]) => {
    const reached = call.startsWith('kms:') ? undefined : reach(grants, call, environment);
    const has = (secret: Resource): boolean =>
      reached ? reached.has(secret) : mayUseKey(call, secret, grants, environment);
    return [
      ...[...secrets]
        .filter((secret) => !has(secret))
        .map((secret) => fault(`a role without ${call} for ${secret.path}`, 'what it does with its secrets')),
      ...[...(reached ?? [])]
        .filter((secret) => !secrets.has(secret))
        .map((secret) => fault(`a role with ${call} on ${secret.path}`, 'the secrets that it works with alone')),
    ];
  });
}

/** Whether a role may use a secret's key for that secret; one under no key of ours needs no right. */
function mayUseKey(
  call: string,
  secret: Resource,
  grants: readonly Statement[],
  environment: EnvironmentView,
): boolean {
  const path = secret.type === DB ? 'MasterUserSecret.KmsKeyId' : 'KmsKeyId';
  const key = environment.target(at(secret.properties, path), secret);
  return (
    !key ||
    grants
      .filter((each) => namesAction(each, call))
      .filter(({ body, resource }) => environment.targets(body.Resource, resource).includes(key))
      .some(({ body, resource }) => {
        const bound = asObject(at(body, 'Condition.StringEquals'))['kms:EncryptionContext:SecretARN'];
        return environment.targets(bound, resource).includes(secret);
      })
  );
}
