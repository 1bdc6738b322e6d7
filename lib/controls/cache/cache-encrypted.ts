import { everyTier, fixture, type RuleControl } from '../control';
import { guard, is, pointsAt } from '../expect';

const TYPE = 'AWS::ElastiCache::ReplicationGroup';
const key = { Type: 'AWS::KMS::Key' };
const encrypted = {
  TransitEncryptionEnabled: true,
  TransitEncryptionMode: 'required',
  AtRestEncryptionEnabled: true,
  KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
};
const cache = (changed: object = {}) => ({ Key: key, Cache: { Type: TYPE, Properties: { ...encrypted, ...changed } } });

export const control: RuleControl = {
  id: 'cache-encrypted',
  title: 'The cache speaks TLS only and is encrypted at rest with a key of this environment',
  holds: ['C09/enforce'],
  tiers: everyTier,
  why: 'Sessions pass through it: whoever reads one is logged in as its user.',
  remedy: 'Leave transit and at-rest encryption of the Cache construct as they are.',
  ...guard(TYPE, {
    TransitEncryptionEnabled: is(true),
    TransitEncryptionMode: is('required'),
    AtRestEncryptionEnabled: is(true),
    KmsKeyId: pointsAt('AWS::KMS::Key'),
  }),
  fixtures: {
    pass: [fixture('encrypted both ways', cache())],
    refuse: [
      fixture('plain text in transit', cache({ TransitEncryptionEnabled: false })),
      fixture('TLS left to the client', cache({ TransitEncryptionMode: 'preferred' })),
      fixture('plain text at rest', cache({ AtRestEncryptionEnabled: false })),
      fixture("the account's default key", cache({ KmsKeyId: undefined })),
    ],
  },
};
