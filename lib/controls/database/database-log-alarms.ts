import { type Claim, everyTier, type Finding, fixture, type RuleControl } from '../control';
import { type Guard, guards } from '../expect';
import { alarmed } from '../rules/alarms/alarmed';
import { asList, asObject, at, type EnvironmentView, type JsonObject, type Resource, type Template } from '../view';

const DB = 'AWS::RDS::DBInstance';
const FILTER = 'AWS::Logs::MetricFilter';

/** What PostgreSQL writes, and how much of it calls a person. */
interface Watched {
  readonly name: string;
  /** Text that the filter must look for. */
  readonly phrase: string;
  readonly most: number;
  /** Seconds after which a person must know. */
  readonly withinSeconds: number;
}

const watched: readonly Watched[] = [
  { name: 'connections exhausted', phrase: 'remaining connection slots', most: 5, withinSeconds: 300 },
  { name: 'logins refused', phrase: 'authentication failed', most: 20, withinSeconds: 600 },
  { name: 'clients without TLS refused', phrase: 'no pg_hba.conf entry', most: 20, withinSeconds: 600 },
  { name: 'slow statements', phrase: 'duration:', most: 300, withinSeconds: 3600 },
  { name: 'lock waits', phrase: 'still waiting for', most: 60, withinSeconds: 3600 },
  { name: 'deadlocks', phrase: 'deadlock detected', most: 5, withinSeconds: 3600 },
];

/** What the kit says of a metric; a dimension would make another metric of each line. */
const TRANSFORMATION = new Set(['DefaultValue', 'MetricName', 'MetricNamespace', 'MetricValue', 'Unit']);
/** Terms that narrow a count without loss: the server writes them on every line of that kind. */
const HARMLESS = new Set(['LOG:']);

/** Whether a pattern finds every line with the phrase: as one of several terms, or as all that it asks for. */
function counts(pattern: string, phrase: string): boolean {
  const terms = pattern.match(/[?-]?"[^"]*"|[^\s"]+/g) ?? [];
  const texts = terms.map((term) => term.replace(/^\?/, '').replace(/^"|"$/g, ''));
  if (!texts.some((text) => text.startsWith(phrase))) return false;
  return terms.every((term) => term.startsWith('?"'))
    ? true
    : terms.every((term) => term.startsWith('"')) &&
        texts.every((text) => text.startsWith(phrase) || HARMLESS.has(text));
}

/** The filter on an instance's log that counts a phrase. */
function filterOf({ phrase }: Watched, instance: Resource, view: EnvironmentView): Resource | undefined {
  const log = `/aws/rds/instance/${view.text(instance.properties.DBInstanceIdentifier)}/postgresql`;
  return view.ofType(FILTER).find((filter) => {
    const name = filter.properties.LogGroupName;
    const group = view.target(name, filter);
    const transformation = asObject(asList(filter.properties.MetricTransformations)[0]);
    return (
      counts(view.text(filter.properties.FilterPattern), phrase) &&
      Object.keys(transformation).every((name) => TRANSFORMATION.has(name)) &&
      (group ? view.text(group.properties.LogGroupName) : view.text(name)) === log &&
      String(transformation.MetricValue) === '1' &&
      String(transformation.DefaultValue) === '0' &&
      transformation.Unit === 'Count'
    );
  });
}

const metric = (filter: Resource | undefined, field: string): string =>
  String(at(filter?.properties, `MetricTransformations.0.${field}`));

/** Guards one phrase: a filter counts it, and an alarm watches the count. */
function counted(each: Watched): Guard {
  return {
    protects: [
      { type: FILTER, properties: ['FilterPattern', 'LogGroupName', 'MetricTransformations'] },
      ...alarmed(DB, () => true, []).protects,
    ],
    check: (view) =>
      view.ofType(DB).flatMap((instance): readonly Finding[] => {
        const filter = filterOf(each, instance, view);
        if (!filter) {
          const found = `no metric filter that counts "${each.phrase}"`;
          return [{ resource: instance, location: 'Resource', found, expected: `one on its server log: ${each.name}` }];
        }
        return alarmed(DB, (dimensions) => Object.keys(dimensions).length === 0, [
          {
            namespace: metric(filter, 'MetricNamespace'),
            metric: metric(filter, 'MetricName'),
            statistic: 'Sum',
            threshold: [1, each.most],
            withinSeconds: each.withinSeconds,
            missingData: 'notBreaching',
          },
        ]).check(view);
      }),
  };
}

const holds: readonly Claim[] = ['A06/alarm', 'D13/alarm'];
const counting = (
  phrase: string,
  index: number,
  filter: JsonObject = {},
  alarm: JsonObject = {},
): Template['Resources'] => ({
  [`Filter${index}`]: {
    Type: FILTER,
    Properties: {
      FilterPattern: `"${phrase}"`,
      LogGroupName: { Ref: 'Log' },
      MetricTransformations: [
        { MetricNamespace: 'ums/prod', MetricName: `Count${index}`, MetricValue: '1', DefaultValue: 0, Unit: 'Count' },
      ],
      ...filter,
    },
  },
  [`Alarm${index}`]: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Namespace: 'ums/prod',
      MetricName: `Count${index}`,
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 5,
      Period: 300,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'Topic' }],
      ...alarm,
    },
  },
});
const database = (...changed: readonly Template['Resources'][]): NonNullable<Template['Resources']> =>
  Object.assign(
    {
      Topic: { Type: 'AWS::SNS::Topic' },
      Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/rds/instance/db/postgresql' } },
      Other: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/ums/prod/access' } },
      Db: { Type: DB, Properties: { DBInstanceIdentifier: 'db' } },
    },
    ...watched.map(({ phrase }, index) => counting(phrase, index)),
    ...changed,
  );
const first = (filter: JsonObject, alarm: JsonObject = {}) =>
  database(counting(watched[0]?.phrase as string, 0, filter, alarm));

export const control: RuleControl = {
  id: 'database-log-alarms',
  title: 'Refused connections, slow statements and locks in the server log raise alarms',
  holds,
  tiers: everyTier,
  why: 'The application sees only its own errors; the server says who was refused and why, and who waits for whom.',
  remedy: 'Leave the metric filters of DatabaseLogs and their alarms in DatabaseAlarms.',
  ...guards(...watched.map(counted)),
  fixtures: {
    pass: [fixture('all counted and watched', database())],
    refuse: [
      ...watched.map(({ name }, index) =>
        fixture(
          `nobody counts: ${name}`,
          Object.fromEntries(Object.entries(database()).filter(([id]) => id !== `Filter${index}`)),
        ),
      ),
      fixture('nobody watches', Object.fromEntries(Object.entries(database()).filter(([id]) => id !== 'Alarm0'))),
      fixture('another log', first({ LogGroupName: { Ref: 'Other' } })),
      fixture('a narrower pattern', first({ FilterPattern: '"remaining connection slots" "never"' })),
      fixture('an exception to the pattern', first({ FilterPattern: '"remaining connection slots" -"app"' })),
      fixture('another pattern', first({ FilterPattern: '"nothing says this"' })),
      fixture(
        'counts nothing',
        first({
          MetricTransformations: [
            { MetricNamespace: 'ums/prod', MetricName: 'Count0', MetricValue: '0', DefaultValue: 0, Unit: 'Count' },
          ],
        }),
      ),
      fixture('another metric', first({}, { MetricName: 'Elsewhere' })),
      fixture('a threshold out of reach', first({}, { Threshold: 100_000 })),
      fixture('silenced', first({}, { ActionsEnabled: false })),
    ],
  },
};
