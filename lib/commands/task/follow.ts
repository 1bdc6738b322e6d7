import { DescribeTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { asking, type Clients } from './clients';
import type { LogReader } from './log-lines';
import type { Place } from './place';

/** How a task was followed to. */
export type Ending =
  | { readonly kind: 'ended'; readonly exitCode: number }
  /** It stopped before its container could give an exit code. */
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'timed out' }
  | { readonly kind: 'interrupted' };

export interface FollowOptions {
  readonly place: Place;
  readonly task: string;
  readonly clients: Clients;
  /** Where its lines go. @default - nowhere */
  readonly log?: LogReader;
  readonly timeoutMinutes: number;
  readonly clock: Clock;
  /** Whether somebody pressed Ctrl-C. */
  readonly interrupted: () => boolean;
  /** Told each time when the task enters another state. */
  readonly onState: (state: string) => void;
}

/** Time, so that tests need none. */
export interface Clock {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const EVERY = 5_000;
const MINUTE = 60_000;

/** Waits for a task's end, and passes on its lines meanwhile. */
export async function follow(options: FollowOptions): Promise<Ending> {
  const { clock, log } = options;
  const until = clock.now() + options.timeoutMinutes * MINUTE;
  let state: string | undefined;
  for (;;) {
    const task = await described(options);
    if (task?.lastStatus !== undefined && task.lastStatus !== state) {
      state = task.lastStatus;
      options.onState(state.toLowerCase());
    }
    await log?.advance();
    if (task?.lastStatus === 'STOPPED') return endingOf(task, options.place.container);
    if (options.interrupted()) return { kind: 'interrupted' };
    if (clock.now() >= until) return { kind: 'timed out' };
    await clock.sleep(EVERY);
  }
}

async function described({ place, task, clients }: FollowOptions): Promise<Task | undefined> {
  const { tasks } = await asking('look at the task', () =>
    clients.ecs.send(new DescribeTasksCommand({ cluster: place.cluster, tasks: [task] })),
  );
  return tasks?.[0];
}

function endingOf(task: Task, name: string): Ending {
  const container = task.containers?.find((each) => each.name === name);
  if (container?.exitCode !== undefined) return { kind: 'ended', exitCode: container.exitCode };
  return {
    kind: 'failed',
    why: [task.stoppedReason, container?.reason].filter(Boolean).join(' ') || 'no reason given',
  };
}
