import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmRegistrar, Severity } from '../alarms/registrar';

/** Days before the end at which ACM should long have renewed, so that somebody looks in working hours. */
const LOOK_DAYS = 30;
/** Days at which a person is woken: enough to get a certificate from anywhere. */
const ACT_DAYS = 14;

export interface CertificateAlarmsProps {
  readonly certificate: ICertificate;
  readonly alarms: AlarmRegistrar;
}

/**
 * What tells a person that the certificate was not renewed. ACM's own live 198 days (fewer than 100 from 2027-03-15) and
 * are renewed well before the first alarm; one that was brought along is renewed by whoever brought it.
 *
 * Silence leaves the state as it is: ACM reports twice a day, a new certificate has no figure at first, and after the
 * last day there is none any more, when the alarm must not go quiet.
 */
export class CertificateAlarms extends Construct {
  constructor(scope: Construct, id: string, props: CertificateAlarmsProps) {
    super(scope, id);
    const expires = (name: string, days: number, severity: Severity) =>
      props.alarms.add(this, name, {
        title: `The certificate ends in ${days} days or fewer and was not renewed`,
        metric: props.certificate.metricDaysToExpiry({ period: Duration.days(1), statistic: 'Minimum' }),
        threshold: days,
        comparison: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        periods: 1,
        missingData: TreatMissingData.IGNORE,
        severity,
        rows: ['E03', 'A10'],
        runbook: 'certificate-expiring',
      });
    expires('CertificateNotRenewed', LOOK_DAYS, 'warning');
    expires('CertificateExpires', ACT_DAYS, 'critical');
  }
}
