/** Stages of a deployment in their order; at those of `hookStages` a function may be asked. */
export const stages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const;
export type Stage = (typeof stages)[number];
export type HookStage = Exclude<Stage, 'SCALE_UP' | 'BAKE_TIME' | 'CLEAN_UP'>;

/** Per cent of the traffic by the ARN of a service revision. */
export type Weights = Readonly<Record<string, number>>;

/** What a hook's function is handed, as the ECS developer guide documents it. */
export interface HookEvent {
  readonly executionId: string;
  readonly lifecycleStage: HookStage;
  /** ARN of the service deployment. */
  readonly resourceArn: string;
  readonly executionDetails: {
    readonly serviceArn: string;
    /** The revision that is being deployed: on the way back too. */
    readonly targetServiceRevisionArn: string;
    readonly testTrafficWeights: Weights;
    readonly productionTrafficWeights: Weights;
  };
  /** What the hook's configuration says, with what its own last answer added. */
  readonly hookDetails?: Readonly<Record<string, unknown>>;
}

/** What the function may answer; anything else fails the deployment. */
export interface HookAnswer {
  readonly hookStatus: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';
  /** Seconds until the next call of a hook in progress. @default 30 */
  readonly callBackDelay?: number;
  readonly hookDetails?: Readonly<Record<string, unknown>>;
}

/** A hook as the service's definition has it. */
export interface Hook {
  readonly id: string;
  readonly stages: readonly HookStage[];
  /** The function. `nap` lets virtual time pass inside a call. */
  readonly handler: (event: HookEvent, nap: (seconds: number) => Promise<void>) => Promise<unknown>;
  readonly hookDetails?: Readonly<Record<string, unknown>>;
  /** @default 24 hours, then back */
  readonly timeout?: { readonly minutes: number; readonly action: 'ROLLBACK' | 'CONTINUE' };
}

/** How the tasks of a revision behave. */
export type Tasks =
  /** They become healthy after so many seconds. */
  | { readonly healthyAfter: number }
  /** They start and are never healthy. */
  | { readonly healthyAfter: 'never' }
  /** Each ends by itself after so many seconds. */
  | { readonly failAfter: number }
  /** None can be placed. */
  | { readonly placed: false };

/** A version of the service. */
export interface Revision {
  readonly arn: string;
  readonly image: string;
  readonly taskDefinition: string;
  readonly tasks: Tasks;
  /** `valueFrom` of the secrets that its containers name. */
  readonly secrets: readonly string[];
}

export type DeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

/** Something that happened in a deployment. */
export interface Happening {
  readonly at: Date;
  readonly stage: Stage;
  /** Whether it happened on the way back. */
  readonly back: boolean;
  /** The hook that was called; nothing for the stage itself. */
  readonly hook?: string;
  /** Which call of that hook in this stage. */
  readonly call?: number;
  readonly answer?: string;
}
