import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Edge } from '../edge/edge';
import { ManagedRole } from '../roles/managed-role';

/**
 * What ECS may do at the load balancer to move traffic between the two target groups: change the weights of our rules and
 * put copies in and out of our groups. AWS's own policy for it reaches every load balancer of the account.
 */
export function loadBalancerRole(scope: Construct, edge: Edge): ManagedRole {
  const role = new ManagedRole(scope, 'LoadBalancerRole', {
    assumedBy: new ServicePrincipal('ecs.amazonaws.com').withConditions({
      StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
    }),
    description: 'Moves traffic between the target groups during a deployment',
    statements: [
      new PolicyStatement({
        actions: ['elasticloadbalancing:ModifyRule'],
        resources: [edge.productionRule.listenerRuleArn, edge.testRule.listenerRuleArn],
      }),
      new PolicyStatement({
        actions: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
        resources: [edge.blue.targetGroupArn, edge.green.targetGroupArn],
      }),
      new PolicyStatement({
        actions: [
          'elasticloadbalancing:DescribeListeners',
          'elasticloadbalancing:DescribeRules',
          'elasticloadbalancing:DescribeTargetGroups',
          'elasticloadbalancing:DescribeTargetHealth',
        ],
        resources: ['*'],
      }),
    ],
  });
  return role;
}
