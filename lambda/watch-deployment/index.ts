import {
  DescribeServiceDeploymentsCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  StopServiceDeploymentCommand,
} from '@aws-sdk/client-ecs';
import { guarded, log } from '../common/log';
import { settings, text, whole } from '../common/settings';
import { env } from './env';
import { judge, type Task } from './overstay';

const ecs = new ECSClient({});

/** ECS describes this many tasks in one call. */
const DESCRIBE_TASKS = 100;
/** ECS itself ends a stage after 24 hours. */
const LONGEST_STAGE_MINUTES = 1440;

/**
 * Ends a deployment whose tasks never become healthy, by rolling it back. ECS itself keeps trying: its circuit breaker
 * counts tasks that fail, and sees nothing wrong in tasks that start and are never healthy, or that can't be placed.
 * Runs every few minutes; each run judges anew and keeps no state.
 */
export const handler = guarded(async (): Promise<void> => {
  const { cluster, service, ...limits } = settings({
    cluster: text(env.cluster),
    service: text(env.service),
    scaleUpMinutes: whole(env.scaleUpMinutes, 1, LONGEST_STAGE_MINUTES),
    noTaskMinutes: whole(env.noTaskMinutes, 1, LONGEST_STAGE_MINUTES),
  });
  const { serviceDeployments: running = [] } = await ecs.send(
    new ListServiceDeploymentsCommand({ cluster, service, status: ['IN_PROGRESS'] }),
  );
  const arns = running.flatMap(({ serviceDeploymentArn }) => serviceDeploymentArn ?? []);
  if (arns.length === 0) return;
  const { serviceDeployments = [] } = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: arns }),
  );
  const tasks = await tasksOf(cluster, service);
  for (const deployment of serviceDeployments) {
    const verdict = judge(deployment, tasks, new Date(), limits);
    log.info(verdict.overstays ? 'rolling back' : 'waiting', {
      ...verdict,
      deployment: deployment.serviceDeploymentArn,
    });
    if (!verdict.overstays) continue;
    await ecs.send(
      new StopServiceDeploymentCommand({
        serviceDeploymentArn: deployment.serviceDeploymentArn,
        stopType: 'ROLLBACK',
      }),
    );
  }
});

/** Every task of the service that runs, or stopped within the hour that ECS remembers. */
async function tasksOf(cluster: string, service: string): Promise<Task[]> {
  const found = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map((status) => taskArns(cluster, service, status)),
  );
  const arns = found.flat();
  const tasks: Task[] = [];
  for (let from = 0; from < arns.length; from += DESCRIBE_TASKS) {
    const page = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns.slice(from, from + DESCRIBE_TASKS) }));
    tasks.push(...(page.tasks ?? []));
  }
  return tasks;
}

async function taskArns(cluster: string, service: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<string[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.send(new ListTasksCommand({ cluster, serviceName: service, desiredStatus, nextToken }));
    arns.push(...(page.taskArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return arns;
}
