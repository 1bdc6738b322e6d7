import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { AlarmRegistrar } from '../constructs/alarms/registrar';
import { AlarmTopics } from '../constructs/alarms/topics';
import { FoundationKey } from '../constructs/foundation/foundation-key';
import { LogBucket } from '../constructs/logs/log-bucket';
import { LogClasses } from '../constructs/logs/log-classes';
import { EnvironmentStack, type EnvironmentStackProps } from './environment-stack';

/** What everything else leans on: keys, logs, topics. */
export class FoundationStack extends EnvironmentStack {
  readonly key: Key;
  readonly logs: LogClasses;
  /** Where AWS delivers access logs that it delivers to S3 only. */
  readonly accessLogs: LogBucket;
  /** For what is no alarm, such as a budget; alarms go through `alarms`. */
  readonly topics: AlarmTopics['bySeverity'];
  readonly alarms: AlarmRegistrar;

  constructor(scope: Construct, id: string, props: EnvironmentStackProps) {
    super(scope, id, { ...props, description: 'keys, logs and alarm topics' });
    const { environment } = props;
    this.key = new FoundationKey(this, 'Key', { environment });
    this.logs = new LogClasses(this, 'Logs', { environment, key: this.key });
    this.accessLogs = new LogBucket(this, 'AccessLogs', { environment });
    this.topics = new AlarmTopics(this, 'Topics', { environment, key: this.key }).bySeverity;
    this.alarms = new AlarmRegistrar(environment, this.topics);
  }
}
