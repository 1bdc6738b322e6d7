import { Stack } from 'aws-cdk-lib';
import type {
  CfnService,
  DeploymentLifecycleHookTargetConfig,
  DeploymentLifecycleStage,
  FargateService,
  IDeploymentLifecycleHookTarget,
} from 'aws-cdk-lib/aws-ecs';
import { type CfnManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ManagedRole } from '../roles/managed-role';

/**
 * Stages of a deployment at which a hook may run, in order. The CDK's enum lacks PRE_PRODUCTION_TRAFFIC_SHIFT, and a
 * misspelt stage is only a warning of the schema check, so the names stand here.
 */
const deploymentStages = [
  /** Once, before anything, and only if more than one revision of the service is active. */
  'RECONCILE_SERVICE',
  /** Once, before a task of the new version starts: migrations. */
  'PRE_SCALE_UP',
  /** Once, when all tasks of the new version are healthy. */
  'POST_SCALE_UP',
  /** While test traffic moves to the new version; again on the way back. */
  'TEST_TRAFFIC_SHIFT',
  /** Once, when the test listener leads to the new version: the endpoint probe. */
  'POST_TEST_TRAFFIC_SHIFT',
  /** Once, just before users' traffic moves. */
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  /** While users' traffic moves to the new version; again on the way back. */
  'PRODUCTION_TRAFFIC_SHIFT',
  /** Once, when users' traffic is on the new version, before the bake. */
  'POST_PRODUCTION_TRAFFIC_SHIFT',
] as const;
export type DeploymentStage = (typeof deploymentStages)[number];

export interface DeploymentHook {
  /** Construct id, such as `Migrate`. */
  readonly id: string;
  readonly stages: readonly [DeploymentStage, ...DeploymentStage[]];
  /** The function that ECS asks. This folder's README has the protocol. */
  readonly handler: IFunction;
}

/**
 * Adds a function that every deployment of the service asks at some stages: the one place where later work plugs in.
 *
 * @throws when a stage does not exist
 */
export function addDeploymentHook(service: FargateService, hook: DeploymentHook): void {
  const unknown = hook.stages.filter((stage) => !deploymentStages.includes(stage));
  if (unknown.length > 0) {
    throw new Error(
      `Deployment hook ${hook.id}: no stage ${unknown.join(', ')}. Expected ${deploymentStages.join(', ')}, for example PRE_SCALE_UP.`,
    );
  }
  const { id, handler } = hook;
  const role = new ManagedRole(service, `${id}HookRole`, {
    assumedBy: new ServicePrincipal('ecs.amazonaws.com').withConditions({
      StringEquals: { 'aws:SourceAccount': Stack.of(service).account },
    }),
    description: `Lets deployments ask ${id}`,
    statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [handler.functionArn] })],
  });
  // The first deployment asks at once. Only the service itself waits: the role is a part of it and can't wait for itself.
  (service.node.defaultChild as CfnService).addResourceDependency(role.rights.node.defaultChild as CfnManagedPolicy);
  service.addLifecycleHook(new HookTarget(hook, role));
}

class HookTarget implements IDeploymentLifecycleHookTarget {
  constructor(
    private readonly hook: DeploymentHook,
    private readonly role: ManagedRole,
  ) {}

  bind(): DeploymentLifecycleHookTargetConfig {
    const { handler, stages } = this.hook;
    return {
      targetArn: handler.functionArn,
      role: this.role,
      // The enum is narrower than what ECS and CloudFormation take; the names were checked above.
      lifecycleStages: stages as readonly string[] as DeploymentLifecycleStage[],
    };
  }
}
