import { randomUUID } from 'node:crypto';
import { RunTaskCommand } from '@aws-sdk/client-ecs';
import { UserError } from '../shared/command';
import { asking, type Clients } from './clients';
import type { Place } from './place';

/** What is to run, and who says so. */
export interface Order {
  readonly command: readonly string[];
  readonly reason: string;
  /** ARN of whoever asked. */
  readonly caller: string;
}

/** Characters that ECS takes in tags and in `startedBy`. */
const NOT_IN_TAGS = /[^\p{L}\p{N} _.:/=+@-]/gu;
const NOT_IN_STARTED_BY = /[^A-Za-z0-9_/-]/g;
const LONGEST_TAG = 256;
const LONGEST_STARTED_BY = 36;

/** Hints for what ECS answers when it starts nothing. */
const hints: Readonly<Record<string, string>> = {
  'Capacity is unavailable at this time': 'Fargate has no room now. Try again in some minutes.',
  INACTIVE: 'The cluster or task definition was deleted. Deploy the environment again.',
  MISSING: 'The cluster or task definition is gone. Deploy the environment again.',
};

/**
 * Starts one task. CloudTrail records the call; reason and caller are written onto the task as tags.
 *
 * @returns the task's ARN
 * @throws UserError when ECS starts nothing
 */
export async function startTask(place: Place, order: Order, clients: Clients): Promise<string> {
  const { tasks, failures } = await asking('start a task', () =>
    clients.ecs.send(
      new RunTaskCommand({
        cluster: place.cluster,
        taskDefinition: place.taskDefinition,
        launchType: 'FARGATE',
        count: 1,
        // A call that the SDK repeats must not start a second task.
        clientToken: randomUUID(),
        enableECSManagedTags: true,
        propagateTags: 'TASK_DEFINITION',
        startedBy: startedBy(order.caller),
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: [...place.subnets],
            securityGroups: [place.securityGroup],
            assignPublicIp: 'DISABLED',
          },
        },
        overrides: { containerOverrides: [{ name: place.container, command: [...order.command] }] },
        tags: [
          { key: 'breakwater:reason', value: tagText(order.reason) },
          { key: 'breakwater:started-by', value: tagText(order.caller) },
        ],
      }),
    ),
  );
  const arn = tasks?.[0]?.taskArn;
  if (arn !== undefined) return arn;
  const said = (failures ?? []).map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': '));
  const hint = (failures ?? []).map(({ reason }) => hints[(reason ?? '').replace(/\.$/, '')]).find(Boolean);
  throw new UserError(
    [`ECS started no task: ${said.join('; ') || 'no reason given'}.`, hint].filter(Boolean).join(' '),
  );
}

const tagText = (text: string): string => text.replace(NOT_IN_TAGS, '_').slice(0, LONGEST_TAG);

/** The name at the end of the ARN: what the console shows beside the task. */
const startedBy = (caller: string): string =>
  (caller.split('/').at(-1) ?? caller).replace(NOT_IN_STARTED_BY, '-').slice(0, LONGEST_STARTED_BY);
