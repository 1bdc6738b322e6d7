import { everyTier, fixture, type RuleControl } from '../control';
import { guard, guards, is, satisfies, somewhere } from '../expect';
import { type ExactAlarm, exactlyAlarmed } from '../rules/alarms/exact-alarms';
import { asList, asObject, at, type EnvironmentView, type JsonObject, type Resource } from '../view';

const FILTER = 'AWS::Logs::MetricFilter';
const NAME = 'WorkersLost';
const PATTERN = '?"WORKER TIMEOUT" ?"was sent SIGKILL"';

const counted = ({ properties }: Resource): boolean => at(properties, 'MetricTransformations.0.MetricName') === NAME;
const inApplicationLog = (filter: Resource, view: EnvironmentView): boolean =>
  view.text(view.target(filter.properties.LogGroupName, filter)?.properties.LogGroupName).endsWith('/application');

const lost = (namespace: string): ExactAlarm => ({
  tells: 'workers of the app hang or are killed',
  namespace,
  figures: { lost: { metric: NAME, statistic: 'Sum', period: 300, of: (dimensions) => dimensions.size === 0 } },
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 3,
  periods: 1,
  missingData: 'notBreaching',
  only: (filter) => counted(filter),
});

const namespaceOf = (view: EnvironmentView): string =>
  view.text(at(view.ofType(FILTER).find(counted)?.properties, 'MetricTransformations.0.MetricNamespace'));

const environment = (filter: JsonObject, alarm: JsonObject = {}) => ({
  Topic: { Type: 'AWS::SNS::Topic' },
  Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/ums/prod/application' } },
  Other: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/ums/prod/access' } },
  Service: { Type: 'AWS::ECS::Service' },
  Filter: {
    Type: FILTER,
    Properties: {
      LogGroupName: { Ref: 'Group' },
      FilterPattern: PATTERN,
      MetricTransformations: [{ MetricName: NAME, MetricNamespace: 'Breakwater/ums/prod', MetricValue: '1' }],
      ...filter,
    },
  },
  Alarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Namespace: 'Breakwater/ums/prod',
      MetricName: NAME,
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Threshold: 3,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'Topic' }],
      ...alarm,
    },
  },
});
const transformation = (changes: JsonObject) => ({
  MetricTransformations: [{ MetricName: NAME, MetricNamespace: 'Breakwater/ums/prod', MetricValue: '1', ...changes }],
});

export const control: RuleControl = {
  id: 'workers-counted',
  title: 'Workers that hang or are killed are counted, and a person is told',
  holds: ['C14/alarm'],
  tiers: everyTier,
  why: 'gunicorn replaces a lost worker in silence; each took the requests of some users with it.',
  remedy: 'Leave the filter WorkersLost of ServiceAlarms as it is.',
  ...guards(
    guard(
      FILTER,
      {
        FilterPattern: is(PATTERN),
        LogGroupName: satisfies('the log of the application', (_value, filter, view) => inApplicationLog(filter, view)),
        MetricTransformations: satisfies('1 for each line', (value) => {
          const [each, ...others] = asList(value).map(asObject);
          return (
            others.length === 0 && each?.MetricValue === '1' && each.Dimensions === undefined && each.Unit === undefined
          );
        }),
      },
      counted,
    ),
    {
      protects: [{ type: FILTER, properties: [] }],
      check: (view) =>
        view.ofType('AWS::ECS::Service').length === 0
          ? []
          : somewhere(FILTER, 'a count of the workers that gunicorn lost', counted).check(view),
    },
    {
      ...exactlyAlarmed(FILTER, []),
      check: (view) => exactlyAlarmed(FILTER, [lost(namespaceOf(view))]).check(view),
    },
  ),
  fixtures: {
    pass: [fixture('counted and told', environment({}))],
    refuse: [
      fixture('counted by nothing', environment(transformation({ MetricName: 'Other' }))),
      fixture('another line', environment({ FilterPattern: 'nothing like it' })),
      fixture('another log', environment({ LogGroupName: { Ref: 'Other' } })),
      fixture('counted as nothing', environment(transformation({ MetricValue: '0' }))),
      fixture('counted elsewhere', environment(transformation({ MetricNamespace: 'elsewhere' }))),
      fixture('told too late', environment({}, { Threshold: 1000 })),
      fixture('told to nobody', environment({}, { AlarmActions: [] })),
    ],
  },
};
