import { Duration } from 'aws-cdk-lib';
import { CfnScalingPolicy, type ScalableTarget } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { workersOf } from '../../config/workers';

/** Scale out before copies are busy: below what makes answers slow, above what leaves half of them idle. */
const CPU_PERCENT = 60;
const MEMORY_PERCENT = 75;

/** New copies count after this; shorter would add more before the last ones serve. */
const SCALE_OUT_COOLDOWN = Duration.seconds(60);
/** Copies leave slowly: a wave of requests often has a second crest. */
const SCALE_IN_COOLDOWN = Duration.minutes(5);

/**
 * Requests a minute that one thread is given before copies are added. A thread that takes 200 ms for a request can do 300
 * a minute; 60 % of that leaves room while new copies start.
 */
const REQUESTS_PER_THREAD = 180;

/**
 * Whether copies come and go with the load. Fewest and most alike leave autoscaling nothing to do but to cost its
 * alarms; production keeps it, so that its limits can be moved in an incident without a deployment.
 */
export const followsLoad = ({ tier, app: { copies } }: Environment): boolean =>
  tier === 'production' || copies.min < copies.max;

export interface AutoscalingProps {
  readonly environment: Environment;
  readonly service: FargateService;
  readonly targetGroups: readonly [blue: ApplicationTargetGroup, green: ApplicationTargetGroup];
}

/**
 * Follows the load between the environment's least and most copies (row C14): on CPU, on memory, and on requests.
 *
 * Requests are counted per copy and added up over both target groups. Only one of them has traffic, and after each
 * deployment it is the other one; a policy that watches one group falls silent then.
 */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalingProps) {
    super(scope, id);
    const { environment, service } = props;
    const { copies } = environment.app;
    const target = service.autoScaleTaskCount({ minCapacity: copies.min, maxCapacity: copies.max });
    const cooldowns = { scaleOutCooldown: SCALE_OUT_COOLDOWN, scaleInCooldown: SCALE_IN_COOLDOWN };
    target.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: CPU_PERCENT, ...cooldowns });
    target.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: MEMORY_PERCENT, ...cooldowns });
    this.scaleOnRequests(target, props);
  }

  private scaleOnRequests(target: ScalableTaskCount, { environment, targetGroups }: AutoscalingProps): void {
    const { app } = environment;
    const scalableTarget = target.node.findChild('Target') as ScalableTarget;
    new CfnScalingPolicy(this, 'Requests', {
      policyName: `${scalableTarget.node.path.replaceAll('/', '')}Requests`,
      policyType: 'TargetTrackingScaling',
      scalingTargetId: scalableTarget.scalableTargetId,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: workersOf(app) * app.threads * REQUESTS_PER_THREAD,
        scaleOutCooldown: SCALE_OUT_COOLDOWN.toSeconds(),
        scaleInCooldown: SCALE_IN_COOLDOWN.toSeconds(),
        customizedMetricSpecification: {
          metrics: [
            {
              id: 'perCopy',
              label: 'Requests a minute per copy',
              expression: 'FILL(blue, 0) + FILL(green, 0)',
              returnData: true,
            },
            requestsOf('blue', targetGroups[0]),
            requestsOf('green', targetGroups[1]),
          ],
        },
      },
    });
  }
}

const requestsOf = (
  id: string,
  group: ApplicationTargetGroup,
): CfnScalingPolicy.TargetTrackingMetricDataQueryProperty => ({
  id,
  returnData: false,
  metricStat: {
    stat: 'Sum',
    metric: {
      namespace: 'AWS/ApplicationELB',
      metricName: 'RequestCountPerTarget',
      dimensions: [{ name: 'TargetGroup', value: group.targetGroupFullName }],
    },
  },
});
