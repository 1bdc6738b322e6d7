import { VirtualClock } from './clock';
import { Deployment, type SimulatedTask, type Surroundings } from './deployment';
import type { Hook, Revision, Tasks } from './protocol';

/** CloudFormation gives a resource up after this long. */
const CLOUDFORMATION_HOURS = 36;

const ACCOUNT = 'arn:aws:ecs:us-east-1:123456789012';

export interface SimulatedServiceProps {
  readonly hooks?: readonly Hook[];
  /** @default 10 */
  readonly bakeMinutes?: number;
  /** @default true */
  readonly testListener?: boolean;
  /** @default true */
  readonly circuitBreaker?: boolean;
  /** @default ums-prod-cluster */
  readonly cluster?: string;
  /** @default ums-prod-web */
  readonly name?: string;
}

/**
 * A service of ECS as far as its deployments go: stages, hooks and their repeated calls, alarms, going back, creation.
 * It follows the developer guide; where that is silent it does what is harder for a hook. Time is virtual.
 */
export class SimulatedService {
  readonly clock = new VirtualClock();
  readonly arn: string;
  readonly cluster: string;
  readonly name: string;
  /** Every deployment so far, the oldest first. */
  readonly deployments: Deployment[] = [];
  /** Every version that was made, the oldest first. */
  readonly known: Revision[] = [];
  /** The revision that users reach. */
  serving?: Revision;
  /** How tasks of a forced deployment behave. @default - as those that serve */
  tasksOfNext?: Tasks;
  private readonly alarming = new Set<string>();
  private readonly surroundings: Surroundings;
  private readonly kept: SimulatedTask[] = [];

  constructor(props: SimulatedServiceProps = {}) {
    this.cluster = props.cluster ?? 'ums-prod-cluster';
    this.name = props.name ?? 'ums-prod-web';
    this.arn = `${ACCOUNT}:service/${this.cluster}/${this.name}`;
    this.surroundings = {
      clock: this.clock,
      serviceArn: this.arn,
      hooks: props.hooks ?? [],
      bakeMinutes: props.bakeMinutes ?? 10,
      testListener: props.testListener ?? true,
      circuitBreaker: props.circuitBreaker ?? true,
      alarming: () => new Set(this.alarming),
      activeRevisions: () => (this.serving ? 1 : 0) + (this.leftBehind ? 1 : 0),
    };
  }

  /** A deployment that failed on its way back leaves its revision running. */
  private get leftBehind(): boolean {
    return this.deployments.at(-1)?.status === 'ROLLBACK_FAILED';
  }

  /** A new version. Its tasks become healthy after a minute unless it is told otherwise. */
  revision(image: string, tasks: Tasks = { healthyAfter: 60 }, secrets: readonly string[] = []): Revision {
    const number = this.known.length + 1;
    const revision = {
      arn: `${ACCOUNT}:service-revision/${this.cluster}/${this.name}/${number}`,
      image,
      taskDefinition: `${ACCOUNT}:task-definition/${this.name}:${number}`,
      tasks,
      secrets,
    };
    this.known.push(revision);
    return revision;
  }

  /** Starts a deployment and returns at once; `finished` has the end. */
  start(target: Revision): { readonly deployment: Deployment; readonly finished: Promise<Deployment> } {
    const running = this.deployments.find(({ finishedAt }) => finishedAt === undefined);
    if (running) throw new Error(`${running.arn} is still ${running.status}: stop it first`);
    const arn = `${ACCOUNT}:service-deployment/${this.cluster}/${this.name}/d${this.deployments.length + 1}`;
    const deployment = new Deployment(arn, target, this.serving, this.surroundings);
    this.deployments.push(deployment);
    const finished = deployment.run().then((each) => {
      if (each.status === 'SUCCESSFUL') {
        for (const task of this.kept) task.stopped = true;
        this.kept.push(...each.tasks);
        this.serving = target;
      }
      return each;
    });
    return { deployment, finished };
  }

  /**
   * `UpdateService` with forceNewDeployment: what serves is deployed again, as a revision of its own.
   */
  deployAnew(): { readonly deployment: Deployment; readonly finished: Promise<Deployment> } {
    const { serving } = this;
    if (!serving) throw new Error('Nothing serves yet');
    const made = this.revision(serving.image, this.tasksOfNext ?? serving.tasks, serving.secrets);
    const again = { ...made, taskDefinition: serving.taskDefinition };
    this.known[this.known.length - 1] = again;
    return this.start(again);
  }

  /** Deploys and lets time pass until it has ended. Without a version before it, this creates the service. */
  deploy(target: Revision): Promise<Deployment> {
    return this.clock.until(this.start(target).finished);
  }

  /**
   * Deploys as CloudFormation does. When the deployment doesn't succeed, CloudFormation puts the old definition back,
   * which is a second deployment, with every hook and the old image.
   */
  async deployByCloudFormation(target: Revision): Promise<readonly Deployment[]> {
    const before = this.serving;
    const { deployment, finished } = this.start(target);
    const tooLong = this.clock.sleep(CLOUDFORMATION_HOURS * 3600).then(() => deployment.stop());
    await this.clock.until(Promise.race([finished, tooLong.then(() => finished)]));
    if (deployment.status === 'SUCCESSFUL' || !before) return [deployment];
    return [deployment, await this.deploy(before)];
  }

  /** Sets a deployment alarm off, or ends it. */
  setAlarm(name: string, state: 'ALARM' | 'OK'): void {
    if (state === 'OK') {
      this.alarming.delete(name);
      return;
    }
    this.alarming.add(name);
    for (const deployment of this.deployments) if (!deployment.finishedAt) deployment.alarm(name);
  }

  /** Adds a copy of the version that serves, as autoscaling does. */
  scaleOut(): void {
    const [first] = this.kept;
    if (!first) throw new Error('Nothing serves yet');
    this.kept.push({ startedBy: first.startedBy, createdAt: this.clock.now, stopped: false });
  }

  /** Tasks that run, or ended less than an hour ago. */
  get tasks(): readonly SimulatedTask[] {
    return [...new Set([...this.kept, ...this.deployments.flatMap(({ tasks }) => tasks)])];
  }
}
