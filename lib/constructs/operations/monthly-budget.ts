import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { nameOf } from '../naming';

/** Share of the budget, in per cent, at which the first message goes out: early enough to look before it is spent. */
const EARLY = 80;
/** AWS sends a budget's message to ten mail addresses at most. */
const MOST_ADDRESSES = 10;

export interface MonthlyBudgetProps {
  readonly environment: Environment;
  /** Topic that is told first. */
  readonly topic: ITopic;
}

/**
 * The month's budget. The warning contacts hear at 80 %; at 100 %, and when the forecast passes it, management too.
 *
 * It counts the whole account. A budget limited to a tag stays at zero, without a word, until somebody activates the
 * tag for billing by hand; two environments in one account are told early instead, never late. What to do stands in
 * `runbooks/budget-exceeded`.
 */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, props: MonthlyBudgetProps) {
    super(scope, id);
    const { environment, topic } = props;
    const toTopic = { subscriptionType: 'SNS', address: topic.topicArn };
    const toManagement = environment.contacts.management
      .slice(0, MOST_ADDRESSES)
      .map((address) => ({ subscriptionType: 'EMAIL', address }));
    const when = (
      notificationType: 'ACTUAL' | 'FORECASTED',
      threshold: number,
      subscribers: CfnBudget.SubscriberProperty[],
    ): CfnBudget.NotificationWithSubscribersProperty => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers,
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: nameOf(environment, 'monthly'),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: environment.budget.monthlyUsd, unit: 'USD' },
      },
      notificationsWithSubscribers: [
        when('ACTUAL', EARLY, [toTopic]),
        when('ACTUAL', 100, [toTopic, ...toManagement]),
        when('FORECASTED', 100, [toTopic, ...toManagement]),
      ],
    });
  }
}
