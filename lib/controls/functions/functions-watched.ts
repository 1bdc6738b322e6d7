import { alarmed, rising } from '../alarmed';
import { everyTier, fixture, type RuleControl } from '../control';
import { between, guards } from '../expect';
import type { Json, JsonObject, Resource } from '../view';

const FUNCTION = 'AWS::Lambda::Function';
const QUEUE = 'AWS::SQS::Queue';

/** Anything at all: a function of the kit has nothing to fail at in good times. */
const few = between(1, 5);
const noticed = {
  statistic: 'Sum',
  comparison: rising,
  threshold: () => few,
  missingData: 'notBreaching',
} as const;

/** Custom resource providers run while CloudFormation deploys, which waits for them and tells. */
const runsLater = ({ path }: Resource): boolean => !/CustomResource/.test(path);

/** Where a message goes no further: nobody but a person takes it out again. */
const collectsFailures = ({ properties }: Resource): boolean => properties.RedrivePolicy === undefined;

const watching = (namespace: string, metric: string, name: string, of: string, changes: JsonObject = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    Namespace: namespace,
    MetricName: metric,
    Dimensions: [{ Name: name, Value: of === 'Queue' ? { 'Fn::GetAtt': [of, 'QueueName'] } : { Ref: of } }],
    Statistic: namespace === 'AWS/SQS' ? 'Maximum' : 'Sum',
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    Period: 300,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: [{ Ref: 'Topic' }],
    ...changes,
  } as Readonly<Record<string, Json>>,
});
const environmentWith = (throttles: JsonObject = {}, unhandled: JsonObject = {}) => ({
  Topic: { Type: 'AWS::SNS::Topic' },
  Function: { Type: FUNCTION },
  Queue: { Type: QUEUE },
  Errors: watching('AWS/Lambda', 'Errors', 'FunctionName', 'Function'),
  Throttles: watching('AWS/Lambda', 'Throttles', 'FunctionName', 'Function', throttles),
  Unhandled: watching('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', 'Queue', unhandled),
});

export const control: RuleControl = {
  id: 'functions-watched',
  title: 'A function that fails or may not run is noticed, and so is every message that nobody could handle',
  holds: ['A11/enforce'],
  tiers: everyTier,
  why: 'What runs by itself fails by itself: nobody looks at a watchdog until it should have barked.',
  remedy: 'Build functions with KitFunction, and watch every queue that takes failures.',
  ...guards(
    alarmed(FUNCTION, (dimensions, watched, alarm, view) => view.target(dimensions.FunctionName, alarm) === watched, [
      { namespace: 'AWS/Lambda', metric: 'Errors', withinSeconds: 900, ...noticed, only: runsLater },
      { namespace: 'AWS/Lambda', metric: 'Throttles', withinSeconds: 900, ...noticed, only: runsLater },
    ]),
    alarmed(QUEUE, (dimensions, watched, alarm, view) => view.target(dimensions.QueueName, alarm) === watched, [
      {
        namespace: 'AWS/SQS',
        metric: 'ApproximateNumberOfMessagesVisible',
        withinSeconds: 900,
        ...noticed,
        statistic: 'Maximum',
        only: collectsFailures,
      },
    ]),
  ),
  fixtures: {
    pass: [fixture('failures, throttles and what is left over', environmentWith())],
    refuse: [
      fixture(
        'throttles of another function',
        environmentWith({ Dimensions: [{ Name: 'FunctionName', Value: 'other' }] }),
      ),
      fixture('a thousand at once', environmentWith({ Threshold: 1000 })),
      fixture(
        'messages of another queue',
        environmentWith({}, { Dimensions: [{ Name: 'QueueName', Value: 'other' }] }),
      ),
      fixture('nobody told', environmentWith({}, { AlarmActions: [] })),
    ],
  },
};
