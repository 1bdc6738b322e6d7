import { everyTier, fixture, type RuleControl } from '../control';
import { guards } from '../expect';
import { type ExactAlarm, exactlyAlarmed } from '../rules/alarms/exact-alarms';
import { functionNamed, functionOf } from '../rules/functions';
import { minutesBetween, SECRET } from '../rules/rotation';
import { at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const FUNCTION = 'AWS::Lambda::Function';
const NAMESPACE = 'Breakwater/Secrets';
const DAY = 86_400;
/** Days before a value is due at which a person is asked. */
const WARNING_DAYS = 14;
/** Oftener than a day's figure needs, so that a lost run is no silence. */
const MOST_MINUTES = 6 * 60;

const isAudit = (resource: Resource, environment: EnvironmentView): boolean =>
  functionOf(resource, environment) === 'audit-secrets';
const hasByHand = (resource: Resource): boolean =>
  at(resource.properties, 'Environment.Variables.SECRETS_BY_HAND') !== undefined;

const measured = (metric: string, statistic: string): ExactAlarm['figures'] => ({
  [metric]: {
    metric,
    statistic,
    period: DAY,
    of: (dimensions, watched, { alarm, environment }) =>
      dimensions.size === 1 && environment.target(dimensions.get('FunctionName'), alarm) === watched,
  },
});
/** Silence breaches: an audit that stands still looks just like secrets that are all in time. */
const ALARM = { namespace: NAMESPACE, periods: 1, missingData: 'breaching' } as const;
const late: ExactAlarm = {
  ...ALARM,
  tells: 'a rotation failed or did not happen',
  figures: measured('LateRotations', 'Maximum'),
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  only: isAudit,
};
const due: ExactAlarm = {
  ...ALARM,
  tells: 'a person has to change a secret',
  figures: measured('DaysUntilDue', 'Minimum'),
  comparison: 'LessThanOrEqualToThreshold',
  threshold: WARNING_DAYS,
  only: (resource, environment) => isAudit(resource, environment) && hasByHand(resource),
};

const alarm = (MetricName: string, Statistic: string, changes: JsonObject = {}) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    Namespace: NAMESPACE,
    MetricName,
    Statistic,
    Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'Audit' } }],
    Period: DAY,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'breaching',
    AlarmActions: [{ Ref: 'Topic' }],
    ...changes,
  },
});
const DUE = { Threshold: 14, ComparisonOperator: 'LessThanOrEqualToThreshold' };
const good = {
  Topic: { Type: 'AWS::SNS::Topic' },
  Secret: { Type: SECRET },
  Audit: {
    Type: FUNCTION,
    Properties: {
      FunctionName: 'ums-fixture-audit-secrets',
      Environment: { Variables: { METRIC_NAMESPACE: NAMESPACE, SECRETS_BY_HAND: 'arn=90' } },
    },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Arn: { 'Fn::GetAtt': ['Audit', 'Arn'] } }] as Json,
    },
  },
  Late: alarm('LateRotations', 'Maximum'),
  Due: alarm('DaysUntilDue', 'Minimum', DUE),
};
const nothing = { Type: 'AWS::SNS::Topic' };

export const control: RuleControl = {
  id: 'rotation-alarms',
  title: 'A rotation that did not happen and a value that a person has to change reach somebody, and so does silence',
  holds: ['K04/alarm', 'K05/alarm', 'K06/alarm', 'K07/alarm', 'A10/alarm'],
  tiers: everyTier,
  why: 'Rotations fail in silence: everything goes on with the old value, which gets older every day.',
  remedy: 'Leave SecretsAudit in the data stack as it is.',
  ...guards(exactlyAlarmed(FUNCTION, [late, due]), {
    protects: [
      { type: FUNCTION, properties: ['Environment.Variables.METRIC_NAMESPACE'] },
      { type: 'AWS::Events::Rule', properties: ['ScheduleExpression'] },
    ],
    check: (environment) => {
      const [resource] = environment.ofType(SECRET);
      const audit = functionNamed('audit-secrets', environment);
      const minutes = minutesBetween('audit-secrets', environment);
      const namespace = audit && at(audit.properties, 'Environment.Variables.METRIC_NAMESPACE');
      if (!resource || (audit && namespace === NAMESPACE && minutes !== undefined && minutes <= MOST_MINUTES))
        return [];
      const expected = `audit-secrets every ${MOST_MINUTES / 60} hours or oftener, with metrics in ${NAMESPACE}`;
      return [
        { resource: audit ?? resource, location: 'Resource', found: 'no audit of secrets that alarms watch', expected },
      ];
    },
  }),
  fixtures: {
    pass: [fixture('both', good)],
    refuse: [
      fixture('late rotations in silence', { ...good, Late: nothing }),
      fixture('due values in silence', { ...good, Due: nothing }),
      fixture('asked on the last day', { ...good, Due: alarm('DaysUntilDue', 'Minimum', { ...DUE, Threshold: 0 }) }),
      fixture('silence read as health', {
        ...good,
        Late: alarm('LateRotations', 'Maximum', { TreatMissingData: 'notBreaching' }),
      }),
      fixture('nobody audits', { ...good, Audit: nothing }),
      fixture('audited weekly', {
        ...good,
        Rule: { ...good.Rule, Properties: { ...good.Rule.Properties, ScheduleExpression: 'rate(7 days)' } },
      }),
      fixture('measured elsewhere', {
        ...good,
        Audit: {
          ...good.Audit,
          Properties: {
            ...good.Audit.Properties,
            Environment: { Variables: { METRIC_NAMESPACE: 'x', SECRETS_BY_HAND: 'arn=90' } },
          },
        },
      }),
    ],
  },
};
