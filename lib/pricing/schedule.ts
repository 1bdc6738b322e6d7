import { cronFields } from '../config/cron';
import { Unpriced } from './meter';

const DAYS_IN_MONTH = 30.4;
const HOURS_IN_DAY = 24;
const MINUTES_IN_HOUR = 60;
const DAYS_IN_WEEK = 7;
const MONTHS_IN_YEAR = 12;

/**
 * How often a `rate(…)` or `cron(…)` expression fires in an average month.
 *
 * @throws Unpriced when the expression has neither form
 */
export function runsInMonth(expression: string): number {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const minutes = { minute: 1, hour: MINUTES_IN_HOUR, day: MINUTES_IN_HOUR * HOURS_IN_DAY }[rate[2] as 'minute'];
    return (DAYS_IN_MONTH * HOURS_IN_DAY * MINUTES_IN_HOUR) / (Number(rate[1]) * minutes);
  }
  const fields = cronFields(expression);
  if (!fields) throw new Unpriced(`'${expression}' is no schedule. Expected rate(…) or cron(…) with six fields.`);
  const { minute, hour, dayOfMonth, month, dayOfWeek } = fields;
  const wrong = [minute, hour, dayOfMonth, month, dayOfWeek].find((field) => typeof field === 'string');
  if (wrong !== undefined) throw new Unpriced(`'${expression}' is no schedule. Expected ${wrong}.`);
  const days = Math.min(Number(dayOfMonth), DAYS_IN_MONTH, (Number(dayOfWeek) * DAYS_IN_MONTH) / DAYS_IN_WEEK);
  return Number(minute) * Number(hour) * days * (Number(month) / MONTHS_IN_YEAR);
}
