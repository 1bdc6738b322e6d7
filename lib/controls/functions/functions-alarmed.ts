import { everyTier, fixture, type RuleControl } from '../control';
import { guards } from '../expect';
import { type ExactAlarm, exactlyAlarmed, type Figure } from '../rules/alarms/exact-alarms';
import { at, type EnvironmentView, type JsonObject, type Resource } from '../view';

const FUNCTION = 'AWS::Lambda::Function';
const QUEUE = 'AWS::SQS::Queue';

const ALARM = {
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  periods: 1,
  missingData: 'notBreaching',
} as const;

const figure = (metric: string, statistic: string, dimension: string): Figure => ({
  metric,
  statistic,
  period: 300,
  of: (dimensions, watched, { alarm, environment }) =>
    dimensions.size === 1 && environment.target(dimensions.get(dimension), alarm) === watched,
});

/** A function of the kit: one that hands what it could not do to a queue. */
const isOurs = (resource: Resource): boolean => resource.properties.DeadLetterConfig !== undefined;

/** In development it is enough to hear that a function failed. */
const isInUse = (environment: EnvironmentView): boolean => environment.tier !== 'development';

/** A queue where something ends that nobody handled: of a function, of another queue, of a rule or a schedule. */
function isLastStop(queue: Resource, environment: EnvironmentView): boolean {
  const paths: readonly (readonly [string, string])[] = [
    ...(isInUse(environment) ? ([[FUNCTION, 'DeadLetterConfig.TargetArn']] as const) : []),
    [QUEUE, 'RedrivePolicy.deadLetterTargetArn'],
    ['AWS::Scheduler::Schedule', 'Target.DeadLetterConfig.Arn'],
  ];
  return paths.some(([type, path]) =>
    environment.ofType(type).some((each) => environment.target(at(each.properties, path), each) === queue),
  );
}

const errors: ExactAlarm = {
  ...ALARM,
  tells: 'the function failed',
  namespace: 'AWS/Lambda',
  figures: { errors: figure('Errors', 'Sum', 'FunctionName') },
  only: isOurs,
};
const throttles: ExactAlarm = {
  ...ALARM,
  tells: 'the function was kept from running',
  namespace: 'AWS/Lambda',
  figures: { throttles: figure('Throttles', 'Sum', 'FunctionName') },
  only: (resource, environment) => isOurs(resource) && isInUse(environment),
};
const unhandled: ExactAlarm = {
  ...ALARM,
  tells: 'something that nobody handled waits',
  namespace: 'AWS/SQS',
  figures: { waiting: figure('ApproximateNumberOfMessagesVisible', 'Maximum', 'QueueName') },
  only: isLastStop,
};

const alarm = (
  Namespace: string,
  MetricName: string,
  Statistic: string,
  dimension: JsonObject,
  changes: JsonObject = {},
) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    Namespace,
    MetricName,
    Statistic,
    Dimensions: [dimension],
    Period: 300,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'Topic' }],
    ...changes,
  },
});
const name = { Name: 'FunctionName', Value: { Ref: 'Function' } };
const waiting = { Name: 'QueueName', Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] } };
const environment = (changes: Readonly<Record<string, { readonly Type: string }>> = {}) => ({
  Topic: { Type: 'AWS::SNS::Topic' },
  Queue: { Type: QUEUE },
  Function: { Type: FUNCTION, Properties: { DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } } } },
  Errors: alarm('AWS/Lambda', 'Errors', 'Sum', name),
  Throttles: alarm('AWS/Lambda', 'Throttles', 'Sum', name),
  Unhandled: alarm('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', waiting),
  ...changes,
});
const nothing = { Type: 'AWS::SNS::Topic' };

export const control: RuleControl = {
  id: 'functions-alarmed',
  title: 'A function that fails, is kept from running, or leaves something undone reaches a person',
  holds: ['C10/alarm'],
  tiers: everyTier,
  why: 'The kit’s functions watch, rotate and restore: one that has failed for weeks looks exactly like one with nothing to do.',
  remedy: 'Make functions with KitFunction, and leave its alarms as they are.',
  ...guards(exactlyAlarmed(FUNCTION, [errors, throttles]), exactlyAlarmed(QUEUE, [unhandled])),
  fixtures: {
    pass: [
      fixture('three alarms', environment()),
      fixture('failures alone, in development', environment({ Throttles: nothing, Unhandled: nothing }), 'development'),
    ],
    refuse: [
      fixture('failures in silence', environment({ Errors: nothing })),
      fixture('failures in silence, in development', environment({ Errors: nothing }), 'development'),
      fixture('throttles in silence', environment({ Throttles: nothing })),
      fixture('a queue that nobody looks at', environment({ Unhandled: nothing })),
      fixture(
        'ten failures before anybody hears',
        environment({ Errors: alarm('AWS/Lambda', 'Errors', 'Sum', name, { Threshold: 10 }) }),
      ),
      fixture(
        'the failures of another',
        environment({ Errors: alarm('AWS/Lambda', 'Errors', 'Sum', { ...name, Value: { Ref: 'Queue' } }) }),
      ),
      fixture(
        'told to nobody',
        environment({ Errors: alarm('AWS/Lambda', 'Errors', 'Sum', name, { AlarmActions: [] }) }),
      ),
    ],
  },
};
