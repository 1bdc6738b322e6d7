import { fixture, type RuleControl } from '../control';
import { guard, is } from '../expect';

const TYPE = 'AWS::RDS::DBInstance';

export const control: RuleControl = {
  id: 'database-standby',
  title: 'A production database has a standby in another zone',
  holds: ['D01/enforce'],
  tiers: ['production'],
  why: 'When the zone or the machine fails, a restore takes an hour and loses minutes of data; a standby takes over in a minute or two and loses nothing.',
  remedy: 'Leave database.multiAz enabled, or switch it off with a reason that a reviewer can judge.',
  ...guard(TYPE, { MultiAZ: is(true) }),
  fixtures: {
    pass: [fixture('with a standby', { Db: { Type: TYPE, Properties: { MultiAZ: true } } })],
    refuse: [
      fixture('without a standby', { Db: { Type: TYPE, Properties: { MultiAZ: false } } }),
      fixture('not said', { Db: { Type: TYPE, Properties: {} } }),
    ],
  },
};
