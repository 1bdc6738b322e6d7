import { cronFields } from '../cron';
import { eachOf } from '../mistakes/guarded';
import type { Check } from './check';

const EXAMPLE = 'cron(15 3 * * ? *)';
const LONGEST_RATE_DAYS = 31;
const PER_DAY: Readonly<Record<string, number>> = { minute: 1440, hour: 24, day: 1 };

/** Schedules that EventBridge would refuse at deployment, or never run. */
export const schedules: Check = ({ processes: { scheduled } }) =>
  eachOf(scheduled, ({ schedule }, index) => {
    const expected = wrong(schedule);
    return expected ? [{ path: ['processes', 'scheduled', index, 'schedule'], expected, example: EXAMPLE }] : [];
  });

function wrong(schedule: string): string | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(schedule);
  if (rate) {
    if (Number(rate[1]) < 1) return 'a rate of 1 or more';
    if (Number(rate[1]) > LONGEST_RATE_DAYS * (PER_DAY[String(rate[2])] ?? 0)) {
      return `a rate of at most ${LONGEST_RATE_DAYS} days; name the days in a cron for less often`;
    }
    return (rate[1] === '1') === (rate[3] === '') ? undefined : `'1 ${rate[2]}' or a plural, as in rate(5 minutes)`;
  }
  const wrongField = Object.values(cronFields(schedule) ?? {}).find((field) => typeof field === 'string');
  if (wrongField) return `a cron with ${wrongField}`;
  const [, , dayOfMonth, , dayOfWeek, year] = schedule.slice('cron('.length, -1).split(' ');
  if (year !== '*')
    return 'a cron that ends in * for every year: with a year in it, it stops for good when that year is over';
  return [dayOfMonth, dayOfWeek].filter((day) => day === '?').length === 1
    ? undefined
    : "a cron with '?' for either day of month or day of week, so that one of them decides";
}
