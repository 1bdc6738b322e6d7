import { everyTier, fixture, type RuleControl } from '../control';
import { between, guard, guards, is, satisfies, somewhere } from '../expect';
import { asList, asObject, type EnvironmentView, type JsonObject, type Resource } from '../view';

const TYPE = 'AWS::Budgets::Budget';

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** What is told: the share of the budget, spent or foreseen, and whether management hears of it too. */
const MESSAGES = [
  { kind: 'ACTUAL', percent: 80, management: false },
  { kind: 'ACTUAL', percent: 100, management: true },
  { kind: 'FORECASTED', percent: 100, management: true },
] as const;
type Message = (typeof MESSAGES)[number];

/** What the kit says of a budget. */
const FIELDS = ['BudgetLimit', 'BudgetName', 'BudgetType', 'TimeUnit'];

/** The topic of working hours: nobody is woken for money. */
const isWarning = (topic: Resource | undefined): boolean =>
  topic?.type === 'AWS::SNS::Topic' && topic.path.split('/').at(-2)?.toLowerCase() === 'warning';

/** Everybody who gets a message by mail, in order; empty when nobody does. */
const addressesOf = (entry: JsonObject): string =>
  asList(entry.Subscribers)
    .map(asObject)
    .flatMap(({ SubscriptionType, Address }) => (SubscriptionType === 'EMAIL' ? [String(Address)] : []))
    .sort()
    .join();

function sends(entry: JsonObject, message: Message, budget: Resource, environment: EnvironmentView): boolean {
  const { NotificationType, ComparisonOperator, Threshold, ThresholdType } = asObject(entry.Notification);
  const subscribers = asList(entry.Subscribers).map(asObject);
  const [topics, people] = ['SNS', 'EMAIL'].map((type) => subscribers.filter((each) => each.SubscriptionType === type));
  return (
    NotificationType === message.kind &&
    ComparisonOperator === 'GREATER_THAN' &&
    ThresholdType === 'PERCENTAGE' &&
    Number(Threshold) === message.percent &&
    topics?.length === 1 &&
    isWarning(environment.target(topics[0]?.Address, budget)) &&
    people !== undefined &&
    people.length > 0 === message.management &&
    people.every(({ Address }) => ADDRESS.test(String(Address))) &&
    topics.length + people.length === subscribers.length
  );
}

const topic = { SubscriptionType: 'SNS', Address: { Ref: 'Topic' } };
const management = { SubscriptionType: 'EMAIL', Address: 'management@example.com' };
const message = ({ kind, percent, management: toThem }: Message, changes: JsonObject = {}): JsonObject => ({
  Notification: {
    NotificationType: kind,
    ComparisonOperator: 'GREATER_THAN',
    Threshold: percent,
    ThresholdType: 'PERCENTAGE',
    ...changes,
  },
  Subscribers: toThem ? [topic, management] : [topic],
});
const messages = (changes: JsonObject = {}) => MESSAGES.map((each) => message(each, changes));
const budget = (notifications: readonly JsonObject[], changes: JsonObject = {}) => ({
  Topic: { Type: 'AWS::SNS::Topic', Metadata: { 'aws:cdk:path': 'fixture/foundation/Topics/Warning/Resource' } },
  Budget: {
    Type: TYPE,
    Properties: {
      Budget: { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: 600, Unit: 'USD' }, ...changes },
      NotificationsWithSubscribers: notifications,
    },
  },
});

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
      'Budget.BudgetLimit.Amount': between(20, 50_000),
      'Budget.BudgetLimit.Unit': is('USD'),
      // A filter on a tag that nobody activated for billing counts nothing, and a time that has passed neither.
      Budget: satisfies(`${FIELDS.join(', ')} and nothing else`, (value) =>
        Object.keys(asObject(value)).every((field) => FIELDS.includes(field)),
      ),
      NotificationsWithSubscribers: satisfies(
        'to the warning topic at 80 %, and to management too at 100 % and when the forecast passes it',
        (value, resource, environment) => {
          const entries = asList(value).map(asObject);
          const sent = (each: Message) => entries.some((entry) => sends(entry, each, resource, environment));
          // Whoever hears that it is spent heard that it would be: an address in one alone is a mistake.
          const heard = new Set(entries.map(addressesOf).filter(Boolean));
          return entries.length === MESSAGES.length && MESSAGES.every(sent) && heard.size === 1;
        },
      ),
    }),
  ),
  fixtures: {
    pass: [fixture('spent and forecast', budget(messages()))],
    refuse: [
      fixture('no budget', { Topic: { Type: 'AWS::SNS::Topic' } }),
      fixture('no forecast', budget(messages().slice(0, 2))),
      fixture('nobody told', budget(messages().map((each) => ({ ...each, Subscribers: [] })))),
      fixture('management not told', budget(messages().map((each) => ({ ...each, Subscribers: [topic] })))),
      fixture(
        'one address changed',
        budget([
          ...messages().slice(0, 2),
          { ...messages()[2], Subscribers: [topic, { ...management, Address: 'x@example.com' }] },
        ]),
      ),
      fixture('when it is far too late', budget(messages({ Threshold: 900 }))),
      fixture('in dollars', budget(messages({ ThresholdType: 'ABSOLUTE_VALUE' }))),
      fixture('when too little is spent', budget(messages({ ComparisonOperator: 'LESS_THAN' }))),
      fixture('a limit out of reach', budget(messages(), { BudgetLimit: { Amount: 1e9, Unit: 'USD' } })),
      fixture('a year', budget(messages(), { TimeUnit: 'ANNUALLY' })),
      fixture('a time that has passed', budget(messages(), { TimePeriod: { End: '1225864800' } })),
      fixture('a part of the cost', budget(messages(), { CostFilters: { TagKeyValue: ['user:environment$prod'] } })),
    ],
  },
};
