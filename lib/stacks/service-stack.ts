import { CfnOutput, Fn } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { type CfnCluster, Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { Environment } from '../config/schema';
import type { FunctionSurroundings } from '../constructs/functions/kit-function';
import { nameOf } from '../constructs/naming';
import type { Network } from '../constructs/network/network';
import { Redeployment } from '../constructs/secrets/rotation/redeployment';
import { containerNames } from '../constructs/service/app-task';
import { AppTasks } from '../constructs/service/app-tasks';
import { DeploymentWatchdog } from '../constructs/service/deployment-watchdog';
import { FailureEvents } from '../constructs/service/failure-events';
import { Release } from '../constructs/service/release';
import { ScheduledCommand } from '../constructs/service/scheduled-command';
import { SecretsCheck } from '../constructs/service/secrets-check';
import { ServiceAlarms } from '../constructs/service/service-alarms';
import { runsOnSpot, SPOT, WebService } from '../constructs/service/web-service';
import { type ProcessSurroundings, Worker } from '../constructs/service/worker';
import { except, maintained } from '../controls/except';
import type { DataStack } from './data-stack';
import type { EdgeStack } from './edge-stack';
import { EnvironmentStack, type EnvironmentStackProps } from './environment-stack';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';

export interface ServiceStackProps extends EnvironmentStackProps {
  readonly foundation: FoundationStack;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly edge: EdgeStack;
}

/** What runs: the web application, its workers, scheduled commands, migrations and one-off tasks. */
export class ServiceStack extends EnvironmentStack {
  readonly service: WebService;
  readonly tasks: AppTasks;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, { ...props, description: 'application' });
    const { environment, foundation, data } = props;
    const { vpc, parts } = props.network.network;
    const { edge } = props.edge;
    const { alarms, logs } = foundation;
    const release = new Release(this);
    const insights = environment.tier !== 'development';
    const cluster = this.cluster(environment, vpc, insights);
    this.tasks = new AppTasks(this, 'Tasks', {
      environment,
      logs,
      database: data.database,
      secrets: data.secrets,
      cache: data.cache,
      release,
    });
    this.service = new WebService(this, 'Web', {
      environment,
      cluster,
      vpc,
      securityGroup: parts.service,
      edge,
      task: this.tasks.web,
      release,
      rollbackAlarms: edge.bakeAlarms,
    });
    const names = { clusterName: nameOf(environment, 'cluster'), serviceName: nameOf(environment, 'web') };
    new ServiceAlarms(this, 'Alarms', {
      ...names,
      insights,
      environment,
      alarms,
      applicationLog: logs.groups.application,
    });

    const surroundings: FunctionSurroundings = {
      environment,
      vpc,
      securityGroup: parts.functions,
      logKey: foundation.key,
      alarms,
    };
    new DeploymentWatchdog(this, 'Watchdog', { ...surroundings, ...names });
    if (data.secrets.byHand.length > 0) {
      const check = new SecretsCheck(this, 'Secrets', {
        ...surroundings,
        ...names,
        secrets: data.secrets,
        // What it says must outlive the stack: a first deployment that is refused takes the stack's own groups away.
        logGroup: logs.groups.audit,
      });
      this.service.addHook({ id: 'SecretsFilled', stages: ['PRE_SCALE_UP'], handler: check.handler });
    }
    const failures = new FailureEvents(this, 'FailureEvents', { environment, alarms });
    const workers = this.addProcesses(failures, {
      environment,
      cluster,
      vpc,
      securityGroup: parts.tasks,
      tasks: this.tasks,
      release,
      alarms,
    });
    new Redeployment(this, 'Redeployment', {
      ...surroundings,
      clusterName: names.clusterName,
      serviceNames: [
        names.serviceName,
        ...environment.processes.workers.map(({ name }) => nameOf(environment, `worker-${name}`)),
      ],
      services: [this.service, ...workers].map(({ service }) => service),
      database: data.database,
      login: data.secrets.databaseApp,
      others: [
        data.secrets.secretKey,
        data.secrets.jwtSecretKey,
        ...(data.cache ? [data.cache.authSecret] : []),
        ...data.secrets.byHand,
      ],
    });
    failures.watch('DeploymentFailed', {
      title: 'A deployment failed and was rolled back',
      severity: 'critical',
      rows: ['C10'],
      runbook: 'deployment-failed',
      pattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Deployment State Change'],
        resources: [this.service, ...workers].map(({ service }) => service.serviceArn),
        detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
      },
    });
    this.tell(names, props.network.network);
  }

  /** Container Insights measures what CPU and memory don't tell, for about $4 a month and copy: development does without. */
  private cluster(environment: Environment, vpc: IVpc, insights: boolean): Cluster {
    const cluster = new Cluster(this, 'Cluster', {
      clusterName: nameOf(environment, 'cluster'),
      vpc,
      containerInsightsV2: insights ? ContainerInsights.ENHANCED : ContainerInsights.DISABLED,
    });
    // The L2 would offer on-demand capacity as well, by a resource of its own.
    if (runsOnSpot(environment)) (cluster.node.defaultChild as CfnCluster).capacityProviders = [SPOT];
    if (!insights) {
      except(cluster, {
        finding: 'AwsSolutions-ECS4',
        reason: 'A development environment is told of missing copies, CPU and memory without Container Insights',
        ...maintained,
      });
    }
    return cluster;
  }

  private addProcesses(failures: FailureEvents, surroundings: ProcessSurroundings): readonly Worker[] {
    const { workers, scheduled } = surroundings.environment.processes;
    if (scheduled.length > 0) {
      const group = new CfnScheduleGroup(this, 'Schedules', { name: nameOf(surroundings.environment, 'commands') });
      for (const each of scheduled) {
        new ScheduledCommand(this, `Scheduled-${each.name}`, { ...surroundings, failures, group, scheduled: each });
      }
    }
    return workers.map((worker) => new Worker(this, `Worker-${worker.name}`, { ...surroundings, worker }));
  }

  /** What a person or a command line needs to start a task by hand. */
  private tell(names: { readonly clusterName: string; readonly serviceName: string }, { vpc, parts }: Network): void {
    const outputs: Readonly<Record<string, readonly [value: string, description: string]>> = {
      ClusterName: [names.clusterName, 'ECS cluster'],
      ServiceName: [names.serviceName, 'ECS service of the web application'],
      OneOffTask: [this.tasks.oneOff.definition.taskDefinitionArn, 'Task definition for breakwater task run'],
      MigrateTask: [this.tasks.migrate.definition.taskDefinitionArn, 'Task definition of migrations'],
      AppContainer: [containerNames.app, 'Container of those tasks that takes a command'],
      TaskSubnets: [
        Fn.join(',', vpc.selectSubnets({ subnetGroupName: 'private' }).subnetIds),
        'Subnets of tasks, with commas between them',
      ],
      TaskSecurityGroup: [parts.tasks.securityGroupId, 'Security group of tasks'],
    };
    for (const [id, [value, description]] of Object.entries(outputs)) new CfnOutput(this, id, { value, description });
  }
}
