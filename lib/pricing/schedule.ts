const DAYS_IN_MONTH = 30.4;
const HOURS_IN_DAY = 24;
const MINUTES_IN_HOUR = 60;

/**
 * How often a `rate(…)` or `cron(…)` expression fires in an average month.
 *
 * @throws when the expression has neither form
 */
export function runsInMonth(expression: string): number {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const minutes = { minute: 1, hour: MINUTES_IN_HOUR, day: MINUTES_IN_HOUR * HOURS_IN_DAY }[rate[2] as 'minute'];
    return (DAYS_IN_MONTH * HOURS_IN_DAY * MINUTES_IN_HOUR) / (Number(rate[1]) * minutes);
  }
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(' ');
  if (fields?.length !== 6)
    throw new Error(`'${expression}' is no schedule. Expected rate(…) or cron(…) with six fields.`);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields as [string, string, string, string, string];
  const days =
    dayOfWeek === '?' || dayOfWeek === '*'
      ? Math.min(times(dayOfMonth, 1, 31), DAYS_IN_MONTH)
      : (times(dayOfWeek, 1, 7) * DAYS_IN_MONTH) / 7;
  return times(minute, 0, 59) * times(hour, 0, 23) * days * (times(month, 1, 12) / 12);
}

/** How many values a cron field lets through. Names, `L`, `W` and `#` stand for one each. */
function times(field: string, first: number, last: number): number {
  return field
    .split(',')
    .map((part) => {
      const [range = '', step] = part.split('/');
      const [from, to] = range.split('-');
      const low = from === '*' || from === '?' ? first : Number(from);
      const high = to !== undefined ? Number(to) : from === '*' || from === '?' || step ? last : low;
      if (Number.isNaN(low) || Number.isNaN(high))
        return to === undefined ? 1 : WEEK_DAYS.indexOf(to) - WEEK_DAYS.indexOf(from ?? '') + 1;
      return Math.floor((high - low) / Number(step ?? 1)) + 1;
    })
    .reduce((sum, count) => sum + count, 0);
}

const WEEK_DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
