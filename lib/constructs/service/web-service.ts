import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AlarmBehavior,
  AlternateTarget,
  DeploymentStrategy,
  FargatePlatformVersion,
  FargateService,
  type ICluster,
  ListenerRuleConfiguration,
  PropagatedTagSource,
} from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import type { Edge } from '../edge/edge';
import { nameOf } from '../naming';
import { PROXY_PORT } from '../proxy/paths';
import { containerNames } from './app-task';
import { Autoscaling, followsLoad } from './autoscaling';
import { addDeploymentHook, type DeploymentHook } from './deployment-hooks';
import { loadBalancerRole } from './load-balancer-role';
import type { Release } from './release';
import type { WebTask } from './web-task';

/** Spare capacity, taken back with two minutes' notice; AWS names it so. */
export const SPOT = 'FARGATE_SPOT';

/** Where copies may be interrupted to be cheap: users of development wait for the next one. */
export const runsOnSpot = ({ tier }: Environment): boolean => tier === 'development';

/** Time in which a new copy's failed health checks are forgiven: it imports the app and opens its first connections. */
const STARTUP_GRACE = Duration.seconds(120);

export interface WebServiceProps {
  readonly environment: Environment;
  readonly cluster: ICluster;
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
  readonly edge: Edge;
  readonly task: WebTask;
  readonly release: Release;
  /** Alarms that undo a deployment, up to the end of its bake. */
  readonly rollbackAlarms: readonly Alarm[];
}

/**
 * The web application behind the load balancer, deployed blue/green by ECS itself.
 *
 * A deployment starts the new version beside the old one, moves test traffic, then users' traffic, and keeps both through
 * the bake. Four things undo it: a hook that says no, an alarm, the circuit breaker when tasks keep failing, and the
 * watchdog when they neither fail nor become healthy.
 */
export class WebService extends Construct {
  readonly service: FargateService;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    const { environment, edge } = props;
    this.service = new FargateService(this, 'Service', {
      serviceName: nameOf(environment, 'web'),
      cluster: props.cluster,
      taskDefinition: props.task.definition,
      // Pinned: AWS patches a platform version in place, and a new one brings changes that somebody should read about.
      platformVersion: FargatePlatformVersion.VERSION1_4,
      vpcSubnets: props.vpc.selectSubnets({ subnetGroupName: 'private' }),
      securityGroups: [props.securityGroup],
      assignPublicIp: false,
      enableExecuteCommand: false,
      // Where autoscaling owns the number, a deployment must not set it back.
      desiredCount: followsLoad(environment) ? undefined : environment.app.copies.min,
      capacityProviderStrategies: runsOnSpot(environment) ? [{ capacityProvider: SPOT, weight: 1 }] : undefined,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      healthCheckGracePeriod: STARTUP_GRACE,
      deploymentStrategy: DeploymentStrategy.BLUE_GREEN,
      bakeTime: Duration.minutes(environment.rollout.bakeMinutes),
      // The ECS guide lists it for blue/green too, the API reference for rolling deployments only. It is on, and nothing
      // depends on it: see the watchdog.
      circuitBreaker: { enable: true, rollback: true },
      deploymentAlarms: {
        alarmNames: props.rollbackAlarms.map((alarm) => alarm.alarmName),
        behavior: AlarmBehavior.ROLLBACK_ON_ALARM,
      },
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
    });
    props.release.tag(this.service);
    const trafficRole = loadBalancerRole(this, edge);
    // Tasks start and are registered as soon as the service stands: the rights for it must stand before, and they are
    // attached to their roles from their own side.
    this.service.node.addDependency(props.task.roles, trafficRole);
    this.service
      .loadBalancerTarget({
        containerName: containerNames.proxy,
        containerPort: PROXY_PORT,
        alternateTarget: new AlternateTarget('Alternate', {
          alternateTargetGroup: edge.green,
          productionListener: ListenerRuleConfiguration.applicationListenerRule(edge.productionRule),
          testListener: ListenerRuleConfiguration.applicationListenerRule(edge.testRule),
          role: trafficRole,
        }),
      })
      .attachToApplicationTargetGroup(edge.blue);
    if (followsLoad(environment)) {
      new Autoscaling(this, 'Autoscaling', {
        environment,
        service: this.service,
        targetGroups: [edge.blue, edge.green],
      });
    }
  }

  /** Adds a function that every deployment asks; see `addDeploymentHook`. */
  addHook(hook: DeploymentHook): void {
    addDeploymentHook(this.service, hook);
  }
}
