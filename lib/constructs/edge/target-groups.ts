import { Duration } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationProtocol,
  ApplicationTargetGroup,
  Protocol,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { PROXY_PORT } from '../proxy/paths';

export interface TargetGroupProps {
  readonly environment: Environment;
  readonly vpc: IVpc;
}

/**
 * A group of copies behind the load balancer. There are two, blue and green, alike: ECS fills one with the new version
 * while the other still serves.
 *
 * The health check asks for the app's liveness, through the proxy. ECS replaces every copy that fails it, so it must
 * not depend on the database: an outage there would restart all copies at once, and keep doing so. Nor may the proxy
 * answer it alone: a copy whose gunicorn hangs would stay in service. Whether a new version reaches its database is
 * asked by the deployment's probe, before any traffic moves.
 */
export function targetGroup(scope: Construct, id: string, props: TargetGroupProps): ApplicationTargetGroup {
  const { app, limits } = props.environment;
  const group = new ApplicationTargetGroup(scope, id, {
    vpc: props.vpc,
    targetType: TargetType.IP,
    protocol: ApplicationProtocol.HTTPS,
    port: PROXY_PORT,
    // Two answers put a copy in service and three failures take it out: 10 to 20 s in, half a minute out.
    healthCheck: {
      protocol: Protocol.HTTPS,
      path: app.health.liveness,
      healthyHttpCodes: '200',
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
    },
    deregistrationDelay: Duration.seconds(limits.deregistrationSeconds),
    // A slow copy gets fewer requests. The load balancer has no slow start beside this algorithm, and a fresh copy
    // needs none: gunicorn has loaded the app before it answers its first health check.
    loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
  });
  // Sessions live in the cache, not in a copy, so any copy can answer; a sticky client would stay with a sick one, and
  // with the old version after a switch.
  group.setAttribute('stickiness.enabled', 'false');
  return group;
}
