import { spawnSync } from 'node:child_process';
import { UsageError } from './usage-error';

/** The day that exceptions are judged by, and where it comes from. */
export interface JudgingDate {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly from: 'argument' | 'commit';
}

/**
 * The day to judge by: the argument, or else the day of the commit that is checked out. Never the clock's, so that the
 * same commit is judged the same tomorrow. No day before the commit's, on which an exception that has ended since would
 * stand.
 *
 * @param today value of `-c today=`
 * @param project folder whose commit counts; one without a commit leaves the argument as it is
 * @throws UsageError when the argument is no day or too early, or there is neither argument nor commit
 */
export function judgingDate(today: unknown, project: string): JudgingDate {
  const commit = commitDay(project);
  if (today === undefined) {
    if (commit.date !== undefined) return { date: commit.date, from: 'commit' };
    throw new UsageError(
      `Exceptions are judged by the day of the commit, and git gave none (${commit.why}). ` +
        'Say the day yourself, for example -c today=2027-06-30.',
    );
  }
  if (typeof today !== 'string' || !isDay(today))
    throw new UsageError(`today: '${String(today)}' is no day. Expected YYYY-MM-DD, for example -c today=2027-06-30.`);
  if (commit.date !== undefined && today < commit.date)
    throw new UsageError(
      `today: '${today}' is before the day of the commit, on which exceptions may have ended that would stand then. ` +
        `Expected ${commit.date} or later, for example -c today=${commit.date}.`,
    );
  return { date: today, from: 'argument' };
}

/** The day of the commit that is checked out, or why there is none. */
function commitDay(project: string): { readonly date: string; readonly why?: never } | { date?: never; why: string } {
  const git = spawnSync('git', ['log', '-1', '--format=%cs'], { cwd: project, encoding: 'utf8' });
  const date = git.stdout?.trim() ?? '';
  if (git.status === 0 && isDay(date)) return { date };
  return { why: (git.error?.message ?? git.stderr ?? '').trim().split('\n')[0] || 'no commit yet' };
}

/** Whether text is a day of the calendar: 2027-02-30 is not. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
