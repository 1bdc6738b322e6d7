import { closed } from '../closed';
import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { type Guard, guard, guards, is, pointsAt, satisfies } from '../expect';
import { classOf, LOG_GROUP } from '../log-groups';
import { actionsOf, isAllow, principalsOf, statementsOf } from '../statements';
import { at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

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
const masking: JsonObject = {
  Statement: [
    { DataIdentifier: ['arn:aws:dataprotection::aws:data-identifier/AwsSecretKey'], Operation: { Audit: {} } },
    {
      DataIdentifier: ['arn:aws:dataprotection::aws:data-identifier/AwsSecretKey'],
      Operation: { Deidentify: { MaskConfig: {} } },
    },
  ],
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
        DataProtectionPolicy: satisfies('a policy that masks keys and tokens', (value) => {
          const statements = (at(value, 'Statement') ?? []) as readonly JsonObject[];
          return statements.some(
            (each) =>
              at(each, 'Operation.Deidentify.MaskConfig') !== undefined &&
              JSON.stringify(each.DataIdentifier).includes('AwsSecretKey'),
          );
        }),
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
      fixture(
        'masks nothing',
        log({ DataProtectionPolicy: { Statement: [(masking.Statement as JsonObject[])[0] as JsonObject] } }),
      ),
      fixture('a class without filters', log({ LogGroupClass: 'INFREQUENT_ACCESS' })),
      fixture('a policy of its own', log({ ResourcePolicyDocument: {} })),
    ],
  },
};
