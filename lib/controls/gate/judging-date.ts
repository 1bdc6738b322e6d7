import { spawnSync } from 'node:child_process';

/** The day that exceptions are judged by, and where it comes from. */
export interface JudgingDate {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly from: 'argument' | 'commit';
}

/** A mistake in how the kit was called: told in words, without a stack trace. */
export class UsageError extends Error {}

/**
 * The day to judge by: the argument, or else the day of the commit that is checked out. Never the clock's, so that the
 * same commit is judged the same tomorrow.
 *
 * @param today value of `-c today=`
 * @param project folder whose commit counts
 * @throws UsageError when the argument is no day, or there is no commit to ask
 */
export function judgingDate(today: unknown, project: string): JudgingDate {
  if (today !== undefined) {
    if (typeof today === 'string' && isDay(today)) return { date: today, from: 'argument' };
    throw new UsageError(`today: '${String(today)}' is no day. Expected YYYY-MM-DD, for example -c today=2027-06-30.`);
  }
  const git = spawnSync('git', ['log', '-1', '--format=%cs'], { cwd: project, encoding: 'utf8' });
  const date = git.stdout?.trim() ?? '';
  if (git.status === 0 && isDay(date)) return { date, from: 'commit' };
  const why = (git.error?.message ?? git.stderr ?? '').trim().split('\n')[0] ?? '';
  throw new UsageError(
    `Exceptions are judged by the day of the commit, and git gave none (${why || 'no commit yet'}). ` +
      'Say the day yourself, for example -c today=2027-06-30.',
  );
}

/** Whether text is a day of the calendar: 2027-02-30 is not. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
