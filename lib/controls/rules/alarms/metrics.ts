/** How a metric may be watched: on which side, where a threshold means something, and what silence may mean. */
export interface MetricUse {
  readonly statistic: string;
  readonly side: 'rising' | 'falling';
  /** Least and greatest threshold that can be reached and that is worth a page, in the metric's unit. */
  readonly between: readonly [number, number];
  readonly missing: readonly string[];
  /** Seconds after which a lasting fault has raised the alarm: period times periods. */
  readonly withinSeconds: number;
}

const use = (
  side: MetricUse['side'],
  statistic: string,
  between: MetricUse['between'],
  missing: string,
  withinSeconds = 1800,
): MetricUse => ({ side, statistic, between, missing: [missing], withinSeconds });

const DAY = 86_400;
const KIB = 1024;
const GIB = KIB ** 3;

const PERCENT = use('rising', 'Average', [50, 95], 'missing');
const FULL = use('rising', 'Average', [50, 95], 'notBreaching');
const SILENT = use('falling', 'SampleCount', [1, 1], 'breaching', 300);
const BALANCE = use('falling', 'Average', [5, 80], 'notBreaching');
/** Something that should not happen at all. */
const EVENT = use('rising', 'Sum', [1, 5], 'notBreaching', 900);

/** Metrics of AWS that alarms of the kit watch, by namespace and name. Another one is added here with its first alarm. */
export const metricUses: Readonly<Record<string, readonly MetricUse[]>> = {
  'AWS/ApplicationELB RejectedConnectionCount': [EVENT],
  'AWS/ApplicationELB TargetTLSNegotiationErrorCount': [EVENT],
  'AWS/ApplicationELB UnHealthyHostCount': [use('rising', 'Maximum', [1, 1], 'notBreaching')],
  'AWS/CertificateManager DaysToExpiry': [use('falling', 'Minimum', [7, 45], 'ignore', DAY)],
  // Each copy reports once a minute: the number of reports is the number of copies.
  'AWS/ECS CPUUtilization': [FULL, use('falling', 'SampleCount', [1, 200], 'breaching', 900)],
  'AWS/ECS MemoryUtilization': [FULL],
  'AWS/ElastiCache AuthenticationFailures': [EVENT],
  'AWS/ElastiCache CurrConnections': [use('rising', 'Maximum', [100, 60_000], 'missing')],
  'AWS/ElastiCache DatabaseMemoryUsagePercentage': [PERCENT],
  'AWS/ElastiCache EngineCPUUtilization': [PERCENT, SILENT],
  'AWS/ElastiCache Evictions': [use('rising', 'Sum', [1, 5000], 'notBreaching')],
  'AWS/ElastiCache ReplicationLag': [use('rising', 'Maximum', [1, 60], 'notBreaching')],
  'AWS/Events TriggeredRules': [use('rising', 'Sum', [1, 1], 'notBreaching', 300)],
  'AWS/Lambda Errors': [EVENT],
  'AWS/Lambda Throttles': [EVENT],
  'AWS/NATGateway ErrorPortAllocation': [EVENT],
  'AWS/RDS CPUCreditBalance': [use('falling', 'Average', [10, 300], 'notBreaching')],
  'AWS/RDS CPUUtilization': [PERCENT, SILENT],
  'AWS/RDS DBLoadRelativeToNumVCPUs': [use('rising', 'Average', [0.5, 2], 'notBreaching')],
  'AWS/RDS DatabaseConnections': [use('rising', 'Maximum', [20, 5000], 'missing')],
  'AWS/RDS DiskQueueDepth': [use('rising', 'Average', [4, 128], 'missing')],
  'AWS/RDS EBSByteBalance%': [BALANCE],
  'AWS/RDS EBSIOBalance%': [BALANCE],
  'AWS/RDS FreeStorageSpace': [use('falling', 'Minimum', [GIB / 2, 1024 * GIB], 'missing')],
  'AWS/RDS FreeableMemory': [use('falling', 'Average', [GIB / 16, 64 * GIB], 'missing')],
  'AWS/RDS MaximumUsedTransactionIDs': [use('rising', 'Maximum', [2e8, 1.5e9], 'missing')],
  'AWS/RDS ReadLatency': [use('rising', 'Average', [0.01, 0.2], 'missing')],
  'AWS/RDS WriteLatency': [use('rising', 'Average', [0.01, 0.2], 'missing')],
  'AWS/SQS ApproximateNumberOfMessagesVisible': [use('rising', 'Maximum', [1, 5], 'notBreaching', 900)],
  // Of the kit's own audit, which runs every hour; its silence says that nobody looks.
  'Breakwater/Secrets DaysUntilDue': [use('falling', 'Minimum', [7, 30], 'breaching', DAY)],
  'Breakwater/Secrets LateRotations': [use('rising', 'Maximum', [1, 1], 'breaching', DAY)],
  'ECS/ContainerInsights DesiredTaskCount': [use('rising', 'Minimum', [2, 200], 'notBreaching')],
};

/** Metrics of AWS that only take part in expressions. */
export const expressionMetrics: ReadonlySet<string> = new Set([
  'AWS/ApplicationELB ClientTLSNegotiationErrorCount',
  'AWS/ApplicationELB HTTPCode_ELB_5XX_Count',
  'AWS/ApplicationELB HTTPCode_Target_5XX_Count',
  'AWS/ApplicationELB HealthyHostCount',
  'AWS/ApplicationELB NewConnectionCount',
  'AWS/ApplicationELB RequestCount',
  'AWS/ApplicationELB RequestCountPerTarget',
  'AWS/ApplicationELB TargetResponseTime',
  'ECS/ContainerInsights EphemeralStorageReserved',
  'ECS/ContainerInsights EphemeralStorageUtilized',
]);

/** A metric that a log's filter counts. */
export const countedInLogs = use('rising', 'Sum', [1, 100], 'notBreaching', 900);

/** Dimensions by namespace; with others a metric has no data at all. A `?` may be left out. */
export const dimensionsOfNamespace: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApplicationELB': ['LoadBalancer?', 'TargetGroup?'],
  'AWS/CertificateManager': ['CertificateArn'],
  'AWS/ECS': ['ClusterName', 'ServiceName'],
  'AWS/ElastiCache': ['CacheClusterId'],
  'AWS/Events': ['RuleName'],
  'AWS/Lambda': ['FunctionName'],
  'AWS/NATGateway': ['NatGatewayId'],
  'AWS/RDS': ['DBInstanceIdentifier'],
  'AWS/SQS': ['QueueName'],
  'Breakwater/Secrets': ['FunctionName'],
  'ECS/ContainerInsights': ['ClusterName', 'ServiceName'],
};
