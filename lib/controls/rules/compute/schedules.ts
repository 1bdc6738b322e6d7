import { type Expectation, satisfies } from '../../expect';

/** What runs less often than this is missed for longer than any log of it is read, days. */
const LONGEST_RATE_DAYS = 31;
const PER_DAY: Readonly<Record<string, number>> = { minute: 1440, hour: 24, day: 1 };

/** An expression that comes due again and again: a year in it, or a rate of decades, is a schedule that never runs. */
export const comesDue: Expectation = satisfies(
  `a rate of up to ${LONGEST_RATE_DAYS} days, or a cron of every year`,
  (value) => {
    const text = String(value);
    const rate = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(text);
    if (rate) return Number(rate[1]) <= LONGEST_RATE_DAYS * (PER_DAY[String(rate[2])] ?? 0);
    return /^cron\(\S+ \S+ \S+ \S+ \S+ \*\)$/.test(text);
  },
);
