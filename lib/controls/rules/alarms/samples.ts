import type { Json, JsonObject, TemplateResource } from '../../view';
import { type NeededAlarm, rising, thresholdOf } from './alarmed';

/**
 * A sound alarm for fixtures, which tells `Topic`.
 *
 * @param watched properties of what it watches
 * @param changes properties to have otherwise
 */
export const soundAlarm = (
  need: NeededAlarm,
  dimension: { readonly Name: string; readonly Value: Json },
  watched: JsonObject,
  changes: JsonObject = {},
): TemplateResource => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    Namespace: need.namespace,
    MetricName: need.metric,
    Dimensions: [dimension],
    Statistic: need.statistic ?? 'Average',
    ComparisonOperator: (need.comparison ?? rising)[0] ?? null,
    Threshold: thresholdOf(need, watched)[0],
    Period: 60,
    EvaluationPeriods: 5,
    DatapointsToAlarm: 5,
    TreatMissingData: need.missingData,
    AlarmActions: [{ Ref: 'Topic' }],
    ...changes,
  },
});
