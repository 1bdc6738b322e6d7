import { z } from 'zod';
import { cpuUnits, memoryMiB } from './app';
import { command, partName, pattern, whole } from './fields';

const process = {
  /** Part of the task's name and of its log lines. */
  name: partName,
  /** What to run in the app's image. */
  command,
  /** CPU units. */
  cpu: cpuUnits.default(256),
  /** Memory, MiB. */
  memory: memoryMiB.default(512),
  /** Database connections that one copy may hold; counted in the connection budget. */
  connections: whole(0, 100, 'connections', 2).default(2),
};

/** A process that runs all the time, such as a queue worker. */
export const worker = z.strictObject({
  ...process,
  /** How many run. */
  copies: whole(1, 50, 'copies', 1).default(1),
  /** Seconds between SIGTERM and SIGKILL. Fargate allows 120 at most. */
  stopSeconds: whole(2, 120, 'seconds', 60).default(60),
});

/** A command that runs on a schedule and ends. */
export const scheduled = z.strictObject({
  ...process,
  /** EventBridge Scheduler expression, in UTC. */
  schedule: pattern(
    /^(rate\(\d+ (minute|minutes|hour|hours|day|days)\)|cron\(\S+ \S+ \S+ \S+ \S+ \S+\))$/,
    'rate(…) or cron(…) with six fields, in UTC',
    'cron(15 3 * * ? *)',
  ),
});

export const processes = z
  .strictObject({
    /** Background workers. */
    workers: z.array(worker).default([]),
    /** Scheduled commands. */
    scheduled: z.array(scheduled).default([]),
  })
  .prefault({});
