import { everyTier, fixture, type RuleControl } from '../control';
import { type Expectation, guard, guards, is, satisfies } from '../expect';
import { closed } from '../rules/closed';
import { asList, asObject, at, type Json, type JsonObject } from '../view';

const TYPE = 'AWS::S3::Bucket';
const BLOCKS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

/** S3's own key, where AWS delivers and takes no other; else a key of the environment. */
const encrypted: Expectation = satisfies(
  'AES256, or aws:kms with a key of this environment',
  (value, bucket, environment) => {
    const rules = asList(value).map((rule) => asObject(asObject(rule).ServerSideEncryptionByDefault));
    return (
      rules.length > 0 &&
      rules.every(
        ({ SSEAlgorithm: algorithm, KMSMasterKeyID: key }) =>
          algorithm === 'AES256' ||
          (algorithm === 'aws:kms' && environment.target(key, bucket)?.type === 'AWS::KMS::Key'),
      )
    );
  },
);

/** Accesses are logged to a bucket of the environment; without a name that is the bucket itself. */
const logged: Expectation = satisfies(
  'a prefix, in this bucket or another of this environment',
  (value, bucket, environment) => {
    const { DestinationBucketName: name, LogFilePrefix: prefix } = asObject(value);
    const own = name === undefined || environment.target(name, bucket)?.type === TYPE;
    return own && typeof prefix === 'string' && prefix !== '';
  },
);

/** Old objects and old versions go, but a version lives long enough to be brought back. */
const expiring: Expectation = satisfies(
  'an enabled rule that keeps replaced versions 30 to 365 days and drops unfinished uploads within a week',
  (value) => {
    const rules = asList(at(value, 'Rules')).map(asObject);
    return rules.some(
      (rule) =>
        rule.Status === 'Enabled' &&
        rule.Prefix === undefined &&
        rule.TagFilters === undefined &&
        within(at(rule, 'NoncurrentVersionExpiration.NoncurrentDays'), 30, 365) &&
        within(at(rule, 'AbortIncompleteMultipartUpload.DaysAfterInitiation'), 1, 7),
    );
  },
);

const within = (value: Json | undefined, least: number, most: number): boolean =>
  Number(value) >= least && Number(value) <= most;

const lifecycle = (NoncurrentDays: number, DaysAfterInitiation = 1): JsonObject => ({
  Rules: [
    {
      Status: 'Enabled',
      NoncurrentVersionExpiration: { NoncurrentDays },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation },
    },
  ],
});
const sound: JsonObject = {
  PublicAccessBlockConfiguration: Object.fromEntries(BLOCKS.map((block) => [block, true])),
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
  },
  VersioningConfiguration: { Status: 'Enabled' },
  OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  LoggingConfiguration: { LogFilePrefix: 'buckets/' },
  LifecycleConfiguration: lifecycle(30),
};
const bucket = (changes: Readonly<Record<string, Json | undefined>> = {}) => ({
  Bucket: { Type: TYPE, Properties: { ...sound, ...changes } as JsonObject },
});

export const control: RuleControl = {
  id: 'buckets-closed',
  title: 'Buckets are private, encrypted, versioned and watched, and nothing in them is public',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A bucket that was opened for a minute is found by those who look for nothing else.',
  remedy: 'Make buckets as LogBucket does (lib/constructs/logs/log-bucket.ts); serve files through the proxy.',
  ...guards(
    guard(TYPE, {
      ...Object.fromEntries(BLOCKS.map((block) => [`PublicAccessBlockConfiguration.${block}`, is(true)])),
      'BucketEncryption.ServerSideEncryptionConfiguration': encrypted,
      'VersioningConfiguration.Status': is('Enabled'),
      'OwnershipControls.Rules.0.ObjectOwnership': is('BucketOwnerEnforced'),
      LoggingConfiguration: logged,
      LifecycleConfiguration: expiring,
    }),
    closed(TYPE, [
      'BucketEncryption',
      'BucketName',
      'LifecycleConfiguration',
      'LoggingConfiguration',
      'ObjectLockConfiguration',
      'ObjectLockEnabled',
      'OwnershipControls',
      'PublicAccessBlockConfiguration',
      'Tags',
      'VersioningConfiguration',
    ]),
  ),
  fixtures: {
    pass: [
      fixture('private', bucket()),
      fixture('with a key of its own', {
        Key: { Type: 'AWS::KMS::Key' },
        ...bucket({
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              {
                ServerSideEncryptionByDefault: {
                  SSEAlgorithm: 'aws:kms',
                  KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] },
                },
              },
            ],
          },
        }),
      }),
    ],
    refuse: [
      ...BLOCKS.map((block) =>
        fixture(
          `without ${block}`,
          bucket({
            PublicAccessBlockConfiguration: { ...(sound.PublicAccessBlockConfiguration as JsonObject), [block]: false },
          }),
        ),
      ),
      ...Object.keys(sound).map((name) => fixture(`without ${name}`, bucket({ [name]: undefined }))),
      fixture('versions suspended', bucket({ VersioningConfiguration: { Status: 'Suspended' } })),
      fixture('unfinished uploads for ever', bucket({ LifecycleConfiguration: lifecycle(30, 1000) })),
      fixture('a web site', bucket({ WebsiteConfiguration: { IndexDocument: 'index.html' } })),
      fixture('an access list', bucket({ AccessControl: 'PublicRead' })),
      fixture(
        'logged elsewhere',
        bucket({ LoggingConfiguration: { DestinationBucketName: 'elsewhere', LogFilePrefix: 'x' } }),
      ),
      fixture('versions gone in a day', bucket({ LifecycleConfiguration: lifecycle(1) })),
      fixture(
        'a foreign key',
        bucket({
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/other' } },
            ],
          },
        }),
      ),
    ],
  },
};
