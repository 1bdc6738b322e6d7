import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { type Guard, guard, guards, is, pointsAt, satisfies } from '../expect';
import { closed } from '../rules/closed';
import { classOf, LOG_GROUP } from '../rules/logging/log-groups';
import { actionsOf, isAllow, principalsOf, statementsOf } from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

/** What CloudWatch Logs calls to read and write under a key. */
const NEEDED = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:DescribeKey'];
const WRITTEN_BY_THE_APP = ['application', 'error'];

/** A key that CloudWatch Logs can't use takes the log with it. */
const usable: Guard = {
  protects: [],
  check: (environment) =>
    environment.ofType(LOG_GROUP).flatMap((resource): Finding[] => {
      const key = environment.target(resource.properties.KmsKeyId, resource);
      if (!key || lets(key, environment)) return [];
      const found = 'no rights for CloudWatch Logs';
      return [{ resource: key, location: 'Properties.KeyPolicy', found, expected: NEEDED.join(', ') }];
    }),
};

const lets = (key: Resource, environment: EnvironmentView): boolean =>
  statementsOf(key)
    .filter(isAllow)
    .filter((each) => principalsOf(each, environment).some(([, who]) => /^logs\./.test(who)))
    .some((each) => NEEDED.every((action) => actionsOf(each).includes(action)));

/** Kinds of credential that AWS finds, and our own kind, which a token must match. */
const AWS_KINDS = ['AwsSecretKey', 'OpenSshPrivateKey', 'PgpPrivateKey', 'PkcsPrivateKey', 'PuttyPrivateKey'];
const IDENTIFIERS = [...AWS_KINDS.map((kind) => `arn:aws:dataprotection::aws:data-identifier/${kind}`), 'JsonWebToken'];
/** The shape of a signed token; none that was ever issued. */
const TOKEN = ['eyJhbGciOiJub25lIn0', 'eyJzdWIiOiJub2JvZHkifQ', 'c2lnbmF0dXJlb2Zub2JvZHk'].join('.');

/** Both halves that AWS asks for, finding and masking, over every kind. */
function masks(policy: Json | undefined): boolean {
  const { Version, Statement, Configuration } = asObject(policy);
  const statements = asList(Statement).map(asObject);
  const whole = (operation: string) =>
    statements.some(
      (each) =>
        at(each, operation) !== undefined && IDENTIFIERS.every((one) => asList(each.DataIdentifier).includes(one)),
    );
  const own = asList(asObject(Configuration).CustomDataIdentifier).map(asObject);
  return (
    Version === '2021-06-01' &&
    statements.length === 2 &&
    whole('Operation.Audit.FindingsDestination') &&
    // Whatever is found stays here: a destination would get what the mask hides.
    statements.every((each) => sameAs(at(each, 'Operation.Audit.FindingsDestination') ?? {}, {})) &&
    whole('Operation.Deidentify.MaskConfig') &&
    own.some(({ Name, Regex }) => Name === 'JsonWebToken' && matchesToken(Regex))
  );
}

const sameAs = (one: Json, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A pattern that matches a token, and not just anything. */
function matchesToken(pattern: Json | undefined): boolean {
  if (typeof pattern !== 'string' || !pattern.startsWith('eyJ')) return false;
  try {
    return new RegExp(`^${pattern}$`).test(TOKEN);
  } catch {
    return false;
  }
}

const key: JsonObject = {
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'logs.us-east-1.amazonaws.com' }, Action: NEEDED, Resource: '*' },
  ],
};
const log = (changes: Readonly<Record<string, Json | undefined>> = {}, policy: JsonObject = key) => ({
  Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: policy } },
  Log: {
    Type: LOG_GROUP,
    Properties: {
      LogGroupName: '/ums/prod/application',
      KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
      LogGroupClass: 'STANDARD',
      DeletionProtectionEnabled: true,
      DataProtectionPolicy: masking,
      ...changes,
    } as JsonObject,
  },
});
const masking: {
  readonly Statement: readonly JsonObject[];
  readonly Version: string;
  readonly Configuration: JsonObject;
} = {
  Version: '2021-06-01',
  Statement: [
    { DataIdentifier: IDENTIFIERS, Operation: { Audit: { FindingsDestination: {} } } },
    { DataIdentifier: IDENTIFIERS, Operation: { Deidentify: { MaskConfig: {} } } },
  ],
  Configuration: { CustomDataIdentifier: [{ Name: 'JsonWebToken', Regex: 'eyJ[\\w-]+\\.eyJ[\\w-]+\\.[\\w-]+' }] },
};

export const control: RuleControl = {
  id: 'log-groups-guarded',
  title: 'Logs are encrypted with a key of this environment, hide credentials, and production’s can’t be deleted',
  holds: ['L04/enforce', 'K09/enforce'],
  tiers: everyTier,
  why: 'Who deletes the log deletes the trace; who reads it finds the tokens that slipped in.',
  remedy: 'Leave the log classes as they are; give other log groups the key of the foundation stack.',
  ...guards(
    guard(LOG_GROUP, {
      KmsKeyId: pointsAt('AWS::KMS::Key'),
      LogGroupClass: satisfies(
        'STANDARD or nothing: filters and masking work on no other',
        (value) => value === undefined || value === 'STANDARD',
      ),
    }),
    guard(
      LOG_GROUP,
      { DeletionProtectionEnabled: is(true) },
      (group, environment) => environment.tier === 'production' && classOf(group, environment) !== undefined,
    ),
    guard(
      LOG_GROUP,
      {
        DataProtectionPolicy: satisfies(`a policy that finds and masks ${IDENTIFIERS.join(', ')}`, masks),
      },
      (group, environment) => WRITTEN_BY_THE_APP.includes(classOf(group, environment) ?? ''),
    ),
    closed(LOG_GROUP, [
      'DataProtectionPolicy',
      'DeletionProtectionEnabled',
      'KmsKeyId',
      'LogGroupClass',
      'LogGroupName',
      'RetentionInDays',
      'Tags',
    ]),
    usable,
  ),
  fixtures: {
    pass: [
      fixture('guarded', log()),
      fixture(
        'of another kind',
        log({ LogGroupName: '/aws/lambda/x', DeletionProtectionEnabled: undefined, DataProtectionPolicy: undefined }),
      ),
    ],
    refuse: [
      fixture('no key', log({ KmsKeyId: undefined })),
      fixture('a foreign key', log({ KmsKeyId: 'arn:aws:kms:us-east-1:111111111111:key/1' })),
      fixture('a key that refuses logs', log({}, { Statement: [] })),
      fixture('can be deleted', log({ DeletionProtectionEnabled: false })),
      fixture('shows credentials', log({ DataProtectionPolicy: undefined })),
      fixture('masks nothing', log({ DataProtectionPolicy: { ...masking, Statement: masking.Statement.slice(0, 1) } })),
      fixture(
        'masks one kind',
        log({
          DataProtectionPolicy: {
            ...masking,
            Statement: masking.Statement.map((each) => ({ ...each, DataIdentifier: IDENTIFIERS.slice(1) })),
          },
        }),
      ),
      fixture('knows no token', log({ DataProtectionPolicy: { ...masking, Configuration: {} } })),
      fixture(
        'knows another token',
        log({
          DataProtectionPolicy: {
            ...masking,
            Configuration: { CustomDataIdentifier: [{ Name: 'JsonWebToken', Regex: 'eyJ(' }] },
          },
        }),
      ),
      fixture('a class without filters', log({ LogGroupClass: 'INFREQUENT_ACCESS' })),
      fixture('a policy of its own', log({ ResourcePolicyDocument: {} })),
    ],
  },
};
