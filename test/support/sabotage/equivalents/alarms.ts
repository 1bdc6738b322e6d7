import { same } from '../sabotage';
import { type Equivalent, less, number, oneLess } from './change';

/** An alarm that fires earlier, on fewer breaches or on a lower level, tells more and not less. */
const earlier: Equivalent['when'] = ({ before, after }, { ComparisonOperator: comparison }) =>
  String(comparison).startsWith('Greater')
    ? number(after) < number(before) && number(after) > 0
    : number(after) > number(before) && number(after) <= 10 * number(before);

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Of alarms, topics and the budget. Every entry is read by reviewers: keep it narrow and say why. */
export const alarms: readonly Equivalent[] = [
  {
    type: /^AWS::CloudWatch::Alarm$/,
    path: /^(EvaluationPeriods|Period|Threshold)$/,
    when: ({ kind }) => kind === "a sibling's value",
    why: 'Another value inside the bounds of the metric: how late and how many is the operator’s, out of bounds is refused.',
  },
  {
    type: /^AWS::CloudWatch::Alarm$/,
    path: /^ComparisonOperator$/,
    when: ({ before, after }, { Threshold }) =>
      String(before).replace('OrEqualTo', '') === String(after).replace('OrEqualTo', '') &&
      (String(after).includes('OrEqualTo') || number(Threshold) > 2 || number(Threshold) < 1),
    why: 'The same side of the threshold, whose own value counts or not: one of many, not the first of them.',
  },
  { type: /^AWS::CloudWatch::Alarm$/, path: /^Threshold$/, when: earlier, why: 'The alarm fires earlier.' },
  {
    type: /^AWS::CloudWatch::Alarm$/,
    path: /^(DatapointsToAlarm|EvaluationPeriods)$/,
    when: less,
    why: 'The alarm fires after fewer breaches, or looks at fewer periods. More breaches than periods is refused.',
  },
  {
    type: /^AWS::SNS::Subscription$/,
    path: /^Endpoint$/,
    when: ({ after }) => ADDRESS.test(String(after)),
    why: 'Which person is told is configuration; that it is a person, by mail, is checked.',
  },
  {
    type: /^AWS::Budgets::Budget$/,
    path: /^Budget\.BudgetLimit\.Amount$/,
    when: less,
    why: 'Told earlier.',
  },
  {
    type: /^AWS::Budgets::Budget$/,
    path: /\.Subscribers\.Address$/,
    when: ({ before, after }) => ADDRESS.test(String(before)) && ADDRESS.test(String(after)),
    why: 'Which person is told is configuration; that it is a person, by mail, is checked.',
  },
  {
    type: /^AWS::CloudWatch::Alarm$/,
    path: /^Threshold$/,
    when: (sabotage, properties, view) =>
      String(properties.ComparisonOperator).startsWith('Less') &&
      number(sabotage.before) > 1 &&
      oneLess(sabotage, properties, view),
    why: 'A byte, a per cent or a day later.',
  },
  {
    type: /^AWS::SNS::Subscription$/,
    path: /^(TopicArn)?$/,
    when: ({ kind, logicalId }, { TopicArn: topic }, view) =>
      ['reference swapped', 'resource deleted'].includes(kind) &&
      view
        .ofType('AWS::SNS::Subscription')
        .some((each) => each.logicalId !== logicalId && same(each.properties.TopicArn, topic)),
    why: 'One of several people hears of other things; the topic still reaches somebody.',
  },
];
