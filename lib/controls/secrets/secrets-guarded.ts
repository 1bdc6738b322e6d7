import { everyTier, fixture, type RuleControl } from '../control';
import { absent, companion, guard, guards, is, pointsAt, satisfies } from '../expect';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject } from '../view';

const SECRET = 'AWS::SecretsManager::Secret';
const POLICY = 'AWS::SecretsManager::ResourcePolicy';

const isForEverybody = (principal: Json | undefined): boolean =>
  principal === '*' || asList(asObject(principal).AWS).includes('*');

const KNOWN = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']);

/** A statement that refuses everybody everything under one condition. */
const refuses = (policy: Json | undefined, condition: (conditions: Json | undefined) => boolean): boolean =>
  asList(at(policy, 'Statement')).some((statement) => {
    const { Effect, Principal, Action, Resource, Condition } = asObject(statement);
    return (
      Object.keys(asObject(statement)).every((name) => KNOWN.has(name)) &&
      Effect === 'Deny' &&
      isForEverybody(Principal) &&
      asList(Action).join() === 'secretsmanager:*' &&
      asList(Resource).join() === '*' &&
      condition(Condition)
    );
  });

const isPlainText = (conditions: Json | undefined): boolean =>
  Object.keys(asObject(conditions)).length === 1 && String(at(conditions, 'Bool.aws:SecureTransport')) === 'false';

const isStrange = (conditions: Json | undefined, view: EnvironmentView): boolean =>
  Object.keys(asObject(conditions)).length === 2 &&
  Object.keys(asObject(at(conditions, 'StringNotEquals'))).length === 1 &&
  Object.keys(asObject(at(conditions, 'Bool'))).length === 1 &&
  /^(\$\{AWS::AccountId\}|\d{12})$/.test(view.text(at(conditions, 'StringNotEquals.aws:PrincipalAccount'))) &&
  String(at(conditions, 'Bool.aws:PrincipalIsAWSService')) === 'false';

const refusal = (Condition: JsonObject): JsonObject => ({
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'secretsmanager:*',
  Resource: '*',
  Condition,
});
const plainText = refusal({ Bool: { 'aws:SecureTransport': 'false' } });
const strangers = refusal({
  StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } },
  Bool: { 'aws:PrincipalIsAWSService': 'false' },
});
const secret = {
  Type: SECRET,
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: { KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
};
const policy = (statements: readonly JsonObject[], changed: JsonObject = {}) => ({
  Type: POLICY,
  Properties: {
    SecretId: { Ref: 'Secret' },
    BlockPublicPolicy: true,
    ResourcePolicy: { Version: '2012-10-17', Statement: statements },
    ...changed,
  },
});
const guarded = (changed: object = {}) => ({
  Key: { Type: 'AWS::KMS::Key' },
  Secret: secret,
  Policy: policy([plainText, strangers]),
  ...changed,
});

export const control: RuleControl = {
  id: 'secrets-guarded',
  title:
    'Every secret is under a key of this environment, refuses plain text and other accounts, and outlives its template',
  holds: ['K01/enforce', 'K02/enforce'],
  tiers: everyTier,
  why: 'One careless policy elsewhere would hand it to another account, and one removed construct would cut every copy off from the database.',
  remedy: 'Make secrets with ApplicationSecret, and grant reading with its grantRead().',
  ...guards(
    guard(SECRET, {
      KmsKeyId: pointsAt('AWS::KMS::Key'),
      ReplicaRegions: absent,
      '^DeletionPolicy': satisfies(
        'Retain or RetainExceptOnCreate in production',
        (value, _resource, view) =>
          view.tier !== 'production' || value === 'Retain' || value === 'RetainExceptOnCreate',
      ),
      '^UpdateReplacePolicy': satisfies(
        'Retain in production',
        (value, _resource, view) => view.tier !== 'production' || value === 'Retain',
      ),
    }),
    companion(
      POLICY,
      { by: SECRET, as: 'a policy that refuses plain text and other accounts' },
      (each, resource, view) => view.target(each.properties.SecretId, each) === resource,
    ),
    guard(POLICY, {
      SecretId: pointsAt(SECRET),
      BlockPublicPolicy: is(true),
      ResourcePolicy: satisfies(
        'refusals of plain text and of other accounts, and nothing else',
        (value, _resource, view) =>
          at(value, 'Version') === '2012-10-17' &&
          refuses(value, isPlainText) &&
          refuses(value, (conditions) => isStrange(conditions, view)) &&
          asList(at(value, 'Statement')).length === 2,
      ),
    }),
  ),
  fixtures: {
    pass: [
      fixture('guarded', guarded()),
      fixture(
        'deleted with a development environment',
        guarded({ Secret: { ...secret, DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' } }),
        'development',
      ),
    ],
    refuse: [
      fixture("the account's default key", guarded({ Secret: { ...secret, Properties: {} } })),
      fixture('deleted with its stack', guarded({ Secret: { ...secret, DeletionPolicy: 'Delete' } })),
      fixture('nothing said', guarded({ Secret: { ...secret, DeletionPolicy: undefined } })),
      fixture(
        'copied to another region',
        guarded({
          Secret: { ...secret, Properties: { ...secret.Properties, ReplicaRegions: [{ Region: 'eu-west-1' }] } },
        }),
      ),
      fixture('no policy', guarded({ Policy: { Type: 'AWS::SNS::Topic' } })),
      fixture('plain text accepted', guarded({ Policy: policy([strangers]) })),
      fixture('other accounts accepted', guarded({ Policy: policy([plainText]) })),
      fixture(
        'a refusal with a hole',
        guarded({ Policy: policy([{ ...plainText, Action: 'secretsmanager:PutSecretValue' }, strangers]) }),
      ),
      fixture(
        'somebody let in',
        guarded({
          Policy: policy([plainText, strangers, { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }]),
        }),
      ),
      fixture(
        'a refusal too many, which locks the app out',
        guarded({ Policy: policy([plainText, strangers, refusal({ Bool: { 'aws:SecureTransport': 'true' } })]) }),
      ),
      fixture(
        'public policies not blocked',
        guarded({ Policy: policy([plainText, strangers], { BlockPublicPolicy: false }) }),
      ),
    ],
  },
};
