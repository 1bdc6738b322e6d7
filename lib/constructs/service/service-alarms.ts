import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import type { AlarmRegistrar, RegisteredAlarmProps } from '../alarms/registrar';
import { atOrAbove, BREACHING, below, FIVE_MINUTES, MINUTE, NOT_BREACHING } from '../alarms/terms';

/** Row A07: full means over 90 %. */
export const FULL_PERCENT = 90;

/**
 * How many copies of a service run: each copy reports its CPU once a minute, so the number of reports is the number of
 * copies. Container Insights counts too, for money.
 */
export const runningCopies = (dimensions: Readonly<Record<string, string>>): Metric =>
  new Metric({
    namespace: 'AWS/ECS',
    metricName: 'CPUUtilization',
    dimensionsMap: { ...dimensions },
    statistic: 'SampleCount',
    period: MINUTE,
  });

export interface ServiceAlarmsProps {
  readonly environment: Environment;
  readonly alarms: AlarmRegistrar;
  readonly clusterName: string;
  readonly serviceName: string;
  /** Whether Container Insights measures the cluster. */
  readonly insights: boolean;
  /** Where gunicorn writes. */
  readonly applicationLog: ILogGroup;
}

/** What tells a person that the web service suffers: too little of something, too few copies, workers that die. */
export class ServiceAlarms extends Construct {
  private readonly dimensions: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ServiceAlarmsProps,
  ) {
    super(scope, id);
    this.dimensions = { ClusterName: props.clusterName, ServiceName: props.serviceName };
    this.watchResources();
    if (props.insights) this.watchDisk();
    this.watchCopies();
    this.watchWorkers();
  }

  private watchResources(): void {
    this.full('Cpu', 'CPU', this.metric('AWS/ECS', 'CPUUtilization', 'Average', FIVE_MINUTES));
    this.full('Memory', 'Memory', this.metric('AWS/ECS', 'MemoryUtilization', 'Average', FIVE_MINUTES));
  }

  /** Only Container Insights measures the disk. */
  private watchDisk(): void {
    this.full(
      'Disk',
      'Disk',
      new MathExpression({
        label: 'Per cent of the disk that is used',
        expression: '100 * used / reserved',
        usingMetrics: {
          used: this.metric('ECS/ContainerInsights', 'EphemeralStorageUtilized', 'Maximum', FIVE_MINUTES),
          reserved: this.metric('ECS/ContainerInsights', 'EphemeralStorageReserved', 'Maximum', FIVE_MINUTES),
        },
        period: FIVE_MINUTES,
      }),
    );
  }

  private full(name: string, title: string, metric: IMetric): void {
    this.add(`Service${name}`, {
      title: `${title} of the web service is over ${FULL_PERCENT} %`,
      metric,
      threshold: FULL_PERCENT,
      comparison: atOrAbove,
      periods: 3,
      missingData: NOT_BREACHING,
      severity: 'warning',
      rows: ['A07', 'C14'],
      runbook: 'service-resources',
    });
  }

  private watchCopies(): void {
    const { copies } = this.props.environment.app;
    this.add('CopiesMissing', {
      title: `Fewer than ${copies.min} copies of the web service run`,
      metric: runningCopies(this.dimensions),
      threshold: copies.min,
      comparison: below,
      periods: 5,
      // A service without any task stops reporting.
      missingData: BREACHING,
      severity: 'critical',
      rows: ['C02'],
      runbook: 'copies-missing',
    });
    if (copies.max === copies.min || !this.props.insights) return;
    this.add('AtCapacity', {
      title: `The web service has run at its ${copies.max} copies for half an hour`,
      metric: this.metric('ECS/ContainerInsights', 'DesiredTaskCount', 'Minimum', FIVE_MINUTES),
      threshold: copies.max,
      comparison: atOrAbove,
      periods: 6,
      missingData: NOT_BREACHING,
      severity: 'warning',
      rows: ['C14'],
      runbook: 'service-at-capacity',
    });
  }

  /** gunicorn ends a worker that hangs and reports one that the kernel killed for its memory. */
  private watchWorkers(): void {
    const { environment, applicationLog } = this.props;
    const filter = new MetricFilter(this, 'WorkersLost', {
      logGroup: applicationLog,
      filterName: 'workers-lost',
      filterPattern: FilterPattern.anyTerm('WORKER TIMEOUT', 'was sent SIGKILL'),
      metricNamespace: `Breakwater/${environment.app.name}/${environment.name}`,
      metricName: 'WorkersLost',
      metricValue: '1',
    });
    this.add('WorkersLostAlarm', {
      title: 'Workers of the app hang or are killed',
      metric: filter.metric({ statistic: 'Sum', period: FIVE_MINUTES }),
      threshold: 3,
      comparison: atOrAbove,
      periods: 1,
      missingData: NOT_BREACHING,
      severity: 'warning',
      rows: ['C14'],
      runbook: 'workers-lost',
    });
  }

  private metric(namespace: string, metricName: string, statistic: string, period: Duration): Metric {
    return new Metric({ namespace, metricName, dimensionsMap: { ...this.dimensions }, statistic, period });
  }

  private add(id: string, alarm: RegisteredAlarmProps): void {
    this.props.alarms.add(this, id, alarm);
  }
}
