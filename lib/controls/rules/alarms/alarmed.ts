import type { Finding } from '../../control';
import { absent, between, type Expectation, type Guard, is, oneOf, pointsAt, unmet } from '../../expect';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../../view';

const ALARM = 'AWS::CloudWatch::Alarm';

/** The least and the greatest of a range, both included. */
export type Bounds = readonly [least: number, most: number];

/** An alarm that must watch a resource. */
export interface NeededAlarm {
  readonly namespace: string;
  readonly metric: string;
  /** @default - Average */
  readonly statistic?: string;
  /** @default - either way of rising above the threshold */
  readonly comparison?: readonly string[];
  /** Where the threshold still means something, by the properties of the watched resource if it depends on them. */
  readonly threshold: Bounds | ((watched: JsonObject) => Bounds);
  /** Seconds after which a lasting fault must have raised it: period times periods. */
  readonly withinSeconds: number;
  /** What silence means. */
  readonly missingData: 'breaching' | 'notBreaching' | 'missing';
  /** Resources that need it. @default - all of the type */
  readonly only?: (watched: Resource, environment: EnvironmentView) => boolean;
}

/** Makes needed alarms on the metrics of a namespace: of slow trouble, unless said otherwise. */
export const onMetricsOf =
  (namespace: string) =>
  (metric: string, threshold: NeededAlarm['threshold'], rest: Partial<NeededAlarm> = {}): NeededAlarm => ({
    namespace,
    metric,
    threshold,
    withinSeconds: 1800,
    missingData: 'missing',
    ...rest,
  });

/** Where the threshold of an alarm must be, on a resource with these properties. */
export const thresholdOf = ({ threshold }: NeededAlarm, watched: JsonObject): Bounds =>
  typeof threshold === 'function' ? threshold(watched) : threshold;

/** Periods in seconds; the figures of AWS come once a minute. */
const PERIODS = [60, 120, 180, 300, 600, 900, 1800, 3600];

export const rising = ['GreaterThanThreshold', 'GreaterThanOrEqualToThreshold'] as const;
export const falling = ['LessThanThreshold', 'LessThanOrEqualToThreshold'] as const;

const GUARDED = [
  'Namespace',
  'MetricName',
  'Dimensions',
  'Statistic',
  'ComparisonOperator',
  'Threshold',
  'Period',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'TreatMissingData',
  'Unit',
  'ActionsEnabled',
  'AlarmActions',
] as const;

/**
 * Guards that each resource of a type is watched by alarms that can fire, in time, and reach a topic.
 * `watches` says whether an alarm's dimensions are those of the resource.
 */
export function alarmed(
  type: string,
  watches: (
    dimensions: Readonly<Record<string, Json>>,
    watched: Resource,
    alarm: Resource,
    view: EnvironmentView,
  ) => boolean,
  needed: readonly NeededAlarm[],
): Guard {
  return {
    protects: [{ type: ALARM, properties: GUARDED }],
    check: (environment) =>
      environment.ofType(type).flatMap((watched) =>
        needed
          .filter((need) => need.only?.(watched, environment) ?? true)
          .flatMap((need): readonly Finding[] => {
            const about = environment
              .ofType(ALARM)
              .filter((alarm) => isAbout(alarm, need, environment))
              .filter((alarm) => watches(dimensionsOf(alarm), watched, alarm, environment));
            if (about.length === 0) {
              const found = `no alarm on ${need.metric} of it`;
              return [{ resource: watched, location: 'Resource', found, expected: `an alarm on ${need.metric}` }];
            }
            const faults = about.map((alarm) => faultsOf(alarm, need, watched, environment));
            return faults.some((each) => each.length === 0) ? [] : faults.flat();
          }),
      ),
  };
}

/** The dimensions of an alarm by name. */
function dimensionsOf(alarm: Resource): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    asList(alarm.properties.Dimensions).map((each) => [String(asObject(each).Name), asObject(each).Value ?? null]),
  );
}

function isAbout(alarm: Resource, need: NeededAlarm, environment: EnvironmentView): boolean {
  return alarm.properties.MetricName === need.metric && environment.text(alarm.properties.Namespace) === need.namespace;
}

function faultsOf(alarm: Resource, need: NeededAlarm, watched: Resource, environment: EnvironmentView): Finding[] {
  const { properties } = alarm;
  const periods = Number(properties.EvaluationPeriods);
  const seconds = Number(properties.Period) * periods;
  const wanted: Record<string, Expectation> = {
    Statistic: is(need.statistic ?? 'Average'),
    ComparisonOperator: oneOf(...(need.comparison ?? rising)),
    Threshold: between(...thresholdOf(need, watched.properties)),
    TreatMissingData: is(need.missingData),
    Period: {
      expected: `a period that CloudWatch accepts, and ${need.withinSeconds} s for all of them at most`,
      holds: (value) => PERIODS.includes(Number(value)) && seconds <= need.withinSeconds,
    },
    DatapointsToAlarm: {
      expected: `from 1 to ${periods}`,
      holds: (value) => Number(value) >= 1 && Number(value) <= periods,
    },
    // A unit that the metric doesn't have matches no data, and the alarm never changes.
    Unit: absent,
    ActionsEnabled: {
      expected: 'true or nothing',
      holds: (value) => value === undefined || is(true).holds(value),
    },
    AlarmActions: {
      expected: 'a topic of this environment',
      holds: (value) => asList(value).some((action) => pointsAt('AWS::SNS::Topic').holds(action, alarm, environment)),
    },
  };
  return unmet(alarm, wanted, environment);
}
