import { everyTier, fixture, type RuleControl } from '../control';
import { type Expectation, guards, is, satisfies } from '../expect';
import { type ExactAlarm, exactlyAlarmed, type Figure } from '../rules/alarms/exact-alarms';
import { isWeb, leastCopies } from '../rules/compute/copies';
import { isHttps, LISTENER, LOAD_BALANCER, TARGET_GROUP } from '../rules/edge/load-balancers';
import { edgeAnd, edgeWithout } from '../rules/edge/samples';
import type { EnvironmentView, Json, JsonObject, Resource, Template } from '../view';

type Resources = NonNullable<Template['Resources']>;

/** Whether a dimension's value is the full name of a load balancer: its attribute, or cut out of its listener's ARN. */
function isLoadBalancer(value: Json | undefined, alarm: Resource, environment: EnvironmentView): boolean {
  const [target, ...others] = environment.targets(value, alarm);
  if (target?.type === LOAD_BALANCER) return environment.text(value) === `\${${target.logicalId}.LoadBalancerFullName}`;
  return others.length === 0 && target?.type === LISTENER && JSON.stringify(value) === cutOut(target.logicalId);
}
const cutOut = (listener: string): string =>
  JSON.stringify({ 'Fn::Join': ['', [piece(listener, 1), '/', piece(listener, 2), '/', piece(listener, 3)]] });
const piece = (listener: string, index: number): JsonObject => ({
  'Fn::Select': [index, { 'Fn::Split': ['/', { Ref: listener }] }],
});

const ofBalancer: Figure['of'] = (dimensions, _balancer, { alarm, environment }) =>
  dimensions.size === 1 && isLoadBalancer(dimensions.get('LoadBalancer'), alarm, environment);
const ofGroup =
  (which: (group: Resource, environment: EnvironmentView) => boolean): Figure['of'] =>
  (dimensions, _watched, { alarm, environment }) => {
    const group = environment.target(dimensions.get('TargetGroup'), alarm);
    return (
      dimensions.size === 2 &&
      group?.type === TARGET_GROUP &&
      environment.text(dimensions.get('TargetGroup')).endsWith('.TargetGroupFullName}') &&
      which(group, environment) &&
      isLoadBalancer(dimensions.get('LoadBalancer'), alarm, environment)
    );
  };
const nth = (index: number) =>
  ofGroup((group, environment) => environment.ofType(TARGET_GROUP).indexOf(group) === index);

const sum = (metric: string, period = 60): Figure => ({ metric, statistic: 'Sum', period, of: ofBalancer });
const healthy = (index: number): Figure => ({
  metric: 'HealthyHostCount',
  statistic: 'Maximum',
  period: 60,
  of: nth(index),
});
const requests = sum('RequestCount');
const common = { namespace: 'AWS/ApplicationELB', missingData: 'notBreaching' } as const;
const rises = { ...common, comparison: 'GreaterThanOrEqualToThreshold' } as const;
const falls = { ...common, comparison: 'LessThanThreshold' } as const;
const share = 'IF(errors >= 5, 100 * errors / requests, 0)';

/** Copies that the web service keeps at least; not a number when nothing says it. */
function least(environment: EnvironmentView): number {
  const web = environment.ofType('AWS::ECS::Service').find(isWeb);
  return web ? leastCopies(web, environment) : Number.NaN;
}
/** Production keeps two copies, whether or not it says so. */
const severalCopies = (environment: EnvironmentView): boolean =>
  Number.isNaN(least(environment)) ? environment.tier === 'production' : least(environment) > 1;
const asManyCopies = (_listener: Resource, environment: EnvironmentView): Expectation =>
  Number.isNaN(least(environment)) ? satisfies('2 or more', (value) => Number(value) >= 2) : is(least(environment));

const ofEachBalancer: readonly ExactAlarm[] = [
  {
    ...rises,
    tells: 'too many requests end with an error of the application',
    expression: share,
    figures: { errors: sum('HTTPCode_Target_5XX_Count'), requests },
    threshold: 5,
    periods: 5,
    breaching: 3,
  },
  {
    ...rises,
    tells: 'some requests keep ending with an error of the application',
    expression: share,
    figures: { errors: sum('HTTPCode_Target_5XX_Count', 300), requests: sum('RequestCount', 300) },
    threshold: 1,
    periods: 3,
  },
  {
    ...rises,
    tells: 'too many requests fail before a copy answers',
    expression: 'IF(errors >= 5, 100 * errors / SUM([requests, errors]), 0)',
    figures: { errors: sum('HTTPCode_ELB_5XX_Count'), requests },
    threshold: 5,
    periods: 5,
    breaching: 3,
  },
  {
    ...rises,
    tells: 'responses are slow',
    expression: 'IF(requests >= 10, slowest, 0)',
    figures: { slowest: { metric: 'TargetResponseTime', statistic: 'p99', period: 60, of: ofBalancer }, requests },
    threshold: 3,
    periods: 5,
  },
  {
    ...rises,
    tells: 'clients are turned away',
    figures: { rejected: sum('RejectedConnectionCount') },
    threshold: 1,
    periods: 1,
  },
  {
    ...rises,
    tells: 'TLS handshakes with clients fail',
    expression: 'IF(failed >= 100, 100 * failed / SUM([connections, failed]), 0)',
    figures: { failed: sum('ClientTLSNegotiationErrorCount', 300), connections: sum('NewConnectionCount', 300) },
    threshold: 50,
    periods: 3,
    // Too few clients come to a development environment for a share of them to mean anything.
    only: (_, environment) => environment.tier !== 'development',
  },
  {
    ...rises,
    tells: 'TLS handshakes with the proxies fail',
    figures: { failed: sum('TargetTLSNegotiationErrorCount') },
    threshold: 1,
    periods: 5,
    breaching: 3,
  },
];

/** These name the listener, from whose ARN the load balancer's name is cut. */
const ofEachListener: readonly ExactAlarm[] = [
  {
    ...falls,
    tells: 'no copy is fit to serve',
    expression: 'MAX([blue, green])',
    figures: { blue: healthy(0), green: healthy(1) },
    threshold: 1,
    periods: 3,
    missingData: 'breaching',
    only: isHttps,
  },
  {
    ...falls,
    tells: 'too few copies are fit to serve',
    expression: 'MAX([blue, green])',
    figures: { blue: healthy(0), green: healthy(1) },
    threshold: asManyCopies,
    periods: 10,
    missingData: 'missing',
    only: (listener, environment) => isHttps(listener) && severalCopies(environment),
  },
];

const ofEachGroup: readonly ExactAlarm[] = [
  {
    ...rises,
    tells: 'copies fail their health checks',
    figures: {
      unhealthy: {
        metric: 'UnHealthyHostCount',
        statistic: 'Maximum',
        period: 60,
        of: (dimensions, watched, view) => ofGroup((group) => group === watched)(dimensions, watched, view),
      },
    },
    threshold: 1,
    periods: 5,
  },
];

const balancerName = { Name: 'LoadBalancer', Value: { 'Fn::GetAtt': ['Balancer', 'LoadBalancerFullName'] } };
const groupName = (id: string) => ({ Name: 'TargetGroup', Value: { 'Fn::GetAtt': [id, 'TargetGroupFullName'] } });

/** The alarm as the construct writes it; `group` is the target group of a figure that needs one. */
function sample(need: ExactAlarm, group: (figure: string) => string | undefined): Resources[string] {
  const dimensions = (id: string) => {
    const name = group(id);
    return name === undefined ? [balancerName] : [balancerName, groupName(name)];
  };
  const figures = Object.entries(need.figures);
  const metrics = figures.map(([Id, { metric, statistic, period }]) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace: need.namespace, MetricName: metric, Dimensions: dimensions(Id) },
      Period: period,
      Stat: statistic,
    },
  }));
  const [id, one] = figures[0] as (typeof figures)[number];
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ...(need.expression === undefined
        ? {
            Namespace: need.namespace,
            MetricName: one.metric,
            Dimensions: dimensions(id),
            Statistic: one.statistic,
            Period: one.period,
          }
        : { Metrics: [{ Id: 'expr_1', Expression: need.expression, ReturnData: true }, ...metrics] }),
      ComparisonOperator: need.comparison,
      Threshold: typeof need.threshold === 'number' ? need.threshold : 2,
      EvaluationPeriods: need.periods,
      DatapointsToAlarm: need.breaching ?? need.periods,
      TreatMissingData: need.missingData,
      AlarmActions: [{ Ref: 'Topic' }],
    },
  };
}
const colours: Readonly<Record<string, string>> = { blue: 'Blue', green: 'Green' };
const alarms: Resources = {
  Topic: { Type: 'AWS::SNS::Topic' },
  ...Object.fromEntries(
    [...ofEachBalancer, ...ofEachListener].map((need, index) => [`Alarm${index}`, sample(need, (id) => colours[id])]),
  ),
  ...Object.fromEntries(
    ofEachGroup.flatMap((need, index) =>
      ['Blue', 'Green'].map((group) => [`${group}${index}`, sample(need, () => group)]),
    ),
  ),
};
const without = (id: string): Resources =>
  edgeAnd(Object.fromEntries(Object.entries(alarms).filter(([each]) => each !== id)));
const withChanged = (id: string, changes: JsonObject): Resources =>
  edgeAnd({
    ...alarms,
    [id]: { Type: 'AWS::CloudWatch::Alarm', Properties: { ...alarms[id]?.Properties, ...changes } },
  });
/** With a web service of a fixed number of copies. */
const withCopies = (resources: Resources, DesiredCount: number): Resources => ({
  ...resources,
  Service: { Type: 'AWS::ECS::Service', Properties: { LoadBalancers: [{}], DesiredCount } },
});

export const control: RuleControl = {
  id: 'edge-alarms',
  title: 'Errors, slow answers, refused connections and missing copies at the load balancer raise alarms',
  holds: ['A08/alarm', 'C02/alarm'],
  tiers: everyTier,
  why: 'Users see these first; without the alarms they are also the ones who report them.',
  remedy: 'Leave the alarms of EdgeAlarms; a figure that changes there changes here too.',
  ...guards(
    exactlyAlarmed(LOAD_BALANCER, ofEachBalancer),
    exactlyAlarmed(LISTENER, ofEachListener),
    exactlyAlarmed(TARGET_GROUP, ofEachGroup),
  ),
  fixtures: {
    pass: [
      fixture('all alarms', edgeAnd(alarms)),
      fixture('one copy, in development', without('Alarm8'), 'development'),
      fixture('always one copy', withCopies(without('Alarm8'), 1), 'development'),
      fixture('always two copies', withCopies(edgeAnd(alarms), 2), 'staging'),
    ],
    refuse: [
      ...[...ofEachBalancer, ...ofEachListener].map(({ tells }, index) =>
        fixture(`without: ${tells}`, without(`Alarm${index}`)),
      ),
      fixture('two copies, nobody told of one', withCopies(without('Alarm8'), 2), 'staging'),
      fixture('three copies, nobody told of two', withCopies(edgeAnd(alarms), 3), 'staging'),
      fixture('green unwatched', without('Green0')),
      fixture('none at all', edgeWithout()),
      fixture('out of reach', withChanged('Alarm0', { Threshold: 101 })),
      fixture('silenced', withChanged('Alarm0', { ActionsEnabled: false })),
      fixture('tells nobody', withChanged('Alarm0', { AlarmActions: [] })),
      fixture('tells somebody else', withChanged('Alarm0', { AlarmActions: ['arn:aws:sns:us-east-1:1:foreign'] })),
      fixture('looks the other way', withChanged('Alarm0', { ComparisonOperator: 'LessThanThreshold' })),
      fixture('takes silence for health', withChanged('Alarm7', { TreatMissingData: 'notBreaching' })),
      fixture('another metric', withChanged('Alarm4', { MetricName: 'HTTP_Fixed_Response_Count' })),
      fixture('an average of a count', withChanged('Alarm4', { Statistic: 'Average' })),
      fixture('over a day', withChanged('Alarm4', { Period: 86400 })),
      fixture('with a unit', withChanged('Alarm4', { Unit: 'Percent' })),
      fixture('a dimension that nobody has', {
        ...withChanged('Alarm4', { Dimensions: [balancerName, { Name: 'Nobody', Value: 'here' }] }),
      }),
      fixture('nothing is calculated', withChanged('Alarm0', { Metrics: [] })),
    ],
  },
};
