import { asList, asObject, type JsonObject } from '../../../../lib/controls/view';
import { type Sabotage, same, valueAt } from '../sabotage';
import { type Equivalent, less, more, number, oneLess, removedDefault } from './change';

/** Name of the variable that a value belongs to, in a container's list of name and value. */
const variableOf = ({ path }: Sabotage, properties: JsonObject): string =>
  String(asObject(valueAt(properties, path.split('.').slice(0, -1))).Name);

/** A task that serves nobody: a worker, a command, a migration. */
const servesNobody: Equivalent['when'] = (_sabotage, properties) =>
  !JSON.stringify(properties).includes('PortMappings');

/** Minutes between two runs of a rate; not a number for any other schedule. */
function minutesOf(schedule: unknown): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(schedule)) ?? [];
  return Number(count) * ({ minute: 1, hour: 60, day: 1440 }[unit ?? ''] ?? Number.NaN);
}

/** Of tasks, services, functions and queues. Every entry is read by reviewers: keep it narrow and say why. */
export const compute: readonly Equivalent[] = [
  {
    type: /^AWS::Scheduler::Schedule$/,
    path: /^ScheduleExpression$/,
    when: ({ kind }) => kind === "a sibling's value",
    why: 'When a command runs is the operator’s; that it comes due is checked.',
  },
  {
    type: /^AWS::Events::Rule$/,
    path: /^ScheduleExpression$/,
    when: ({ before, after }) => minutesOf(after) >= 5 && minutesOf(after) < minutesOf(before),
    why: 'What looks around looks oftener.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions$/,
    when: (sabotage, properties, view) =>
      sabotage.kind === "a sibling's value" &&
      servesNobody(sabotage, properties, view) &&
      !JSON.stringify(sabotage.after).includes('PortMappings'),
    why: 'The containers of another worker or command, as guarded as its own: what it runs is the operator’s.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^TaskRoleArn$/,
    when: ({ kind }) => kind === "a sibling's value",
    why: 'The role of another task, which may do nothing either.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^Volumes$/,
    when: ({ kind, before, after }) =>
      kind === "a sibling's value" &&
      asList(before).every((each) => asList(after).some((one) => same(one, each))) &&
      asList(after).every((each) => Object.keys(asObject(each)).join() === 'Name'),
    why: 'A volume that nothing mounts, empty and gone with the task.',
  },
  {
    type: /^AWS::(CloudWatch::Alarm|ApplicationAutoScaling::ScalingPolicy)$/,
    path: /\.ReturnData$/,
    when: removedDefault(true),
    why: 'An expression is returned unless it says otherwise.',
  },
  {
    type: /^AWS::ApplicationAutoScaling::ScalableTarget$/,
    path: /^RoleARN$/,
    when: ({ kind }) => kind === 'property removed',
    why: 'Application Auto Scaling uses its service-linked role in any case.',
  },
  {
    type: /^AWS::ApplicationAutoScaling::ScalingPolicy$/,
    path: /\.(ScaleOutCooldown|TargetValue)$/,
    when: ({ before, after }) => number(after) < number(before) && number(after) >= 0,
    why: 'The service scales out sooner.',
  },
  {
    type: /^AWS::(ECS::TaskDefinition|ECS::Service|Lambda::Function|ApplicationAutoScaling::ScalingPolicy|Events::Rule|SQS::Queue)$/,
    path: /(^|\.)(HardLimit|SoftLimit|StopTimeout|StartPeriod|Interval|Timeout|Retries|MaximumPercent|BakeTimeInMinutes|HealthCheckGracePeriodSeconds|ScaleInCooldown|MaximumRetryAttempts|maxReceiveCount|MemoryReservation|MemorySize|MessageRetentionPeriod)$/,
    when: oneLess,
    why: 'One second, try, file, MiB or per cent less on a scale without an edge there.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Environment\.Value$/,
    when: (sabotage, properties, view) =>
      /^(SQLALCHEMY_\w+|PGCONNECT_TIMEOUT)$/.test(variableOf(sabotage, properties)) &&
      (less(sabotage, properties, view) || sabotage.after === '0'),
    why: 'A smaller pool, or a connection given up sooner: the connection budget sets the upper limit only.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Environment\.Value$/,
    when: (sabotage, properties) => variableOf(sabotage, properties) === 'PGAPPNAME',
    why: 'A name that the database shows beside a session.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Command$/,
    when: less,
    why: 'Fewer workers and threads, or shorter limits: the alarms on load tell, and the ladder of time-outs sets the upper limits.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.(Command|StopTimeout)$/,
    when: servesNobody,
    why: "What a worker or a one-off task runs, and how long it may take to end, is the operator's, in the app's own image.",
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Command$/,
    when: ({ before, after }) => same(before, []) && after === undefined,
    why: 'No arguments either way.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions$/,
    when: ({ kind, before }) =>
      kind === 'health check that always passes' && asObject(before).HealthCheck === undefined,
    why: 'A container that ends by itself, and had no health check before.',
  },
  {
    type: /^AWS::Lambda::Function$/,
    path: /^(Environment\.Variables\.\w+_MINUTES|Timeout)$/,
    when: oneLess,
    why: 'A minute or a second less.',
  },
  {
    type: /^AWS::ApplicationAutoScaling::ScalableTarget$/,
    path: /^(MaxCapacity|MinCapacity)$/,
    when: ({ before, after }, _properties, { tier }) => {
      const least = tier === 'production' ? 2 : 1;
      return number(after) >= least && number(after) < number(before);
    },
    why: 'Fewer copies, and still what the tier asks for; how many more is the operator’s choice.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.Command$/,
    when: ({ path }, properties) =>
      asObject(valueAt(properties, path.split('.').slice(0, 2))).Name === 'static' && !path.endsWith('Command'),
    why: 'Which folder of the image holds static files is the app’s; a wrong one stops the task before it serves.',
  },
  {
    type: /^AWS::(SQS::Queue|Scheduler::Schedule)$/,
    path: /(^RedrivePolicy\.deadLetterTargetArn|^Target\.DeadLetterConfig\.Arn)$/,
    when: ({ kind }) => kind === 'reference swapped',
    why: 'Another queue of this environment, as watched as the first.',
  },
  {
    type: /^AWS::ECS::Service$/,
    path: /^DeploymentConfiguration\.BakeTimeInMinutes$/,
    when: more,
    why: 'Two fleets for longer, and longer to find a fault in.',
  },
  {
    type: /^AWS::ECS::TaskDefinition$/,
    path: /^ContainerDefinitions\.HealthCheck\.Command$/,
    when: ({ kind, before }) => kind === 'text replaced' && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(String(before)),
    why: 'The name that the check asks by: an app that does not know it is never healthy, and the deployment rolls back.',
  },
  {
    type: /^AWS::Events::Rule$/,
    path: /^EventPattern\./,
    when: ({ kind }) => kind === 'reference added',
    why: 'The rule hears of more.',
  },
];
