import { everyTier, fixture, type RuleControl } from '../control';
import { absent, type Expectation, guard, guards, is, satisfies } from '../expect';

const DB = 'AWS::RDS::DBInstance';
const PARAMETERS = 'AWS::RDS::DBParameterGroup';
/** Majors below leave RDS standard support by 2028 and are not offered to new environments. */
const OLDEST_MAJOR = 17;

const supported: Expectation = satisfies(
  `PostgreSQL ${OLDEST_MAJOR} or later, written out`,
  (value) => /^\d+(\.\d+)?$/.test(String(value)) && Number.parseInt(String(value), 10) >= OLDEST_MAJOR,
);
const instance = { AutoMinorVersionUpgrade: true, AllowMajorVersionUpgrade: false, EngineVersion: '17.9' };
const database = (changed: object, family = 'postgres17') =>
  ({
    Parameters: { Type: PARAMETERS, Properties: { Family: family } },
    Db: { Type: DB, Properties: { ...instance, DBParameterGroupName: { Ref: 'Parameters' }, ...changed } },
  }) as const;

export const control: RuleControl = {
  id: 'database-patched',
  title: 'The database runs a supported major version and takes minor versions by itself',
  holds: ['D10/enforce'],
  tiers: everyTier,
  why: 'Minor versions are security fixes; a major without support gets none, and RDS bills extended support by the vCPU-hour.',
  remedy: 'Choose a listed database.version, and leave autoMinorVersionUpgrade on and allowMajorVersionUpgrade off.',
  ...guards(
    guard(DB, {
      AutoMinorVersionUpgrade: is(true),
      AllowMajorVersionUpgrade: is(false),
      EngineVersion: supported,
      EngineLifecycleSupport: absent,
      PreferredMaintenanceWindow: satisfies('nothing, or a window of its own', (value, resource) => {
        const backup = String(resource.properties.PreferredBackupWindow ?? '');
        return value === undefined || !overlap(String(value), backup);
      }),
    }),
    guard(PARAMETERS, {
      Family: satisfies(`postgres${OLDEST_MAJOR} or later, as the engine's`, (value, resource, environment) => {
        const users = environment
          .ofType(DB)
          .filter((each) => environment.target(each.properties.DBParameterGroupName, each) === resource);
        return users.every((each) => value === `postgres${String(each.properties.EngineVersion).split('.')[0]}`);
      }),
    }),
  ),
  fixtures: {
    pass: [
      fixture('patched by itself', database({})),
      fixture('a newer major', database({ EngineVersion: '18.3' }, 'postgres18')),
      fixture(
        'windows apart',
        database({ PreferredMaintenanceWindow: 'sun:04:00-sun:04:30', PreferredBackupWindow: '03:00-03:30' }),
      ),
    ],
    refuse: [
      fixture('minor versions by hand', database({ AutoMinorVersionUpgrade: false })),
      fixture('minor versions not mentioned', database({ AutoMinorVersionUpgrade: undefined })),
      fixture('a deprecated major', database({ EngineVersion: '13.14' }, 'postgres13')),
      fixture('no version', database({ EngineVersion: undefined })),
      fixture('majors without a decision', database({ AllowMajorVersionUpgrade: true })),
      fixture('paid support of an old major', database({ EngineLifecycleSupport: 'open-source-rds-extended-support' })),
      fixture("another major's parameters", database({}, 'postgres15')),
      fixture(
        'maintenance during the backup',
        database({ PreferredMaintenanceWindow: 'sun:03:15-sun:04:00', PreferredBackupWindow: '03:00-03:30' }),
      ),
    ],
  },
};

/** Whether a weekly window `ddd:hh:mm-ddd:hh:mm` meets a daily one `hh:mm-hh:mm`. Neither crosses midnight here. */
function overlap(weekly: string, daily: string): boolean {
  const minutes = (text: string): number[] =>
    [...text.matchAll(/(\d\d):(\d\d)/g)].map(([, hour, minute]) => Number(hour) * 60 + Number(minute));
  const [from = 0, to = 0] = minutes(weekly);
  const [start = 0, end = 0] = minutes(daily);
  return from < end && start < to;
}
