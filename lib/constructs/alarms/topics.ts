import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { onlyForUs, publishers } from '../foundation/foundation-key';
import { nameOf } from '../naming';
import type { Severity } from './registrar';

export interface AlarmTopicsProps {
  readonly environment: Environment;
  readonly key: IKey;
}

/**
 * One topic for each severity, with the environment's contacts as subscribers. Only alarms, rules and budgets of this
 * account may publish, over TLS.
 */
export class AlarmTopics extends Construct {
  readonly bySeverity: Readonly<Record<Severity, Topic>>;

  constructor(scope: Construct, id: string, props: AlarmTopicsProps) {
    super(scope, id);
    const { environment, key } = props;
    const topic = (severity: Severity, title: string) => {
      const made = new Topic(this, title, {
        // What a reader sees as the sender.
        displayName: nameOf(environment, severity),
        masterKey: key,
        enforceSSL: true,
      });
      for (const [service, source] of Object.entries(publishers)) {
        made.addToResourcePolicy(
          new PolicyStatement({
            sid: `From${service.split('.')[0]}`,
            principals: [new ServicePrincipal(service)],
            actions: ['sns:Publish'],
            resources: [made.topicArn],
            conditions: onlyForUs(source),
          }),
        );
      }
      for (const address of environment.contacts[severity]) made.addSubscription(new EmailSubscription(address));
      return made;
    };
    this.bySeverity = {
      critical: topic('critical', 'Critical'),
      warning: topic('warning', 'Warning'),
      security: topic('security', 'Security'),
    };
  }
}
