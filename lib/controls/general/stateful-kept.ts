import { fixture, type RuleControl } from '../control';
import { type Expectation, guard, guards, is, oneOf } from '../expect';

/** What holds something that can't be made again. The database and keys have controls of their own beside this one. */
const STATEFUL = [
  'AWS::IAM::OIDCProvider',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::RDS::DBInstance',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
] as const;

const kept: Readonly<Record<string, Expectation>> = {
  '^DeletionPolicy': oneOf('Retain', 'RetainExceptOnCreate'),
  '^UpdateReplacePolicy': is('Retain'),
};

export const control: RuleControl = {
  id: 'stateful-kept',
  title: 'What can’t be made again stays when it leaves the template',
  holds: ['D14/enforce'],
  tiers: ['production'],
  why: 'A renamed construct, or a stack deleted by mistake, takes data, keys and evidence along.',
  remedy: 'Give the construct `removalPolicy: removalPolicyOf(environment)`.',
  ...guards(...STATEFUL.map((type) => guard(type, kept))),
  fixtures: {
    pass: STATEFUL.flatMap((Type) => [
      fixture(Type, { Kept: { Type, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } }),
      fixture(`${Type}, taken back only while it is new`, {
        Kept: { Type, DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' },
      }),
    ]),
    refuse: STATEFUL.flatMap((Type) => [
      fixture(`${Type}, deleted`, { Lost: { Type, DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' } }),
      fixture(`${Type}, replaced`, { Lost: { Type, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Delete' } }),
      fixture(`${Type}, kept by a policy that replacing doesn't know`, {
        Lost: { Type, DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'RetainExceptOnCreate' },
      }),
      fixture(`${Type}, a snapshot only`, {
        Lost: { Type, DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Retain' },
      }),
      fixture(`${Type}, nothing said`, { Lost: { Type } }),
    ]),
  },
};
