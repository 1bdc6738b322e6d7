import type { Json } from '../../../../lib/controls/view';
import type { Mutation, SiteGenerator } from '../site';

const FLIPPED: Readonly<Record<string, string>> = {
  GreaterThanThreshold: 'LessThanThreshold',
  GreaterThanOrEqualToThreshold: 'LessThanOrEqualToThreshold',
  LessThanThreshold: 'GreaterThanThreshold',
  LessThanOrEqualToThreshold: 'GreaterThanOrEqualToThreshold',
};
const MISSING = ['breaching', 'notBreaching', 'ignore', 'missing'];
const STATISTICS = ['Minimum', 'Maximum', 'SampleCount', 'Sum', 'Average'];

/** Alarms are silenced: another side of the threshold, another statistic, silence read as health. */
export const silenced: SiteGenerator = ({ resource, value, key, path }) => {
  if (resource.type !== 'AWS::CloudWatch::Alarm') return [];
  const among = (kind: string, words: readonly string[]): readonly Mutation[] =>
    words.filter((word) => word !== value).map((to) => ({ kind, to }));
  switch (key) {
    case 'ComparisonOperator':
      return [{ kind: 'comparison flipped', to: FLIPPED[String(value)] ?? 'GreaterThanThreshold' }];
    case 'TreatMissingData':
      return among('missing data changed', MISSING);
    case 'Statistic':
    case 'Stat':
      return among('statistic changed', STATISTICS);
    case 'Expression':
      return [{ kind: 'expression changed', to: '0 * m1' }];
    case 'Dimensions':
      return path.length === 1
        ? [{ kind: 'dimension added', to: [...(value as readonly Json[]), { Name: 'Nobody', Value: 'here' }] }]
        : [];
    default:
      return [];
  }
};
