import type { VirtualClock } from './clock';
import { ask, type HookOutcome } from './hook-calls';
import type { DeploymentStatus, Happening, Hook, HookEvent, HookStage, Revision, Stage, Weights } from './protocol';

/** Seconds for ECS to change a listener rule and see it take effect. */
const SHIFT_SECONDS = 10;
/** Failed tasks after which the circuit breaker gives up: ECS's least, which holds for a service of a few copies. */
const FAILED_TASKS = 3;

/** What a deployment needs to know of its service. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly serviceArn: string;
  readonly hooks: readonly Hook[];
  readonly bakeMinutes: number;
  /** Whether the service has a rule for test traffic. */
  readonly testListener: boolean;
  readonly circuitBreaker: boolean;
  /** Names of deployment alarms that are in alarm. */
  readonly alarming: () => ReadonlySet<string>;
  /** Revisions that run, of earlier deployments too. */
  readonly activeRevisions: () => number;
}

/** A running task, or one that ended within the hour. */
export interface SimulatedTask {
  readonly startedBy: string;
  readonly createdAt: Date;
  stopped: boolean;
}

/** Something that ends a deployment from outside, while it is in any stage. */
class Interruption extends Error {}

/** One blue/green deployment of one revision, from its start to its end or its way back. */
export class Deployment {
  status: DeploymentStatus = 'PENDING';
  stage?: Stage;
  statusReason?: string;
  readonly startedAt: Date;
  finishedAt?: Date;
  readonly history: Happening[] = [];
  readonly tasks: SimulatedTask[] = [];
  /** Weights of the users' traffic and of the test traffic. */
  production: Weights;
  test: Weights;
  private interrupt: (reason: string) => void = () => undefined;
  private readonly interrupted: Promise<never>;
  /** Alarms that were in alarm at the start: ECS doesn't mind them in this deployment. */
  private readonly ignored: ReadonlySet<string>;
  private over = false;
  private back = false;

  constructor(
    readonly arn: string,
    readonly target: Revision,
    /** The revision that serves. Nothing when the service is created. */
    readonly source: Revision | undefined,
    private readonly around: Surroundings,
  ) {
    this.startedAt = around.clock.now;
    this.ignored = around.alarming();
    this.production = source ? { [source.arn]: 100 } : {};
    this.test = source ? { [source.arn]: 100 } : {};
    this.interrupted = new Promise((_, reject) => {
      this.interrupt = (reason) => reject(new Interruption(reason));
    });
    this.interrupted.catch(() => undefined);
  }

  /** Tells of an alarm that has just gone off. */
  alarm(name: string): void {
    if (!this.ignored.has(name)) this.interrupt(`alarm ${name}`);
  }

  /** `StopServiceDeployment` with ROLLBACK. */
  stop(): void {
    this.interrupt('stopped by request');
  }

  async run(): Promise<this> {
    this.status = 'IN_PROGRESS';
    try {
      await this.forth();
      this.status = 'SUCCESSFUL';
    } catch (error) {
      if (!(error instanceof Interruption)) throw error;
      this.statusReason = error.message;
      await this.goBack();
    }
    this.over = true;
    this.finishedAt = this.around.clock.now;
    return this;
  }

  private async forth(): Promise<void> {
    const { clock, testListener, bakeMinutes } = this.around;
    if (this.around.activeRevisions() > 1) await this.hooksOf('RECONCILE_SERVICE');
    await this.hooksOf('PRE_SCALE_UP');
    await this.scaleUp();
    await this.hooksOf('POST_SCALE_UP');
    if (testListener) {
      this.test = this.weights(this.target);
      await this.shift('TEST_TRAFFIC_SHIFT', { test: this.test });
      await this.hooksOf('POST_TEST_TRAFFIC_SHIFT');
    }
    await this.hooksOf('PRE_PRODUCTION_TRAFFIC_SHIFT', { production: this.weights(this.source) });
    this.production = this.weights(this.target);
    await this.shift('PRODUCTION_TRAFFIC_SHIFT', { production: this.production });
    await this.hooksOf('POST_PRODUCTION_TRAFFIC_SHIFT');
    // The first version has nothing to go back to, so there is nothing to bake.
    if (this.source) {
      this.enter('BAKE_TIME');
      await this.orInterrupted(clock.sleep(bakeMinutes * 60));
    }
    this.enter('CLEAN_UP');
  }

  /** Traffic returns first, then the tasks of the new revision end. Hooks of the two shifts are asked again. */
  private async goBack(): Promise<void> {
    this.back = true;
    this.status = 'ROLLBACK_IN_PROGRESS';
    const begun = (stage: Stage) => this.history.some((each) => each.stage === stage);
    const outcomes: HookOutcome[] = [];
    if (begun('PRODUCTION_TRAFFIC_SHIFT')) {
      this.production = this.weights(this.source);
      outcomes.push(...(await this.askAll('PRODUCTION_TRAFFIC_SHIFT', { production: this.production })));
    }
    if (begun('TEST_TRAFFIC_SHIFT')) {
      this.test = this.weights(this.source);
      outcomes.push(...(await this.askAll('TEST_TRAFFIC_SHIFT', { test: this.test })));
    }
    for (const task of this.tasks) task.stopped = true;
    if (!this.source) this.status = 'STOPPED';
    else this.status = outcomes.every(({ ok }) => ok) ? 'ROLLBACK_SUCCESSFUL' : 'ROLLBACK_FAILED';
  }

  private async scaleUp(): Promise<void> {
    this.enter('SCALE_UP');
    const { tasks } = this.target;
    if ('placed' in tasks) return this.orInterrupted(this.forEver());
    if ('failAfter' in tasks) return this.orInterrupted(this.keepFailing(tasks.failAfter));
    this.startTask();
    await this.orInterrupted(
      tasks.healthyAfter === 'never' ? this.forEver() : this.around.clock.sleep(tasks.healthyAfter),
    );
  }

  private async keepFailing(seconds: number): Promise<void> {
    for (let failed = 0; !this.over && !this.back; failed++) {
      if (this.around.circuitBreaker && failed >= FAILED_TASKS)
        throw new Interruption('circuit breaker: tasks failed to start');
      const task = this.startTask();
      await this.around.clock.sleep(seconds);
      task.stopped = true;
    }
  }

  private startTask(): SimulatedTask {
    const task = {
      startedBy: `ecs-svc/${this.arn.split('/').at(-1)}`,
      createdAt: this.around.clock.now,
      stopped: false,
    };
    this.tasks.push(task);
    return task;
  }

  /** Hours in which nothing happens; they end with the deployment. */
  private async forEver(): Promise<void> {
    while (!this.over && !this.back) await this.around.clock.sleep(60);
  }

  private async shift(stage: HookStage, traffic: Traffic): Promise<void> {
    await this.hooksOf(stage, traffic);
    await this.orInterrupted(this.around.clock.sleep(SHIFT_SECONDS));
  }

  private async hooksOf(stage: HookStage, traffic: Traffic = {}): Promise<void> {
    const outcomes = await this.orInterrupted(this.askAll(stage, traffic));
    const failed = outcomes.find(({ ok }) => !ok);
    if (failed && !failed.ok) throw new Interruption(failed.reason);
  }

  /** All hooks of a stage at the same time; the stage ends with the last of them. */
  private askAll(stage: HookStage, traffic: Traffic): Promise<HookOutcome[]> {
    this.enter(stage);
    const hooks = this.around.hooks.filter((hook) => hook.stages.includes(stage));
    return Promise.all(
      hooks.map((hook, index) =>
        ask(
          hook,
          (hookDetails) => this.event(stage, index, traffic, hookDetails),
          this.around.clock,
          (id, call, answer) => this.note(stage, { hook: id, call, answer }),
        ),
      ),
    );
  }

  private event(stage: HookStage, index: number, traffic: Traffic, hookDetails: HookEvent['hookDetails']): HookEvent {
    return {
      executionId: `${this.arn.split('/').at(-1)}-${stage}-${index}${this.back ? '-back' : ''}`,
      lifecycleStage: stage,
      resourceArn: this.arn,
      executionDetails: {
        serviceArn: this.around.serviceArn,
        targetServiceRevisionArn: this.target.arn,
        testTrafficWeights: traffic.test ?? {},
        productionTrafficWeights: traffic.production ?? {},
      },
      ...(hookDetails ? { hookDetails } : {}),
    };
  }

  private enter(stage: Stage): void {
    this.stage = stage;
    this.note(stage, {});
  }

  private note(stage: Stage, what: Pick<Happening, 'hook' | 'call' | 'answer'>): void {
    if (!this.over) this.history.push({ at: this.around.clock.now, stage, back: this.back, ...what });
  }

  private weights(served: Revision | undefined): Weights {
    const revisions = [this.target, ...(this.source ? [this.source] : [])];
    return Object.fromEntries(revisions.map((each) => [each.arn, each === served ? 100 : 0]));
  }

  private orInterrupted<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.interrupted]);
  }
}

interface Traffic {
  readonly test?: Weights;
  readonly production?: Weights;
}
