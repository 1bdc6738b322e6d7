import { everyTier, fixture, type RuleControl } from '../control';
import { guard, guards, is, somewhere } from '../expect';

const TYPE = 'AWS::RDS::DBInstance';
const task = { Type: 'AWS::ECS::TaskDefinition' };

export const control: RuleControl = {
  id: 'database-managed',
  title: 'The database is a managed PostgreSQL instance',
  holds: ['D01/enforce'],
  tiers: everyTier,
  why: 'A database in a container or on a machine of our own has no standby, no point-in-time recovery and no patches but those that somebody remembers.',
  remedy: 'Leave the Database construct in the data stack.',
  ...guards(
    somewhere(TYPE, 'a PostgreSQL instance', (instance) => instance.properties.Engine === 'postgres'),
    guard(TYPE, { Engine: is('postgres') }),
  ),
  fixtures: {
    pass: [fixture('PostgreSQL', { Db: { Type: TYPE, Properties: { Engine: 'postgres' } } })],
    refuse: [
      fixture('an environment without a database', { Task: task }),
      fixture('another engine', { Db: { Type: TYPE, Properties: { Engine: 'mysql' } } }),
      fixture('another engine beside it', {
        Db: { Type: TYPE, Properties: { Engine: 'postgres' } },
        Other: { Type: TYPE, Properties: { Engine: 'mariadb' } },
      }),
    ],
  },
};
