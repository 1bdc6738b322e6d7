import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import type { RowId } from '../../controls/rows';
import type { AlarmRegistrar, Severity } from '../alarms/registrar';
import { atOrAbove, FIVE_MINUTES, MINUTE, NOT_BREACHING } from '../alarms/terms';
import { nameOf } from '../naming';

export interface FailureEventsProps {
  readonly environment: Environment;
  readonly alarms: AlarmRegistrar;
}

export interface WatchedEvent {
  readonly pattern: EventPattern;
  readonly title: string;
  readonly severity: Severity;
  readonly rows: readonly RowId[];
  readonly runbook: string;
}

/** A person who looks at an event leaves it in the queue; one looked at this often has been seen. */
const LOOKS = 20;
const KEPT = Duration.days(14);

/**
 * Turns failures that AWS announces as events into alarms. An event is kept in a queue for two weeks, with everything
 * that ECS said, and the rule's own count raises the alarm. What can't be delivered or started goes to a second queue,
 * whose depth is an alarm by itself.
 */
export class FailureEvents extends Construct {
  /** The events as they came. */
  readonly queue: Queue;
  /** Events and scheduled starts that reached nobody. */
  readonly deadLetters: Queue;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FailureEventsProps,
  ) {
    super(scope, id);
    const settings = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: KEPT };
    this.deadLetters = new Queue(this, 'DeadLetters', settings);
    this.queue = new Queue(this, 'Queue', {
      ...settings,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: LOOKS },
    });
    props.alarms.add(this, 'FailuresUndelivered', {
      title: 'A scheduled command could not be started, or an event of a failure could not be delivered',
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: FIVE_MINUTES,
        statistic: 'Maximum',
      }),
      threshold: 1,
      comparison: atOrAbove,
      periods: 1,
      missingData: NOT_BREACHING,
      severity: 'warning',
      rows: ['C02', 'C10'],
      runbook: 'scheduled-command-failed',
    });
  }

  /** Raises an alarm named after `id` for each matching event. */
  watch(id: string, { pattern, ...alarm }: WatchedEvent): void {
    const { environment, alarms } = this.props;
    const ruleName = nameOf(environment, id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase());
    const rule = new Rule(this, id, { ruleName, description: alarm.title, eventPattern: pattern });
    rule.addTarget(new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters, retryAttempts: 3 }));
    alarms.add(this, `${id}Alarm`, {
      ...alarm,
      metric: new Metric({
        namespace: 'AWS/Events',
        metricName: 'TriggeredRules',
        dimensionsMap: { RuleName: rule.ruleName },
        statistic: 'Sum',
        period: MINUTE,
      }),
      threshold: 1,
      comparison: atOrAbove,
      periods: 1,
      missingData: NOT_BREACHING,
    });
  }
}
