import { everyTier, fixture, type RuleControl } from '../control';
import { guard, is, pointsAt } from '../expect';

const TYPE = 'AWS::RDS::DBInstance';
const key = { Type: 'AWS::KMS::Key' };
const encrypted = { StorageEncrypted: true, KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } };

export const control: RuleControl = {
  id: 'database-encrypted',
  title: 'The database is encrypted at rest with a key of this environment',
  holds: ['D11/enforce'],
  tiers: everyTier,
  why: 'A copied volume or snapshot would be readable, and a key that we do not own can be neither rotated nor withdrawn.',
  remedy: 'Leave storageEncrypted and storageEncryptionKey of the Database construct as they are.',
  ...guard(TYPE, { StorageEncrypted: is(true), KmsKeyId: pointsAt('AWS::KMS::Key') }),
  fixtures: {
    pass: [fixture('encrypted with a key of the environment', { Key: key, Db: { Type: TYPE, Properties: encrypted } })],
    refuse: [
      fixture('not encrypted', { Key: key, Db: { Type: TYPE, Properties: { ...encrypted, StorageEncrypted: false } } }),
      fixture("with the account's default key", { Db: { Type: TYPE, Properties: { StorageEncrypted: true } } }),
    ],
  },
};
