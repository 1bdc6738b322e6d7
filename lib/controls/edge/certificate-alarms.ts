import { everyTier, fixture, type RuleControl } from '../control';
import { guards } from '../expect';
import { type ExactAlarm, exactlyAlarmed, type Figure } from '../rules/alarms/exact-alarms';
import { CERTIFICATE, certificateOf, isHttps, LISTENER, sorted } from '../rules/edge/load-balancers';
import { edgeAnd, edgeWith, edgeWithout } from '../rules/edge/samples';
import { at, type JsonObject, type Template } from '../view';

type Resources = NonNullable<Template['Resources']>;

/** Days before the end; ACM renews long before either. */
const DAYS = [30, 14] as const;
const DAY_SECONDS = 86_400;

const ends = (of: Figure['of'], only?: ExactAlarm['only']): readonly ExactAlarm[] =>
  DAYS.map((threshold) => ({
    tells: `the certificate ends in ${threshold} days or fewer`,
    namespace: 'AWS/CertificateManager',
    figures: { days: { metric: 'DaysToExpiry', statistic: 'Minimum', period: DAY_SECONDS, of } },
    comparison: 'LessThanOrEqualToThreshold',
    threshold,
    periods: 1,
    // After the last day there are no figures, and the alarm must stay.
    missingData: 'ignore',
    only,
  }));

const ours = ends(
  (dimensions, certificate, { alarm, environment }) =>
    dimensions.size === 1 && environment.target(dimensions.get('CertificateArn'), alarm) === certificate,
);
/** A certificate that was brought along is no resource: its listener names it. */
const brought = ends(
  (dimensions, listener) =>
    dimensions.size === 1 &&
    sorted(dimensions.get('CertificateArn')) === sorted(at(listener.properties, 'Certificates.0.CertificateArn')),
  (listener, environment) => isHttps(listener) && certificateOf(listener, environment) === undefined,
);

const alarm = (days: number, changes: JsonObject = {}): Resources[string] => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    Namespace: 'AWS/CertificateManager',
    MetricName: 'DaysToExpiry',
    Dimensions: [{ Name: 'CertificateArn', Value: { Ref: 'Certificate' } }],
    Statistic: 'Minimum',
    Period: DAY_SECONDS,
    ComparisonOperator: 'LessThanOrEqualToThreshold',
    Threshold: days,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    TreatMissingData: 'ignore',
    AlarmActions: [{ Ref: 'Topic' }],
    ...changes,
  },
});
const topic: Resources = { Topic: { Type: 'AWS::SNS::Topic' } };
const watched = (changes: Resources = {}): Resources =>
  edgeAnd({ ...topic, Soon: alarm(30), Sooner: alarm(14), ...changes });
const BROUGHT = 'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000';
const broughtAlong = (arn: string): Resources => ({
  ...edgeWithout('Certificate', 'Record', 'Authorities'),
  ...topic,
  Https: edgeWith('Https', { Certificates: [{ CertificateArn: BROUGHT }] }).Https as Resources[string],
  Soon: alarm(30, { Dimensions: [{ Name: 'CertificateArn', Value: arn }] }),
  Sooner: alarm(14, { Dimensions: [{ Name: 'CertificateArn', Value: arn }] }),
});

export const control: RuleControl = {
  id: 'certificate-alarms',
  title: 'A certificate that was not renewed raises an alarm 30 and 14 days before its end',
  holds: ['E03/alarm', 'A10/alarm'],
  tiers: everyTier,
  why: 'Renewal fails in silence, weeks before the day on which every client refuses the site.',
  remedy: 'Leave the alarms of CertificateAlarms, at 30 and 14 days.',
  ...guards(exactlyAlarmed(CERTIFICATE, ours), exactlyAlarmed(LISTENER, brought)),
  fixtures: {
    pass: [fixture('watched', watched()), fixture('brought along', broughtAlong(BROUGHT))],
    refuse: [
      fixture('not watched', edgeAnd({})),
      fixture('14 days only', edgeAnd({ ...topic, Sooner: alarm(14) })),
      fixture('brought along, another watched', broughtAlong(BROUGHT.replace('4000', '4001'))),
      fixture('on the last day', watched({ Soon: alarm(1) })),
      fixture('silenced', watched({ Sooner: alarm(14, { ActionsEnabled: false }) })),
      fixture('tells nobody', watched({ Sooner: alarm(14, { AlarmActions: [] }) })),
      fixture(
        'goes quiet when the certificate has ended',
        watched({ Soon: alarm(30, { TreatMissingData: 'missing' }) }),
      ),
      fixture(
        'another certificate',
        watched({ Soon: alarm(30, { Dimensions: [{ Name: 'CertificateArn', Value: 'x' }] }) }),
      ),
      fixture('once a month', watched({ Soon: alarm(30, { Period: 2_592_000 }) })),
    ],
  },
};
