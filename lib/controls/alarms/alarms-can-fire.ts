import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { falling, rising } from '../rules/alarms/alarmed';
import {
  countedInLogs,
  dimensionsOfNamespace,
  expressionMetrics,
  type MetricUse,
  metricUses,
} from '../rules/alarms/metrics';
import { LISTENER, sorted } from '../rules/edge/load-balancers';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const TYPE = 'AWS::CloudWatch::Alarm';
/** Seconds that a period may last; others are refused by CloudWatch or hide a fault for hours. */
const PERIODS = [60, 300, 900, 3600, 86_400];

const cpu = {
  Namespace: 'AWS/RDS',
  MetricName: 'CPUUtilization',
  Dimensions: [{ Name: 'DBInstanceIdentifier', Value: { Ref: 'Db' } }],
  Statistic: 'Average',
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 90,
  Period: 60,
  EvaluationPeriods: 15,
  DatapointsToAlarm: 12,
  TreatMissingData: 'missing',
};
const alarm = (changes: JsonObject, base: JsonObject = cpu) => ({
  Db: { Type: 'AWS::RDS::DBInstance' },
  Alarm: { Type: TYPE, Properties: { ...base, ...changes } },
});
const query = (Id: string, MetricName: string): JsonObject => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: 'AWS/ApplicationELB', MetricName }, Period: 60, Stat: 'Sum' },
});
const rate = {
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 5,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 3,
  TreatMissingData: 'notBreaching',
  Metrics: [
    { Id: 'rate', Expression: '100 * errors / requests', ReturnData: true },
    query('errors', 'HTTPCode_Target_5XX_Count'),
    query('requests', 'RequestCount'),
  ],
};

export const control: RuleControl = {
  id: 'alarms-can-fire',
  title: 'Every alarm watches a metric that exists, on the side where it hurts, and can fire in time',
  holds: ['A11/enforce'],
  tiers: everyTier,
  why: 'An alarm with a threshold out of reach, another metric or endless periods looks like protection and is silence.',
  remedy:
    'Set the alarm back, or, for a metric that is new to the kit, say in lib/controls/rules/alarms/metrics.ts how it is watched.',
  protects: [
    { type: 'AWS::Logs::MetricFilter', properties: [] },
    { type: 'AWS::Logs::MetricFilter', properties: ['MetricTransformations'] },
    {
      type: TYPE,
      properties: [
        'ComparisonOperator',
        'DatapointsToAlarm',
        'EvaluationPeriods',
        'MetricName',
        'Dimensions',
        'Metrics',
        'Namespace',
        'Threshold',
        'Period',
        'Statistic',
        'TreatMissingData',
        'Unit',
      ],
    },
  ],
  check: (environment) =>
    environment.ofType(TYPE).flatMap((resource) => {
      const { Metrics: queries } = resource.properties;
      const own = queries === undefined ? metricFaults(resource, environment) : queryFaults(resource, environment);
      return [...own, ...timingFaults(resource)];
    }),
  fixtures: {
    pass: [
      fixture('load of the database', alarm({})),
      fixture('an expression', alarm({}, rate)),
      fixture('a count in a log', {
        Filter: {
          Type: 'AWS::Logs::MetricFilter',
          Properties: { MetricTransformations: [{ MetricNamespace: 'app', MetricName: 'Deadlocks' }] },
        },
        ...alarm({
          Namespace: 'app',
          MetricName: 'Deadlocks',
          Dimensions: [],
          Statistic: 'Sum',
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          Threshold: 1,
          TreatMissingData: 'notBreaching',
          EvaluationPeriods: 1,
          DatapointsToAlarm: 1,
        }),
      }),
    ],
    refuse: [
      fixture('a threshold out of reach', alarm({ Threshold: 90_000 })),
      fixture('a threshold that is always passed', alarm({ Threshold: 0 })),
      fixture('the other side', alarm({ ComparisonOperator: 'LessThanThreshold' })),
      fixture('a metric that nobody writes', alarm({ MetricName: 'CPU' })),
      fixture('another namespace', alarm({ Namespace: 'AWS/EC2' })),
      fixture('a statistic that hides the peak', alarm({ Statistic: 'Minimum' })),
      fixture('no dimension', alarm({ Dimensions: [] })),
      fixture(
        'a dimension of something else',
        alarm({ Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'other' }] }),
      ),
      fixture('silence read as health', alarm({ TreatMissingData: 'notBreaching' })),
      fixture('periods without end', alarm({ EvaluationPeriods: 1500 })),
      fixture('more breaches than periods', alarm({ DatapointsToAlarm: 16 })),
      fixture('a period that CloudWatch does not know', alarm({ Period: 61 })),
      fixture('a unit that no data has', alarm({ Unit: 'Bytes' })),
      fixture('an expression of nothing', alarm({ Metrics: [] }, rate)),
      fixture('an expression without its metric', alarm({ Metrics: rate.Metrics.slice(0, 2) }, rate)),
      fixture(
        'an expression that ignores its metrics',
        alarm({ Metrics: [{ Id: 'rate', Expression: '0' }, query('errors', 'RequestCount')] }, rate),
      ),
    ],
  },
};

type Fault = readonly [property: string, value: Json | undefined, expected: string];

const asFinding =
  (resource: Resource) =>
  ([property, value, expected]: Fault): Finding => ({
    resource,
    location: `Properties.${property}`,
    found: shown(value),
    expected,
  });

/** An alarm on one metric. */
function metricFaults(resource: Resource, environment: EnvironmentView): Finding[] {
  const { properties } = resource;
  const namespace = environment.text(properties.Namespace);
  const name = String(properties.MetricName);
  const uses = metricUses[`${namespace} ${name}`] ?? (isCounted(namespace, name, environment) ? [countedInLogs] : []);
  const statistic = String(properties.Statistic ?? properties.ExtendedStatistic);
  const use = uses.find((each) => each.statistic === statistic) ?? uses[0];
  if (!use) return [asFinding(resource)(['MetricName', `${namespace} ${name}`, 'a metric that the kit knows'])];
  return [
    ...usageFaults(properties, use, statistic),
    ...dimensionFaults(properties, namespace, resource, environment),
  ].map(asFinding(resource));
}

function usageFaults(properties: JsonObject, use: MetricUse, statistic: string): Fault[] {
  const faults: Fault[] = [];
  const {
    ComparisonOperator: comparison,
    Threshold: threshold,
    TreatMissingData: missing,
    Period: period,
  } = properties;
  const sides: readonly string[] = use.side === 'rising' ? rising : falling;
  const [least, most] = use.between;
  const seconds = Number(period) * Number(properties.EvaluationPeriods);
  if (statistic !== use.statistic) faults.push(['Statistic', statistic, use.statistic]);
  if (
    comparison === 'GreaterThanThreshold' &&
    Number(threshold) === 1 &&
    ['Sum', 'Maximum'].includes(String(statistic))
  ) {
    faults.push(['ComparisonOperator', comparison, 'GreaterThanOrEqualToThreshold: one is enough']);
  }
  if (!sides.includes(String(comparison))) faults.push(['ComparisonOperator', comparison, sides.join(' or ')]);
  if (!(Number(threshold) >= least && Number(threshold) <= most)) {
    faults.push(['Threshold', threshold, `from ${least} to ${most}`]);
  }
  if (!use.missing.includes(String(missing))) faults.push(['TreatMissingData', missing, use.missing.join(' or ')]);
  if (!PERIODS.includes(Number(period))) faults.push(['Period', period, `one of ${PERIODS.join(', ')}`]);
  if (!(seconds <= use.withinSeconds)) {
    faults.push(['EvaluationPeriods', properties.EvaluationPeriods, `at most ${use.withinSeconds} s in all`]);
  }
  if (properties.Unit !== undefined) faults.push(['Unit', properties.Unit, 'nothing: other data would not count']);
  return faults;
}

/** Whether a filter on a log of this environment writes the metric. */
const isCounted = (namespace: string, name: string, environment: EnvironmentView): boolean =>
  environment
    .ofType('AWS::Logs::MetricFilter')
    .flatMap((filter) => asList(filter.properties.MetricTransformations).map(asObject))
    .some((each) => environment.text(each.MetricNamespace) === namespace && each.MetricName === name);

function dimensionFaults(
  properties: JsonObject,
  namespace: string,
  resource: Resource,
  environment: EnvironmentView,
): Fault[] {
  const wanted = dimensionsOfNamespace[namespace] ?? [];
  const given = asList(properties.Dimensions).map(asObject);
  const names = given.map((each) => String(each.Name));
  const missing = wanted.filter((name) => !name.endsWith('?') && !names.includes(name));
  const unknown = names.filter((name) => !wanted.includes(name) && !wanted.includes(`${name}?`));
  const strange = given.filter((each) => !isOfEnvironment(each, resource, environment));
  return missing.length + unknown.length + strange.length === 0
    ? []
    : [['Dimensions', properties.Dimensions, `${wanted.join(', ') || 'none'}, of parts of this environment`]];
}

/** Parts that a dimension may name in writing: their type, and the property with their name. */
const NAMED: Readonly<Record<string, readonly [type: string, property: string]>> = {
  ClusterName: ['AWS::ECS::Cluster', 'ClusterName'],
  RuleName: ['AWS::Events::Rule', 'Name'],
  ServiceName: ['AWS::ECS::Service', 'ServiceName'],
};

/** A reference, the physical name of a part that stands in the environment, or the certificate of a listener. */
function isOfEnvironment({ Name: name, Value: value }: JsonObject, resource: Resource, view: EnvironmentView): boolean {
  const isShown = ({ properties }: Resource) =>
    sorted(at(properties, 'Certificates.0.CertificateArn')) === sorted(value);
  if (name === 'CertificateArn' && view.ofType(LISTENER).some(isShown)) return true;
  if (typeof value !== 'string') return view.targets(value, resource).length > 0;
  const [type, property] = NAMED[String(name)] ?? ['', ''];
  return view.ofType(type).some((each) => each.properties[property] === value);
}

/** An alarm on an expression over several metrics. */
function queryFaults(resource: Resource, environment: EnvironmentView): Finding[] {
  const queries = asList(resource.properties.Metrics).map(asObject);
  const [result, ...others] = queries.filter((each) => each.ReturnData !== false);
  const faults: Fault[] = [];
  if (!result || others.length > 0 || typeof result.Expression !== 'string') {
    faults.push(['Metrics', resource.properties.Metrics, 'one expression that is the result']);
  }
  const inputs = queries.filter((each) => each !== result);
  const words: readonly string[] = String(result?.Expression).match(/\b[a-z]\w*\b/g) ?? [];
  const ids = inputs.map((each) => String(each.Id));
  if (ids.length === 0 || ids.some((id) => !words.includes(id)) || words.some((word) => !ids.includes(word))) {
    faults.push(['Metrics', result?.Expression, `an expression of ${ids.join(', ') || 'metrics'}`]);
  }
  for (const [index, each] of queries.entries()) {
    if (each !== result) faults.push(...statFaults(each, `Metrics.${index}`, resource, environment));
  }
  const { ComparisonOperator: comparison, Threshold: threshold } = resource.properties;
  const operators: readonly string[] = [...rising, ...falling];
  if (!operators.includes(String(comparison))) faults.push(['ComparisonOperator', comparison, operators.join(', ')]);
  if (!(Number(threshold) > 0)) faults.push(['Threshold', threshold, 'more than 0']);
  return faults.map(asFinding(resource));
}

function statFaults(query: JsonObject, at: string, resource: Resource, environment: EnvironmentView): Fault[] {
  const stat = asObject(query.MetricStat);
  const metric = asObject(stat.Metric);
  const namespace = environment.text(metric.Namespace);
  const name = `${namespace} ${String(metric.MetricName)}`;
  const faults: Fault[] = [];
  if (!expressionMetrics.has(name) && !metricUses[name]) faults.push([at, name, 'a metric that the kit knows']);
  if (!PERIODS.includes(Number(stat.Period))) faults.push([`${at}.Period`, stat.Period, PERIODS.join(', ')]);
  if (stat.Unit !== undefined) faults.push([`${at}.Unit`, stat.Unit, 'nothing: other data would not count']);
  return [...faults, ...dimensionFaults(metric, namespace, resource, environment)];
}

/** However it is watched: enough periods to look at, and no more breaches asked for than there are. */
function timingFaults(resource: Resource): Finding[] {
  const { EvaluationPeriods: periods, DatapointsToAlarm: breaching } = resource.properties;
  const faults: Fault[] = [];
  if (!(Number(periods) >= 1 && Number(periods) <= 60)) faults.push(['EvaluationPeriods', periods, 'from 1 to 60']);
  if (!(Number(breaching) >= 1 && Number(breaching) <= Number(periods))) {
    faults.push(['DatapointsToAlarm', breaching, `from 1 to ${String(periods)}`]);
  }
  return faults.map(asFinding(resource));
}
