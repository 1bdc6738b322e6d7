import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, type CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { nameOf } from '../naming';
import { ManagedRole } from '../roles/managed-role';
import type { FailureEvents } from './failure-events';
import type { ProcessSurroundings } from './worker';

/** A start that fails is tried again for an hour; later it would run into the next one. */
const START_WINDOW = Duration.hours(1);
const START_RETRIES = 5;
const LONGEST_STOP = Duration.seconds(120);

export interface ScheduledCommandProps extends ProcessSurroundings {
  readonly scheduled: Environment['processes']['scheduled'][number];
  readonly group: CfnScheduleGroup;
  readonly failures: FailureEvents;
}

/**
 * A command of the app's image that EventBridge Scheduler starts. Two things can go wrong, and each raises an alarm: the
 * task can't be started (its request becomes a dead letter), or the command ends with another status than 0.
 */
export class ScheduledCommand extends Construct {
  constructor(scope: Construct, id: string, props: ScheduledCommandProps) {
    super(scope, id);
    const { environment, scheduled, tasks, cluster } = props;
    const process = `scheduled-${scheduled.name}`;
    const task = tasks.add(`Scheduled-${scheduled.name}`, {
      process,
      cpu: scheduled.cpu,
      memory: scheduled.memory,
      command: scheduled.command,
      stopTimeout: LONGEST_STOP,
    });
    const { deadLetters } = props.failures;
    const { definition } = task;
    const role = new ManagedRole(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com').withConditions({
        StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
      }),
      description: `Starts the scheduled command ${scheduled.name}`,
      statements: [
        new PolicyStatement({
          actions: ['ecs:RunTask'],
          resources: [definition.taskDefinitionArn],
          conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
        }),
        // A task that is given tags as it starts is one of ours to tag, at that moment and no other.
        new PolicyStatement({
          actions: ['ecs:TagResource'],
          resources: [
            Stack.of(this).formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` }),
          ],
          conditions: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
        }),
        new PolicyStatement({
          actions: ['iam:PassRole'],
          resources: [definition.taskRole.roleArn, definition.obtainExecutionRole().roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
      ],
    });
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: nameOf(environment, process),
      groupName: props.group.ref,
      description: `Runs ${scheduled.name}`,
      scheduleExpression: scheduled.schedule,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      state: 'ENABLED',
      target: {
        arn: cluster.clusterArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: deadLetters.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: START_WINDOW.toSeconds(), maximumRetryAttempts: START_RETRIES },
        ecsParameters: {
          taskDefinitionArn: definition.taskDefinitionArn,
          launchType: 'FARGATE',
          platformVersion: '1.4.0',
          enableExecuteCommand: false,
          enableEcsManagedTags: true,
          propagateTags: 'TASK_DEFINITION',
          networkConfiguration: {
            awsvpcConfiguration: {
              assignPublicIp: 'DISABLED',
              subnets: props.vpc.selectSubnets({ subnetGroupName: 'private' }).subnetIds,
              securityGroups: [props.securityGroup.securityGroupId],
            },
          },
        },
      },
    });
    // A schedule that is due as soon as it stands finds its rights attached.
    schedule.node.addDependency(role);
    props.failures.watch(`${process}-failed`, {
      title: `Scheduled command ${scheduled.name} failed`,
      severity: 'warning',
      rows: ['C02'],
      runbook: 'scheduled-command-failed',
      pattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          clusterArn: [cluster.clusterArn],
          lastStatus: ['STOPPED'],
          taskDefinitionArn: [definition.taskDefinitionArn],
          // A container that failed has another code than 0; a task that never ran has none at all.
          $or: [{ containers: { exitCode: [{ 'anything-but': 0 }] } }, { stopCode: ['TaskFailedToStart'] }],
        },
      },
    });
  }
}
