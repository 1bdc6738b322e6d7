import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { env } from '../../../../lambda/audit-secrets/env';
import { type FunctionSurroundings, KitFunction } from '../../functions/kit-function';
import { nameOf } from '../../naming';

/** Namespace of what the audit measures. */
const NAMESPACE = 'Breakwater/Secrets';
const EVERY = Duration.hours(1);
/** Long enough for a run or two to be lost, short enough to hear of an audit that stands still. */
const PERIOD = Duration.days(1);
/** As the function has it: from this day on it says what to do. */
const WARNING_DAYS = 14;

/** A secret, and days that it may go without a change. */
export interface Aging {
  readonly secretArn: string;
  readonly days: number;
}

export interface SecretsAuditProps extends FunctionSurroundings {
  /** Those that rotate by themselves; days between two rotations. */
  readonly rotating: readonly Aging[];
  /** Those that a person changes; days that a value may be used. */
  readonly byHand: readonly Aging[];
}

/**
 * Tells of rotations that did not happen, whatever kept them from it, and of values that a person has to change, two weeks
 * before they are due. It sees ages, and never a value.
 */
export class SecretsAudit extends Construct {
  constructor(scope: Construct, id: string, props: SecretsAuditProps) {
    super(scope, id);
    const { environment, alarms, rotating, byHand } = props;
    const limits = (secrets: readonly Aging[]) =>
      secrets.map(({ secretArn, days }) => `${secretArn}=${days}`).join(',');
    const audit = new KitFunction(this, 'Audit', {
      ...props,
      code: 'audit-secrets',
      description: 'Measures the age of secrets',
      statements: [
        new PolicyStatement({
          actions: ['secretsmanager:DescribeSecret', 'secretsmanager:ListSecretVersionIds'],
          resources: [...rotating, ...byHand].map(({ secretArn }) => secretArn),
        }),
        // IAM knows no resource for it; the namespace is the bound.
        new PolicyStatement({
          actions: ['cloudwatch:PutMetricData'],
          resources: ['*'],
          conditions: { StringEquals: { 'cloudwatch:namespace': NAMESPACE } },
        }),
      ],
      variables: {
        [env.rotating]: limits(rotating),
        ...(byHand.length > 0 ? { [env.byHand]: limits(byHand) } : {}),
        [env.namespace]: NAMESPACE,
      },
      runbook: 'secret-due',
      severity: 'warning',
      rows: ['K06', 'A10'],
    });
    new Rule(this, 'Schedule', {
      ruleName: nameOf(environment, 'audit-secrets'),
      description: 'Looks at the age of secrets',
      schedule: Schedule.rate(EVERY),
    }).addTarget(new LambdaTarget(audit.lambda, { retryAttempts: 2 }));

    const metric = (metricName: string, statistic: string) =>
      new Metric({
        namespace: NAMESPACE,
        metricName,
        dimensionsMap: { FunctionName: audit.lambda.functionName },
        statistic,
        period: PERIOD,
      });
    // Silence breaches: an audit that stands still looks just like secrets that are all in time.
    const shared = { periods: 1, missingData: TreatMissingData.BREACHING, severity: 'warning' } as const;
    alarms.add(this, 'RotationLate', {
      ...shared,
      title: 'A secret that rotates by itself did not',
      metric: metric('LateRotations', 'Maximum'),
      threshold: 1,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      rows: ['K04', 'K05', 'K07', 'A10'],
      runbook: 'rotation-failed',
    });
    if (byHand.length === 0) return;
    alarms.add(this, 'SecretDue', {
      ...shared,
      title: `A secret that only a person can change is due in ${WARNING_DAYS} days or less`,
      metric: metric('DaysUntilDue', 'Minimum'),
      threshold: WARNING_DAYS,
      comparison: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
      rows: ['K06'],
      runbook: 'secret-due',
    });
  }
}
