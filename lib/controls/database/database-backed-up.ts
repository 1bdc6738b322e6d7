import { everyTier, fixture, type RuleControl } from '../control';
import { guard, is, satisfies } from '../expect';

const DB = 'AWS::RDS::DBInstance';
/** Row D05. RDS keeps 35 days at most. */
const PRODUCTION_DAYS = 30;
const database = (days?: number, copyTags = true) => ({
  Db: {
    Type: DB,
    Properties: { CopyTagsToSnapshot: copyTags, ...(days === undefined ? {} : { BackupRetentionPeriod: days }) },
  },
});

export const control: RuleControl = {
  id: 'database-backed-up',
  title: 'Automatic backups are on, which makes any moment restorable, and production keeps 30 days',
  holds: ['D05/enforce'],
  tiers: everyTier,
  why: 'A mistake that is noticed after three weeks can be undone only from a backup older than it.',
  remedy: 'Raise database.backupRetentionDays (production: 30 to 35).',
  ...guard(DB, {
    BackupRetentionPeriod: satisfies(
      `${PRODUCTION_DAYS} days in production, 1 elsewhere, at least`,
      (value, _resource, view) => {
        const days = Number(value ?? 0);
        return days >= (view.tier === 'production' ? PRODUCTION_DAYS : 1);
      },
    ),
    CopyTagsToSnapshot: is(true),
  }),
  fixtures: {
    pass: [fixture('30 days', database(30)), fixture('3 days of development', database(3), 'development')],
    refuse: [
      fixture('a week of production', database(7)),
      fixture('off', database(0)),
      fixture('off in development', database(0), 'development'),
      fixture('not said', database()),
      fixture('snapshots that nobody can attribute', database(30, false)),
    ],
  },
};
