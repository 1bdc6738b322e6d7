import type { Finding } from '../../control';
import { absent, type Expectation, type Guard, is, pointsAt, satisfies, unmet } from '../../expect';
import { asList, asObject, at, type EnvironmentView, type JsonObject, type Resource } from '../../view';

const ALARM = 'AWS::CloudWatch::Alarm';

/** A figure that an alarm looks at. */
export interface Figure {
  readonly metric: string;
  readonly statistic: string;
  /** Seconds over which one value is taken. */
  readonly period: number;
  /** Whether its dimensions are those of the watched resource. */
  readonly of: (dimensions: ReadonlyMap<string, JsonObject[string]>, watched: Resource, view: AlarmView) => boolean;
}

/** An alarm in its environment, to follow its references. */
export interface AlarmView {
  readonly alarm: Resource;
  readonly environment: EnvironmentView;
}

/**
 * An alarm that must stand there just so. The kit's constants are known, so nothing is left to bounds: a threshold
 * that is ten times higher, another statistic, a longer period are all another alarm.
 */
export interface ExactAlarm {
  /** What it tells, for the refusal. */
  readonly tells: string;
  readonly namespace: string;
  /** How the figures are put together, by the names under `figures`. @default - there is one figure, taken as it is */
  readonly expression?: string;
  readonly figures: Readonly<Record<string, Figure>>;
  readonly comparison: string;
  readonly threshold: number | ((watched: Resource, environment: EnvironmentView) => Expectation);
  readonly periods: number;
  /** @default - all of them */
  readonly breaching?: number;
  readonly missingData: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
  /** Resources that need it. @default - all of the type */
  readonly only?: (watched: Resource, environment: EnvironmentView) => boolean;
}

/** How the CDK names the result of an expression. */
const RESULT = /^expr_\d+$/;

const PROPERTIES = [
  'Namespace',
  'MetricName',
  'Dimensions',
  'Statistic',
  'ExtendedStatistic',
  'Period',
  'Metrics',
  'ComparisonOperator',
  'Threshold',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'TreatMissingData',
  'ActionsEnabled',
  'AlarmActions',
];

/** Guards that each resource of a type has these alarms. */
export function exactlyAlarmed(type: string, needed: readonly ExactAlarm[]): Guard {
  return {
    protects: [{ type: ALARM, properties: PROPERTIES }],
    check: (environment) => {
      const alarms = environment.ofType(ALARM);
      const wanted = environment
        .ofType(type)
        .flatMap((watched) =>
          needed.filter((need) => need.only?.(watched, environment) ?? true).map((need) => ({ need, watched })),
        )
        .map((each) => ({
          ...each,
          right: alarms.find((alarm) => isRight(each.need, each.watched, { alarm, environment })),
        }));
      // An alarm that is right for one thing is not a faulty one for another.
      const taken = new Set(wanted.map(({ right }) => right));
      const spare = alarms.filter((alarm) => !taken.has(alarm));
      return wanted
        .filter(({ right }) => right === undefined)
        .flatMap(({ need, watched }) => missing(need, watched, spare, environment));
    },
  };
}

const isRight = (need: ExactAlarm, watched: Resource, view: AlarmView): boolean =>
  mentions(view.alarm, need) && faultsOf(need, watched, view).length === 0;

/** What is wrong with the alarm that comes nearest. */
function missing(
  need: ExactAlarm,
  watched: Resource,
  alarms: readonly Resource[],
  environment: EnvironmentView,
): readonly Finding[] {
  const near = alarms
    .filter((alarm) => mentions(alarm, need))
    .map((alarm) => faultsOf(need, watched, { alarm, environment }))
    .sort((a, b) => a.length - b.length);
  const nothing = { resource: watched, location: 'Resource', found: 'no alarm', expected: `an alarm: ${need.tells}` };
  return near[0] ?? [nothing];
}

/** Whether an alarm has to do with one of the metrics at all. */
function mentions({ properties }: Resource, need: ExactAlarm): boolean {
  const wanted = Object.values(need.figures).map(({ metric }) => metric);
  return [properties, ...asList(properties.Metrics).map((each) => asObject(at(each, 'MetricStat.Metric')))].some(
    ({ MetricName }) => wanted.includes(String(MetricName)),
  );
}

function faultsOf(need: ExactAlarm, watched: Resource, view: AlarmView): Finding[] {
  const { alarm, environment } = view;
  const wanted: Readonly<Record<string, Expectation>> = {
    ...(need.expression === undefined ? asItIs(need, watched, view) : calculated(need, watched, view)),
    ComparisonOperator: is(need.comparison),
    Threshold: typeof need.threshold === 'number' ? is(need.threshold) : need.threshold(watched, environment),
    EvaluationPeriods: is(need.periods),
    DatapointsToAlarm: is(need.breaching ?? need.periods),
    TreatMissingData: is(need.missingData),
    // A unit that the metric doesn't have matches no data, and percentiles of few values may be skipped.
    Unit: absent,
    EvaluateLowSampleCountPercentile: absent,
    ActionsEnabled: satisfies('true or nothing', (value) => value === undefined || String(value) === 'true'),
    AlarmActions: satisfies(
      'one topic of this environment',
      (value) => asList(value).length === 1 && pointsAt('AWS::SNS::Topic').holds(asList(value)[0], alarm, environment),
    ),
  };
  return unmet(alarm, wanted, environment).map((fault) => ({
    ...fault,
    expected: `${fault.expected} (${need.tells})`,
  }));
}

/** One figure, written into the alarm itself. */
function asItIs(need: ExactAlarm, watched: Resource, view: AlarmView): Readonly<Record<string, Expectation>> {
  const [figure] = Object.values(need.figures);
  if (!figure) throw new Error(`An alarm needs a figure: ${need.tells}`);
  const percentile = figure.statistic.startsWith('p');
  return {
    Namespace: is(need.namespace),
    MetricName: is(figure.metric),
    Dimensions: satisfies('the dimensions of the watched resource', (value) => figure.of(named(value), watched, view)),
    Statistic: percentile ? absent : is(figure.statistic),
    ExtendedStatistic: percentile ? is(figure.statistic) : absent,
    Period: is(figure.period),
    Metrics: absent,
  };
}

/** Several figures, put together by an expression that alone is compared with the threshold. */
function calculated(need: ExactAlarm, watched: Resource, view: AlarmView): Readonly<Record<string, Expectation>> {
  return {
    MetricName: absent,
    Metrics: satisfies(`${need.expression}, over ${Object.keys(need.figures).join(' and ')}`, (value) => {
      const entries = asList(value).map((each) => asObject(each));
      const results = entries.filter((entry) => entry.MetricStat === undefined);
      const inputs = entries.filter((entry) => entry.MetricStat !== undefined);
      return (
        results.length === 1 &&
        results[0]?.Expression === need.expression &&
        String(results[0]?.ReturnData) === 'true' &&
        RESULT.test(String(results[0]?.Id)) &&
        inputs.length === Object.keys(need.figures).length &&
        inputs.every((input) => isFigure(input, need, watched, view))
      );
    }),
  };
}

function isFigure(input: JsonObject, need: ExactAlarm, watched: Resource, view: AlarmView): boolean {
  const figure = need.figures[String(input.Id)];
  const { Metric, Period, Stat, ...others } = asObject(input.MetricStat);
  return (
    figure !== undefined &&
    String(input.ReturnData) === 'false' &&
    Object.keys(others).length === 0 &&
    at(Metric, 'Namespace') === need.namespace &&
    at(Metric, 'MetricName') === figure.metric &&
    String(Period) === String(figure.period) &&
    Stat === figure.statistic &&
    figure.of(named(at(Metric, 'Dimensions')), watched, view)
  );
}

/** Dimensions by name; the same name twice is none. */
function named(value: JsonObject[string] | undefined): ReadonlyMap<string, JsonObject[string]> {
  const entries = asList(value).map((each) => asObject(each));
  const map = new Map(entries.map((each) => [String(each.Name), each.Value ?? null]));
  return map.size === entries.length ? map : new Map();
}
