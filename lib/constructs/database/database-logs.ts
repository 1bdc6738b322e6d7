import { Metric, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { FilterPattern, type IFilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { MINUTE } from '../alarms/terms';
import { acceptedRetention } from '../logs/log-classes';
import { removalPolicyOf } from '../naming';

/** What RDS exports: the server's log, and what a major upgrade says. */
export const exportedLogs = ['postgresql', 'upgrade'] as const;

export interface DatabaseLogsProps {
  readonly environment: Environment;
  readonly key: IKey;
  /** Identifier of the instance: part of the names that RDS gives its log groups. */
  readonly instanceIdentifier: string;
}

/**
 * The log groups that RDS writes to, made before it can make its own: those would keep everything for ever, under
 * no key of ours.
 */
export class DatabaseLogs extends Construct {
  /** Clients that were refused for want of a connection slot. */
  readonly exhausted: Metric;
  /** Clients that were refused for a wrong password, role, database or missing TLS. */
  readonly refused: Metric;
  /** Statements slower than `database.slowQueryMs`. */
  readonly slow: Metric;
  /** Deadlocks that PostgreSQL broke. */
  readonly deadlocks: Metric;
  /** Sessions that waited more than a second for a lock. */
  readonly lockWaits: Metric;

  readonly groups: readonly LogGroup[];

  private readonly server: LogGroup;
  private readonly namespace: string;

  constructor(scope: Construct, id: string, props: DatabaseLogsProps) {
    super(scope, id);
    const { environment } = props;
    this.namespace = `${environment.app.name}/${environment.name}/database`;
    const group = (name: (typeof exportedLogs)[number]) =>
      new LogGroup(this, name.charAt(0).toUpperCase() + name.slice(1), {
        logGroupName: `/aws/rds/instance/${props.instanceIdentifier}/${name}`,
        retention: acceptedRetention(environment.logs.databaseDays),
        encryptionKey: props.key,
        removalPolicy: removalPolicyOf(environment),
      });
    this.server = group('postgresql');
    this.groups = [this.server, group('upgrade')];

    this.exhausted = this.count(
      'ConnectionsExhausted',
      FilterPattern.anyTerm(
        'remaining connection slots are reserved',
        'too many clients already',
        'too many connections for',
      ),
    );
    this.refused = this.count(
      'ConnectionsRefused',
      FilterPattern.anyTerm('authentication failed for user', 'no pg_hba.conf entry', 'is not permitted to log in'),
    );
    this.slow = this.count('SlowStatements', FilterPattern.allTerms('LOG:', 'duration:'));
    this.deadlocks = this.count('Deadlocks', FilterPattern.allTerms('deadlock detected'));
    this.lockWaits = this.count('LockWaits', FilterPattern.allTerms('still waiting for'));
  }

  private count(name: string, pattern: IFilterPattern): Metric {
    new MetricFilter(this, name, {
      logGroup: this.server,
      filterPattern: pattern,
      metricNamespace: this.namespace,
      metricName: name,
      metricValue: '1',
      defaultValue: 0,
      unit: Unit.COUNT,
    });
    return new Metric({ namespace: this.namespace, metricName: name, statistic: 'Sum', period: MINUTE });
  }
}
