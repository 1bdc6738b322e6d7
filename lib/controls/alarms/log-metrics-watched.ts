import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { asList, asObject, type EnvironmentView, type JsonObject, type Resource } from '../view';

const FILTER = 'AWS::Logs::MetricFilter';
const ALARM = 'AWS::CloudWatch::Alarm';

const transformation: JsonObject = { MetricNamespace: 'app', MetricName: 'WorkersLost', MetricValue: '1' };
const counting = (
  changes: JsonObject,
  watched: JsonObject | null = { Namespace: 'app', MetricName: 'WorkersLost' },
) => ({
  Filter: {
    Type: FILTER,
    Properties: { FilterPattern: '?"WORKER TIMEOUT"', MetricTransformations: [transformation], ...changes },
  },
  ...(watched && { Alarm: { Type: ALARM, Properties: watched } }),
});

export const control: RuleControl = {
  id: 'log-metrics-watched',
  title: 'What is counted in a log counts each line once, and an alarm watches it',
  holds: ['A11/enforce'],
  tiers: everyTier,
  why: 'A count that nobody watches, that matches every line or that counts nothing costs money and warns nobody.',
  remedy: 'Add the alarm with the filter, or take the filter away.',
  protects: [{ type: FILTER, properties: ['FilterPattern', 'MetricTransformations'] }],
  check: (environment) => environment.ofType(FILTER).flatMap((filter) => faultsOf(filter, environment)),
  fixtures: {
    pass: [fixture('counted and watched', counting({}))],
    refuse: [
      fixture('nobody watches', counting({}, null)),
      fixture('another metric is watched', counting({}, { Namespace: 'app', MetricName: 'Workers' })),
      fixture('every line', counting({ FilterPattern: '' })),
      fixture('nothing counted', counting({ MetricTransformations: [{ ...transformation, MetricValue: '0' }] })),
      fixture('nowhere counted', counting({ MetricTransformations: [] })),
    ],
  },
};

function faultsOf(filter: Resource, environment: EnvironmentView): Finding[] {
  const { FilterPattern: pattern, MetricTransformations: transformations } = filter.properties;
  const fault = (place: string, found: string, expected: string): Finding => ({
    resource: filter,
    location: `Properties.${place}`,
    found,
    expected,
  });
  const counted = asList(transformations).map(asObject);
  return [
    // A bare word matches wherever it turns up, in a path or in what a client sent.
    ...(/["[{?]/.test(String(pattern ?? ''))
      ? []
      : [fault('FilterPattern', shown(pattern), 'a pattern of quoted terms or fields')]),
    ...(counted.length === 1 ? [] : [fault('MetricTransformations', shown(transformations), 'one metric')]),
    ...counted.flatMap((each) => [
      ...(each.MetricValue === '1'
        ? []
        : [fault('MetricTransformations.0.MetricValue', shown(each.MetricValue), '"1"')]),
      ...(isWatched(each, environment)
        ? []
        : [
            fault(
              'MetricTransformations.0',
              `${environment.text(each.MetricNamespace)} ${shown(each.MetricName)}`,
              'a metric that an alarm watches',
            ),
          ]),
    ]),
  ];
}

const isWatched = (
  { MetricNamespace: namespace, MetricName: name }: JsonObject,
  environment: EnvironmentView,
): boolean =>
  environment
    .ofType(ALARM)
    .some(
      ({ properties }) =>
        properties.MetricName === name && environment.text(properties.Namespace) === environment.text(namespace),
    );
