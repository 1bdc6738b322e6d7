import { fixture, type RuleControl } from '../control';
import { type Expectation, guard, guards, is, oneOf, satisfies } from '../expect';

const DB = 'AWS::RDS::DBInstance';
const SUBNETS = 'AWS::RDS::DBSubnetGroup';
const named: Expectation = satisfies(
  'a name, so that CloudFormation can not replace it',
  (value) => typeof value === 'string' && value !== '',
);

const inProduction = ({ expected, holds }: Expectation): Expectation =>
  satisfies(
    `${expected} in production`,
    (value, resource, view) => view.tier !== 'production' || holds(value, resource, view),
  );

const instance = {
  Type: DB,
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: { DBInstanceIdentifier: 'ums-prod-database', DeletionProtection: true, DeleteAutomatedBackups: false },
};
const changed = (attributes: object, properties: object = {}) => ({
  Db: { ...instance, ...attributes, Properties: { ...instance.Properties, ...properties } },
});

export const control: RuleControl = {
  id: 'database-undeletable',
  title: 'A database is protected from deletion, and in production it outlives its template',
  holds: ['D14/enforce'],
  tiers: ['staging', 'production'],
  why: 'One renamed construct or one deleted stack would take the data along.',
  remedy:
    'Leave deletionProtection, removalPolicy, deleteAutomatedBackups and instanceIdentifier of the Database construct.',
  ...guards(
    guard(DB, {
      DeletionProtection: is(true),
      DeleteAutomatedBackups: inProduction(is(false)),
      DBInstanceIdentifier: named,
      '^DeletionPolicy': inProduction(oneOf('Retain', 'RetainExceptOnCreate')),
      '^UpdateReplacePolicy': inProduction(is('Retain')),
    }),
    guard(SUBNETS, {
      '^DeletionPolicy': inProduction(oneOf('Retain', 'RetainExceptOnCreate')),
      '^UpdateReplacePolicy': inProduction(is('Retain')),
    }),
  ),
  fixtures: {
    pass: [
      fixture('protected', changed({})),
      fixture('protected as soon as it stands', changed({ DeletionPolicy: 'RetainExceptOnCreate' })),
      fixture(
        'protected in staging, and gone with it when that is lifted',
        changed({ DeletionPolicy: 'Delete' }),
        'staging',
      ),
    ],
    refuse: [
      fixture('no protection', changed({}, { DeletionProtection: false })),
      fixture('no protection in staging', changed({}, { DeletionProtection: false }), 'staging'),
      fixture('deleted with its stack', changed({ DeletionPolicy: 'Delete' })),
      fixture('a snapshot only', changed({ DeletionPolicy: 'Snapshot' })),
      fixture('nothing said', changed({ DeletionPolicy: undefined })),
      fixture('deleted when replaced', changed({ UpdateReplacePolicy: 'Delete' })),
      fixture('backups deleted with it', changed({}, { DeleteAutomatedBackups: true })),
      fixture('replaceable', changed({}, { DBInstanceIdentifier: undefined })),
      fixture('its subnets deleted', {
        ...changed({}),
        Subnets: { Type: SUBNETS, DeletionPolicy: 'Delete' },
      }),
    ],
  },
};
