import {
  DescribeTasksCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  type ServiceDeploymentBrief,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { Failure, Task } from './decide';

/** ECS describes this many tasks in one call. */
const DESCRIBE_TASKS = 100;
const RUNNING = ['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];
const UNDONE = ['STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'];

/** The services of one cluster whose tasks get secrets. */
export class Services {
  constructor(
    private readonly ecs: ECSClient,
    private readonly cluster: string,
    readonly names: readonly string[],
  ) {}

  /** What is being deployed, and what was undone since a moment. */
  async deployments(since: Date): Promise<{ readonly deploying: readonly string[]; readonly failures: Failure[] }> {
    const deploying: string[] = [];
    const failures: Failure[] = [];
    for (const service of this.names) {
      for (const { status = '', finishedAt, createdAt } of await this.deploymentsOf(service, since)) {
        if (RUNNING.includes(status)) deploying.push(service);
        const at = finishedAt ?? createdAt;
        if (UNDONE.includes(status) && at) failures.push({ service, at });
      }
    }
    return { deploying: [...new Set(deploying)], failures };
  }

  /** Every task that runs, each with its service. */
  async tasks(): Promise<readonly Task[]> {
    const found = await Promise.all(this.names.map((service) => this.tasksOf(service)));
    return found.flat();
  }

  /** Starts a deployment of what is deployed already: with every hook, and with secrets as they are now. */
  async deploy(service: string): Promise<void> {
    await this.ecs.send(new UpdateServiceCommand({ cluster: this.cluster, service, forceNewDeployment: true }));
  }

  private async deploymentsOf(service: string, since: Date): Promise<readonly ServiceDeploymentBrief[]> {
    const found: ServiceDeploymentBrief[] = [];
    const { cluster } = this;
    // One that began before the change may still run; those have no time by which ECS could be asked for them.
    for (const wanted of [{ status: RUNNING as never }, { createdAt: { after: since } }]) {
      let nextToken: string | undefined;
      do {
        const page = await this.ecs.send(new ListServiceDeploymentsCommand({ cluster, service, nextToken, ...wanted }));
        found.push(...(page.serviceDeployments ?? []));
        nextToken = page.nextToken;
      } while (nextToken);
    }
    return found;
  }

  private async tasksOf(serviceName: string): Promise<readonly Task[]> {
    const { cluster } = this;
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.ecs.send(
        new ListTasksCommand({ cluster, serviceName, desiredStatus: 'RUNNING', nextToken }),
      );
      arns.push(...(page.taskArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    const tasks: Task[] = [];
    for (let from = 0; from < arns.length; from += DESCRIBE_TASKS) {
      const wanted = arns.slice(from, from + DESCRIBE_TASKS);
      const { tasks: page = [] } = await this.ecs.send(new DescribeTasksCommand({ cluster, tasks: wanted }));
      // Without the moment of its creation a task counts as old: it has to prove itself, not we.
      tasks.push(...page.map(({ createdAt = new Date(0) }) => ({ service: serviceName, createdAt })));
    }
    return tasks;
  }
}
