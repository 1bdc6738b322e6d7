import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { env } from '../../../lambda/watch-deployment/env';
import { type FunctionSurroundings, KitFunction } from '../functions/kit-function';
import { nameOf } from '../naming';
import { lookingAtTasks, partOfCluster } from '../roles/ecs-statements';

/** Often enough that an overstay is noticed soon, rare enough to cost nothing (8,640 short runs a month). */
const EVERY = Duration.minutes(5);
/** A healthy copy is up in three minutes; a slow image and a hundred copies in ten. */
const SCALE_UP_MINUTES = 30;
/**
 * A deployment whose tasks can't be placed at all (no capacity, no addresses) may wait longer, for that may pass; and
 * without a task nobody can tell how much of the time its hooks took.
 */
const NO_TASK_MINUTES = 360;

export interface DeploymentWatchdogProps extends FunctionSurroundings {
  readonly clusterName: string;
  readonly serviceName: string;
}

/** Rolls a deployment back whose tasks never become healthy. */
export class DeploymentWatchdog extends Construct {
  constructor(scope: Construct, id: string, props: DeploymentWatchdogProps) {
    super(scope, id);
    const { environment } = props;
    const { clusterName } = props;
    const watch = new KitFunction(this, 'Watch', {
      ...props,
      code: 'watch-deployment',
      description: 'Rolls back a deployment whose tasks never become healthy',
      statements: [
        ...lookingAtTasks(environment, clusterName),
        new PolicyStatement({
          actions: ['ecs:ListServiceDeployments'],
          resources: [partOfCluster(environment, 'service', clusterName, props.serviceName)],
        }),
        new PolicyStatement({
          actions: ['ecs:DescribeServiceDeployments', 'ecs:StopServiceDeployment'],
          resources: [partOfCluster(environment, 'service-deployment', clusterName, `${props.serviceName}/*`)],
        }),
      ],
      variables: {
        [env.cluster]: clusterName,
        [env.service]: props.serviceName,
        [env.scaleUpMinutes]: String(SCALE_UP_MINUTES),
        [env.noTaskMinutes]: String(NO_TASK_MINUTES),
      },
      runbook: 'deployment-failed',
      severity: 'warning',
      rows: ['C10'],
    });
    new Rule(this, 'Schedule', {
      ruleName: nameOf(environment, 'watch-deployment'),
      description: 'Looks after running deployments',
      schedule: Schedule.rate(EVERY),
    }).addTarget(new LambdaTarget(watch.lambda, { retryAttempts: 2 }));
  }
}
