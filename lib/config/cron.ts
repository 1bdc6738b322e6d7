/** One of the six fields of a cron expression: what it may hold. */
interface Field {
  /** What its values are, in words that fit "expected …". */
  readonly what: string;
  readonly least: number;
  readonly most: number;
  /** Names of the values, the least first. @default - it has none */
  readonly names?: readonly string[];
  /** Words that stand for one day, such as the last of a month. @default - none */
  readonly oneDay?: RegExp;
  /** Whether it may be `?`, which leaves the day to the other field. @default false */
  readonly maybe?: boolean;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEK_DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * The fields in their order.
 *
 * Source: EventBridge Scheduler User Guide, "Cron-based schedules".
 */
const FIELDS = {
  minute: { what: 'minutes from 0 to 59', least: 0, most: 59 },
  hour: { what: 'hours from 0 to 23', least: 0, most: 23 },
  dayOfMonth: {
    what: 'days of the month from 1 to 31, L or ?',
    least: 1,
    most: 31,
    oneDay: /^(L|LW|([1-9]|[12]\d|3[01])W)$/,
    maybe: true,
  },
  month: { what: 'months from 1 to 12, or JAN to DEC', least: 1, most: 12, names: MONTHS },
  dayOfWeek: {
    what: 'days of the week from 1 to 7, SUN to SAT, or ?',
    least: 1,
    most: 7,
    names: WEEK_DAYS,
    oneDay: new RegExp(`^([1-7]|${WEEK_DAYS.join('|')})?L$|^([1-7]|${WEEK_DAYS.join('|')})#[1-5]$`),
    maybe: true,
  },
  year: { what: 'years from 1970 to 2199', least: 1970, most: 2199 },
} as const satisfies Readonly<Record<string, Field>>;

export type CronField = keyof typeof FIELDS;

/** How many values each field of a cron expression lets through; the words for a field that holds something else. */
export type CronFields = Readonly<Record<CronField, number | string>>;

/** Reads the six fields of `cron(…)`; nothing when there are not six. */
export function cronFields(expression: string): CronFields | undefined {
  const texts = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(' ');
  const names = Object.keys(FIELDS) as CronField[];
  if (texts?.length !== names.length) return undefined;
  return Object.fromEntries(
    names.map((name, index) => [name, valuesOf(FIELDS[name], texts[index] ?? '')]),
  ) as CronFields;
}

function valuesOf(field: Field, text: string): number | string {
  const size = field.most - field.least + 1;
  if (text === '?' && field.maybe) return size;
  const counts = text.split(',').map((part) => countOf(field, part.toUpperCase()));
  if (counts.some((count) => count === undefined)) return `${field.what}, instead of '${text}'`;
  return Math.min(
    size,
    counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
  );
}

/** How many values a part of a list stands for; nothing when it is none. A range may pass the end: `FRI-MON`. */
function countOf(field: Field, part: string): number | undefined {
  if (field.oneDay?.test(part)) return 1;
  const [, from = '', to, step] = /^(\*|[A-Z0-9]+)(?:-([A-Z0-9]+))?(?:\/([1-9]\d*))?$/.exec(part) ?? [];
  const first = from === '*' ? field.least : numberOf(field, from);
  const last = to !== undefined ? numberOf(field, to) : from === '*' || step !== undefined ? field.most : first;
  if (first === undefined || last === undefined || (from === '*' && to !== undefined)) return undefined;
  const span = last - first + (last < first ? field.most - field.least + 1 : 0);
  return Math.floor(span / Number(step ?? 1)) + 1;
}

function numberOf({ names, least, most }: Field, text: string): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return least + named;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
