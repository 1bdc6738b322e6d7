import { everyTier, fixture, type RuleControl } from '../control';
import { absent, type Expectation, guard, guards, is, pointsAt, satisfies } from '../expect';
import { TASK_DEFINITION } from '../rules/compute/containers';
import { comesDue } from '../rules/compute/schedules';
import { actionsOf, statementsOf } from '../rules/statements';
import { asList, asObject, type EnvironmentView, type JsonObject, type Resource } from '../view';

const TYPE = 'AWS::Scheduler::Schedule';
const RULE = 'AWS::Events::Rule';
const ECS = 'Target.EcsParameters';
const PLACE = `${ECS}.NetworkConfiguration.AwsvpcConfiguration`;

const all = (what: string, type: string): Expectation =>
  satisfies(
    what,
    (value, resource, environment) =>
      asList(value).length > 0 && asList(value).every((each) => environment.target(each, resource)?.type === type),
  );

const parts = {
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Task: { Type: TASK_DEFINITION, Properties: { Family: 'ums-prod-scheduled-clean' } },
  Other: { Type: TASK_DEFINITION, Properties: { Family: 'ums-prod-one-off' } },
  Subnet: { Type: 'AWS::EC2::Subnet' },
  Group: { Type: 'AWS::EC2::SecurityGroup' },
  Schedules: { Type: 'AWS::Scheduler::ScheduleGroup' },
  Dead: { Type: 'AWS::SQS::Queue' },
  Role: { Type: 'AWS::IAM::Role' },
};
const run = { Effect: 'Allow', Action: 'ecs:RunTask', Resource: { Ref: 'Task' } };
const inCluster = { ArnEquals: { 'ecs:cluster': { 'Fn::GetAtt': ['Cluster', 'Arn'] } } };
const schedule = (
  ecs: JsonObject,
  changes: {
    readonly target?: JsonObject;
    readonly place?: JsonObject;
    readonly schedule?: JsonObject;
    readonly rights?: JsonObject;
  } = {},
) => ({
  ...parts,
  Rights: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: { Statement: [{ ...run, Condition: inCluster, ...changes.rights }] },
    },
  },
  Schedule: {
    Type: TYPE,
    Properties: {
      Name: 'ums-prod-scheduled-clean',
      GroupName: { Ref: 'Schedules' },
      ScheduleExpression: 'rate(1 day)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: {
        Arn: { 'Fn::GetAtt': ['Cluster', 'Arn'] },
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Dead', 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 5 },
        EcsParameters: {
          TaskDefinitionArn: { Ref: 'Task' },
          LaunchType: 'FARGATE',
          PlatformVersion: '1.4.0',
          EnableExecuteCommand: false,
          EnableECSManagedTags: true,
          PropagateTags: 'TASK_DEFINITION',
          NetworkConfiguration: {
            AwsvpcConfiguration: {
              AssignPublicIp: 'DISABLED',
              Subnets: [{ Ref: 'Subnet' }],
              SecurityGroups: [{ Ref: 'Group' }],
              ...changes.place,
            },
          },
          ...ecs,
        },
        ...changes.target,
      },
      ...changes.schedule,
    },
  },
});

export const control: RuleControl = {
  id: 'commands-scheduled',
  title: 'A scheduled command runs as a private task of its own, is started again when that fails, and is never lost',
  holds: ['C02/enforce', 'C07/enforce'],
  tiers: everyTier,
  why: 'What runs by the clock is missed only when somebody needs its result; a start that fails must be tried again and then be seen.',
  remedy: 'Leave ScheduledCommand as it is; set processes.scheduled in the environment’s file.',
  ...guards(
    guard(TYPE, {
      State: is('ENABLED'),
      GroupName: pointsAt('AWS::Scheduler::ScheduleGroup'),
      ScheduleExpression: comesDue,
      ScheduleExpressionTimezone: is('UTC'),
      'FlexibleTimeWindow.Mode': is('OFF'),
      StartDate: absent,
      EndDate: absent,
      'Target.Arn': pointsAt('AWS::ECS::Cluster'),
      'Target.RoleArn': pointsAt('AWS::IAM::Role'),
      'Target.Input': absent,
      'Target.DeadLetterConfig.Arn': pointsAt('AWS::SQS::Queue'),
      'Target.RetryPolicy.MaximumEventAgeInSeconds': is(3600),
      'Target.RetryPolicy.MaximumRetryAttempts': is(5),
      [`${ECS}.TaskDefinitionArn`]: satisfies('the task of the same name', (value, resource, view) => {
        const task = view.target(value, resource);
        return (
          task?.type === TASK_DEFINITION && view.text(task.properties.Family) === view.text(resource.properties.Name)
        );
      }),
      [`${ECS}.LaunchType`]: is('FARGATE'),
      [`${ECS}.PlatformVersion`]: is('1.4.0'),
      [`${ECS}.EnableExecuteCommand`]: is(false),
      [`${ECS}.EnableECSManagedTags`]: is(true),
      [`${ECS}.PropagateTags`]: is('TASK_DEFINITION'),
      [`${ECS}.TaskCount`]: absent,
      [`${ECS}.CapacityProviderStrategy`]: absent,
      [`${PLACE}.AssignPublicIp`]: is('DISABLED'),
      [`${PLACE}.Subnets`]: all('subnets of this environment', 'AWS::EC2::Subnet'),
      [`${PLACE}.SecurityGroups`]: all('security groups of this environment', 'AWS::EC2::SecurityGroup'),
    }),
    guard(RULE, { ScheduleExpression: comesDue }, ({ properties }) => properties.ScheduleExpression !== undefined),
    {
      protects: [],
      check: (view) => [
        ...view.ofType(TYPE).flatMap((each) => unbounded(each, view)),
        ...view.ofType(TASK_DEFINITION).flatMap((task) => unscheduled(task, view)),
      ],
    },
  ),
  fixtures: {
    pass: [
      fixture('a task every day', schedule({})),
      fixture('a task at night', schedule({}, { schedule: { ScheduleExpression: 'cron(15 3 * * ? *)' } })),
    ],
    refuse: [
      fixture('a public address', schedule({}, { place: { AssignPublicIp: 'ENABLED' } })),
      fixture('a shell', schedule({ EnableExecuteCommand: true })),
      fixture('another task', schedule({ TaskDefinitionArn: { Ref: 'Other' } })),
      fixture('another command', schedule({}, { target: { Input: '{"containerOverrides":[]}' } })),
      fixture('a start that is tried once', schedule({}, { target: { RetryPolicy: { MaximumRetryAttempts: 0 } } })),
      fixture('a start that is lost', schedule({}, { target: { DeadLetterConfig: {} } })),
      fixture('switched off', schedule({}, { schedule: { State: 'DISABLED' } })),
      fixture('in a year that is over', schedule({}, { schedule: { ScheduleExpression: 'cron(15 3 * * ? 1999)' } })),
      fixture('once in thirty years', schedule({}, { schedule: { ScheduleExpression: 'rate(9999 days)' } })),
      fixture('a rule in a year that is over', {
        Rule: { Type: RULE, Properties: { ScheduleExpression: 'cron(0/5 * * * ? 1999)' } },
      }),
      fixture('only for a while', schedule({}, { schedule: { EndDate: '2027-01-01T00:00:00Z' } })),
      fixture('a role that runs the task anywhere', schedule({}, { rights: { Condition: {} } })),
      fixture('a command that nothing starts', parts),
    ],
  },
};

/** The role runs tasks in this cluster only, and hands roles to ECS only. */
function unbounded(schedule: Resource, view: EnvironmentView) {
  const role = view.target(asObject(schedule.properties.Target).RoleArn, schedule);
  return view
    .ofType('AWS::IAM::ManagedPolicy')
    .filter((policy) => asList(policy.properties.Roles).some((each) => view.target(each, policy) === role))
    .flatMap(statementsOf)
    .filter((statement) => {
      const { ArnEquals: arn, StringEquals: text } = asObject(statement.body.Condition);
      const cluster = view.target(asObject(arn)['ecs:cluster'], statement.resource);
      const actions = actionsOf(statement);
      return (
        (actions.includes('ecs:RunTask') && cluster?.type !== 'AWS::ECS::Cluster') ||
        (actions.includes('iam:PassRole') && asObject(text)['iam:PassedToService'] !== 'ecs-tasks.amazonaws.com')
      );
    })
    .map(({ resource, location }) => ({
      resource,
      location,
      found: 'a right without its condition',
      expected: 'this cluster, and ECS alone',
    }));
}

/** A task for a scheduled command has a schedule. */
function unscheduled(task: Resource, view: EnvironmentView) {
  const family = view.text(task.properties.Family);
  const started = view.ofType(TYPE).some((each) => view.text(each.properties.Name) === family);
  return /-scheduled-[a-z0-9-]+$/.test(family) && !started
    ? [
        {
          resource: task,
          location: 'Resource',
          found: 'nothing that starts it',
          expected: 'a schedule of the same name',
        },
      ]
    : [];
}
