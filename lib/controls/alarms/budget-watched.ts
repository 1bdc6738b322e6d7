import { everyTier, fixture, type RuleControl } from '../control';
import { between, guard, guards, is, satisfies, somewhere } from '../expect';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const TYPE = 'AWS::Budgets::Budget';

const told = (notification: Json, budget: Resource, environment: EnvironmentView): boolean =>
  asList(asObject(notification).Subscribers)
    .map(asObject)
    .some(
      ({ SubscriptionType: type, Address }) =>
        type === 'SNS' && environment.target(Address, budget)?.type === 'AWS::SNS::Topic',
    );

/** Whether a message of a kind goes out when the budget is spent, or will be, and not long after. */
const notifies = (value: Json | undefined, kind: string, budget: Resource, environment: EnvironmentView): boolean =>
  asList(value).some((each) => {
    const { NotificationType, ComparisonOperator, Threshold, ThresholdType } = asObject(asObject(each).Notification);
    return (
      NotificationType === kind &&
      ComparisonOperator === 'GREATER_THAN' &&
      (ThresholdType ?? 'PERCENTAGE') === 'PERCENTAGE' &&
      Number(Threshold) >= 50 &&
      Number(Threshold) <= 100 &&
      told(each, budget, environment)
    );
  });

const notification = (type: string, changes: JsonObject = {}): JsonObject => ({
  Notification: {
    NotificationType: type,
    ComparisonOperator: 'GREATER_THAN',
    Threshold: 100,
    ThresholdType: 'PERCENTAGE',
    ...changes,
  },
  Subscribers: [{ SubscriptionType: 'SNS', Address: { Ref: 'Topic' } }],
});
const budget = (notifications: readonly JsonObject[], changes: JsonObject = {}) => ({
  Topic: { Type: 'AWS::SNS::Topic' },
  Budget: {
    Type: TYPE,
    Properties: {
      Budget: { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: 600, Unit: 'USD' }, ...changes },
      NotificationsWithSubscribers: notifications,
    },
  },
});
const both = [notification('ACTUAL'), notification('FORECASTED')];

export const control: RuleControl = {
  id: 'budget-watched',
  title: 'Somebody is told when the month’s money is spent, and when it will be',
  holds: ['A11/enforce'],
  tiers: everyTier,
  why: 'A stolen credential shows first on the bill.',
  remedy: 'Set `budget.monthlyUsd`, and leave MonthlyBudget as it is.',
  ...guards(
    somewhere(TYPE, 'a monthly budget'),
    guard(TYPE, {
      'Budget.BudgetType': is('COST'),
      'Budget.TimeUnit': is('MONTHLY'),
      'Budget.BudgetLimit.Amount': between(1, 1_000_000),
      'Budget.BudgetLimit.Unit': is('USD'),
      // A filter on a tag that nobody activated for billing counts nothing.
      'Budget.CostFilters': satisfies('nothing', (value) => value === undefined),
      'Budget.FilterExpression': satisfies('nothing', (value) => value === undefined),
      NotificationsWithSubscribers: satisfies(
        'messages to a topic at 100 % or earlier, of what was spent and of the forecast',
        (value, resource, environment) =>
          ['ACTUAL', 'FORECASTED'].every((kind) => notifies(value, kind, resource, environment)),
      ),
    }),
  ),
  fixtures: {
    pass: [fixture('spent and forecast', budget(both))],
    refuse: [
      fixture('no budget', { Topic: { Type: 'AWS::SNS::Topic' } }),
      fixture('no forecast', budget(both.slice(0, 1))),
      fixture('nobody told', budget(both.map((each) => ({ ...each, Subscribers: [] })))),
      fixture(
        'when it is far too late',
        budget([notification('ACTUAL', { Threshold: 900 }), notification('FORECASTED')]),
      ),
      fixture(
        'when too little is spent',
        budget([notification('ACTUAL', { ComparisonOperator: 'LESS_THAN' }), notification('FORECASTED')]),
      ),
      fixture('a limit out of reach', budget(both, { BudgetLimit: { Amount: 1e9, Unit: 'USD' } })),
      fixture('a year', budget(both, { TimeUnit: 'ANNUALLY' })),
      fixture('a part of the cost', budget(both, { CostFilters: { TagKeyValue: ['user:environment$prod'] } })),
    ],
  },
};
