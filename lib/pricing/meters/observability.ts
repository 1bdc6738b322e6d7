import { asList, asObject } from '../../controls/view';
import { charge, flat, type Meters, numberOf } from '../meter';
import { prices } from '../prices';
import { copiesOf } from './service';

const DAYS_IN_MONTH = 30;
/** CloudWatch stores compressed lines: about this share of what came in. */
const STORED_SHARE = 0.15;
const STANDARD_PERIOD = 60;
/** Namespace of metrics that functions of the kit write; each has one alarm. */
const MEASURED_BY_FUNCTIONS = 'Breakwater/Secrets';
/** Metrics that Container Insights writes for each thing that it watches: CPU, memory, network, disk and counts. */
const INSIGHTS_METRICS = 12;
/** Alarms that target tracking makes for itself: scale out, scale in. */
const TRACKING_ALARMS = 2;

export const observabilityMeters: Meters = {
  'AWS::Logs::LogGroup': ({ properties }, { assumed }) => {
    const infrequent = properties.LogGroupClass === 'INFREQUENT_ACCESS';
    const kept = (assumed.logGb * STORED_SHARE * numberOf(properties.RetentionInDays, DAYS_IN_MONTH)) / DAYS_IN_MONTH;
    return [
      charge(
        'logs and alarms',
        'log lines',
        assumed.logGb,
        infrequent ? prices.logsIngestedInfrequent : prices.logsIngested,
      ),
      charge('logs and alarms', 'logs kept', kept, prices.logsStored),
    ];
  },
  'AWS::Logs::MetricFilter': ({ properties }) => [
    charge(
      'logs and alarms',
      'metrics from logs',
      asList(properties.MetricTransformations).length,
      prices.customMetric,
    ),
  ],
  'AWS::CloudWatch::Alarm': ({ properties }, { environment }) => {
    const queries = asList(properties.Metrics).map((query) => asObject(asObject(query).MetricStat));
    const measured = queries.filter((query) => query.Metric !== undefined);
    const period = Math.min(
      numberOf(properties.Period, STANDARD_PERIOD),
      ...measured.map((query) => numberOf(query.Period, STANDARD_PERIOD)),
    );
    const price = period < STANDARD_PERIOD ? prices.alarmMetricHighResolution : prices.alarmMetric;
    // What a function of the kit measures has no resource but the alarm that watches it.
    const own = environment.text(properties.Namespace) === MEASURED_BY_FUNCTIONS ? 1 : 0;
    return [
      charge('logs and alarms', 'alarms, by metric', Math.max(1, measured.length), price),
      charge('logs and alarms', 'metrics of functions', own, prices.customMetric),
    ];
  },
  'AWS::CloudWatch::CompositeAlarm': flat('logs and alarms', 'composite alarms', prices.compositeAlarm),
  'AWS::CloudWatch::Dashboard': flat('logs and alarms', 'dashboards', prices.dashboard),
  'AWS::ApplicationAutoScaling::ScalingPolicy': ({ properties }) => {
    const custom = asList(
      asObject(asObject(properties.TargetTrackingScalingPolicyConfiguration).CustomizedMetricSpecification).Metrics,
    ).filter((query) => asObject(query).MetricStat !== undefined);
    const tracked = properties.PolicyType === 'TargetTrackingScaling' ? Math.max(1, custom.length) : 0;
    return [charge('logs and alarms', 'scaling alarms, by metric', tracked * TRACKING_ALARMS, prices.alarmMetric)];
  },
  'AWS::ECS::Cluster': (cluster, { environment }) => {
    const setting = asList(cluster.properties.ClusterSettings)
      .map(asObject)
      .find(({ Name }) => Name === 'containerInsights')?.Value;
    if (setting !== 'enhanced' && setting !== 'enabled') return [];
    const services = environment
      .ofType('AWS::ECS::Service')
      .filter(({ properties, stack }) => environment.target(properties.Cluster, { stack }) === cluster);
    // The plain form watches the cluster, services and task families; the enhanced one each task and container, at
    // less for a metric.
    if (setting === 'enabled') {
      const metrics = INSIGHTS_METRICS * (1 + 2 * services.length);
      return [charge('logs and alarms', 'container metrics', metrics, prices.customMetric)];
    }
    const watched = services.map((service) => {
      const task = environment.target(service.properties.TaskDefinition, service);
      const lasting = asList(task?.properties.ContainerDefinitions).filter(
        (each) => asObject(each).Essential !== false,
      );
      return 1 + copiesOf(service, environment) * (1 + lasting.length);
    });
    const metrics = INSIGHTS_METRICS * watched.reduce((sum, each) => sum + each, 1);
    return [charge('logs and alarms', 'container metrics', metrics, prices.enhancedMetric)];
  },
};
