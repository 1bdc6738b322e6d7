import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import type { Severity } from './registrar';

export interface AlarmTopicsProps {
  readonly environment: Environment;
  readonly key: IKey;
}

/** One topic for each severity, with the environment's contacts as subscribers. */
export class AlarmTopics extends Construct {
  readonly bySeverity: Readonly<Record<Severity, Topic>>;

  constructor(scope: Construct, id: string, props: AlarmTopicsProps) {
    super(scope, id);
    const topic = (severity: Severity, title: string) => {
      const made = new Topic(this, title, { masterKey: props.key, enforceSSL: true });
      for (const address of props.environment.contacts[severity]) made.addSubscription(new EmailSubscription(address));
      return made;
    };
    this.bySeverity = {
      critical: topic('critical', 'Critical'),
      warning: topic('warning', 'Warning'),
      security: topic('security', 'Security'),
    };
  }
}
