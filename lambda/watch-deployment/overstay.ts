/** What ECS says of a deployment. */
export interface Deployment {
  readonly lifecycleStage?: string;
  readonly startedAt?: Date;
}

/** What ECS says of a task of the service, running or stopped within the hour. */
export interface Task {
  /** The ECS deployment that started it: all tasks of one version share it, those of another have another. */
  readonly startedBy?: string;
  readonly createdAt?: Date;
}

export interface Limits {
  readonly scaleUpMinutes: number;
  readonly noTaskMinutes: number;
}

/** Since when a deployment has been trying to get tasks healthy, and whether that is too long. */
export interface Verdict {
  readonly overstays: boolean;
  readonly since?: Date;
  readonly reason: string;
}

/**
 * Judges whether a deployment hangs while its tasks come up.
 *
 * Only the SCALE_UP stage is judged: hooks (migrations) have limits of their own, and the stages after it end by
 * themselves or by their alarms. ECS doesn't say when the stage began, so the oldest task of the new version tells.
 * Tasks whose starter also started one before this deployment belong to the old version: it may have scaled out
 * meanwhile, even from the same task definition.
 */
export function judge(deployment: Deployment, tasks: readonly Task[], now: Date, limits: Limits): Verdict {
  const { lifecycleStage, startedAt } = deployment;
  if (lifecycleStage !== 'SCALE_UP') return { overstays: false, reason: `stage ${lifecycleStage ?? 'unknown'}` };
  if (!startedAt) return { overstays: false, reason: 'not started' };
  const since = oldestOf(newTasks(tasks, startedAt));
  return since
    ? verdict(since, now, limits.scaleUpMinutes, 'its tasks do not become healthy')
    : verdict(startedAt, now, limits.noTaskMinutes, 'it could not start a task');
}

function newTasks(tasks: readonly Task[], startedAt: Date): readonly Task[] {
  const before = (task: Task) => task.createdAt !== undefined && task.createdAt < startedAt;
  const oldStarters = new Set(tasks.filter(before).map((task) => task.startedBy));
  return tasks.filter((task) => !before(task) && !oldStarters.has(task.startedBy));
}

const oldestOf = (tasks: readonly Task[]): Date | undefined =>
  tasks.flatMap(({ createdAt }) => (createdAt ? [createdAt] : [])).sort((a, b) => a.getTime() - b.getTime())[0];

function verdict(since: Date, now: Date, limit: number, reason: string): Verdict {
  const minutes = (now.getTime() - since.getTime()) / 60_000;
  return { overstays: minutes > limit, since, reason: `${reason} (${Math.floor(minutes)} of ${limit} minutes)` };
}
