import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { MonthlyBudget } from '../../../lib/constructs/operations/monthly-budget';
import { environmentOf, stageOf } from '../../support/environments';

interface Message {
  readonly Notification: { readonly NotificationType: string; readonly Threshold: number };
  readonly Subscribers: readonly { readonly SubscriptionType: string; readonly Address: unknown }[];
}

function rendered(environment = environmentOf()) {
  const stack = new Stack(stageOf(environment), 'operations');
  new MonthlyBudget(stack, 'Budget', { environment, topic: new Topic(stack, 'Topic') });
  const [budget] = Object.values(Template.fromStack(stack).findResources('AWS::Budgets::Budget'));
  return budget?.Properties as { Budget: object; NotificationsWithSubscribers: readonly Message[] };
}

it('limits the month to what the configuration says', () => {
  expect(rendered().Budget).toEqual({
    BudgetName: 'ums-prod-monthly',
    BudgetType: 'COST',
    TimeUnit: 'MONTHLY',
    BudgetLimit: { Amount: 600, Unit: 'USD' },
  });
});

it('tells the topic early, and management when the money is spent or will be', () => {
  const told = rendered().NotificationsWithSubscribers.map(({ Notification, Subscribers }) => [
    `${Notification.NotificationType} ${Notification.Threshold}`,
    ...Subscribers.map((each) => each.SubscriptionType),
  ]);
  expect(told).toEqual([
    ['ACTUAL 80', 'SNS'],
    ['ACTUAL 100', 'SNS', 'EMAIL'],
    ['FORECASTED 100', 'SNS', 'EMAIL'],
  ]);
});

it('writes to ten addresses at most, which is what AWS takes', () => {
  const management = Array.from({ length: 12 }, (_, index) => `manager${index}@example.com`);
  const messages = rendered(environmentOf('production', { contacts: { management } })).NotificationsWithSubscribers;
  expect(messages[1]?.Subscribers.filter((each) => each.SubscriptionType === 'EMAIL')).toHaveLength(10);
});
