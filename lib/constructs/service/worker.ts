import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AlarmBehavior,
  FargatePlatformVersion,
  FargateService,
  type ICluster,
  PropagatedTagSource,
} from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import type { AlarmRegistrar } from '../alarms/registrar';
import { atOrAbove, BREACHING, below, FIVE_MINUTES, NOT_BREACHING } from '../alarms/terms';
import { nameOf } from '../naming';
import type { AppTasks } from './app-tasks';
import type { Release } from './release';
import { FULL_PERCENT, runningCopies } from './service-alarms';

/** Where the processes of an environment run. */
export interface ProcessSurroundings {
  readonly environment: Environment;
  readonly cluster: ICluster;
  readonly vpc: IVpc;
  /** The network's part for tasks without a load balancer. */
  readonly securityGroup: ISecurityGroup;
  readonly tasks: AppTasks;
  readonly release: Release;
  readonly alarms: AlarmRegistrar;
}

export interface WorkerProps extends ProcessSurroundings {
  readonly worker: Environment['processes']['workers'][number];
}

/**
 * A process of the app's image that runs all the time and listens to nobody. It has no traffic to move, so a deployment
 * replaces its copies one by one. A version whose copies keep failing is rolled back by the circuit breaker, and one that
 * fills its memory by an alarm.
 */
export class Worker extends Construct {
  readonly service: FargateService;

  constructor(scope: Construct, id: string, props: WorkerProps) {
    super(scope, id);
    const { environment, worker, tasks } = props;
    const process = `worker-${worker.name}`;
    const serviceName = nameOf(environment, process);
    const dimensions = { ClusterName: nameOf(environment, 'cluster'), ServiceName: serviceName };
    const task = tasks.add(`Worker-${worker.name}`, {
      process,
      cpu: worker.cpu,
      memory: worker.memory,
      command: worker.command,
      stopTimeout: Duration.seconds(worker.stopSeconds),
    });
    props.alarms.add(this, `${process}-down`, {
      title: `Worker ${worker.name} has fewer copies than it should`,
      metric: runningCopies(dimensions),
      threshold: worker.copies,
      comparison: below,
      periods: 10,
      // A service without tasks reports nothing.
      missingData: BREACHING,
      severity: 'warning',
      rows: ['C02'],
      runbook: 'copies-missing',
    });
    // Missing copies undo no deployment: a worker that never ran is silent too, so its first deployment could not succeed.
    const full = props.alarms.add(this, `${process}-memory`, {
      title: `Memory of worker ${worker.name} is over ${FULL_PERCENT} %`,
      metric: new Metric({
        namespace: 'AWS/ECS',
        metricName: 'MemoryUtilization',
        dimensionsMap: dimensions,
        statistic: 'Average',
        period: FIVE_MINUTES,
      }),
      threshold: FULL_PERCENT,
      comparison: atOrAbove,
      periods: 3,
      missingData: NOT_BREACHING,
      severity: 'warning',
      rows: ['A07', 'C14'],
      runbook: 'service-resources',
    });
    this.service = new FargateService(this, 'Service', {
      serviceName,
      cluster: props.cluster,
      taskDefinition: task.definition,
      platformVersion: FargatePlatformVersion.VERSION1_4,
      vpcSubnets: props.vpc.selectSubnets({ subnetGroupName: 'private' }),
      securityGroups: [props.securityGroup],
      assignPublicIp: false,
      enableExecuteCommand: false,
      desiredCount: worker.copies,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      deploymentAlarms: { alarmNames: [full.alarmName], behavior: AlarmBehavior.ROLLBACK_ON_ALARM },
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
    });
    props.release.tag(this.service);
    this.service.node.addDependency(task.roles);
  }
}
