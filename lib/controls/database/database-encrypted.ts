import { everyTier, fixture, type RuleControl } from '../control';
import { guard, is, pointsAt } from '../expect';

const TYPE = 'AWS::RDS::DBInstance';
const key = { Type: 'AWS::KMS::Key' };
const arn = { 'Fn::GetAtt': ['Key', 'Arn'] };
const encrypted = { StorageEncrypted: true, KmsKeyId: arn, PerformanceInsightsKMSKeyId: arn };
const refused = (name: string, changed: object) =>
  fixture(name, { Key: key, Db: { Type: TYPE, Properties: { ...encrypted, ...changed } } });

export const control: RuleControl = {
  id: 'database-encrypted',
  title: 'The database and its insights are encrypted at rest with a key of this environment',
  holds: ['D11/enforce'],
  tiers: everyTier,
  why: 'A copied volume or snapshot would be readable, and a key that we do not own can be neither rotated nor withdrawn. Insights keep the text of statements.',
  remedy: 'Leave storageEncrypted, storageEncryptionKey and performanceInsightEncryptionKey of the Database construct.',
  ...guard(TYPE, {
    StorageEncrypted: is(true),
    KmsKeyId: pointsAt('AWS::KMS::Key'),
    PerformanceInsightsKMSKeyId: pointsAt('AWS::KMS::Key'),
  }),
  fixtures: {
    pass: [fixture('encrypted with a key of the environment', { Key: key, Db: { Type: TYPE, Properties: encrypted } })],
    refuse: [
      refused('not encrypted', { StorageEncrypted: false }),
      refused("with the account's default key", { KmsKeyId: undefined }),
      refused('with a key from elsewhere', { KmsKeyId: 'arn:aws:kms:us-east-1:999999999999:key/other' }),
      refused('insights under the default key', { PerformanceInsightsKMSKeyId: undefined }),
    ],
  },
};
