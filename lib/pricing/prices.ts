/** One list price. */
export interface Price {
  readonly usd: number;
  /** What one costs that much, in words that follow "a". */
  readonly unit: Unit;
  /** Page that lists it. */
  readonly source: string;
}

export type Unit =
  | 'hour'
  | 'vCPU-hour'
  | 'GB-hour'
  | 'GB-month'
  | 'GB'
  | 'month'
  | 'LCU-hour'
  | 'GB-second'
  | 'million requests';

/** Month in which the prices were last compared with their pages. */
export const PRICES_AS_OF = '2026-11';
/** Region whose list prices these are. Others cost up to a third more. */
export const PRICES_REGION = 'us-east-1';
/** Hours in a month, as AWS's calculator counts them. */
export const HOURS = 730;

const price = (page: string) => (usd: number, unit: Unit) => ({ usd, unit, source: `https://aws.amazon.com/${page}` });

const fargate = price('fargate/pricing/');
const balancer = price('elasticloadbalancing/pricing/');
const vpc = price('vpc/pricing/');
const link = price('privatelink/pricing/');
const traffic = price('ec2/pricing/on-demand/');
const cloudWatch = price('cloudwatch/pricing/');
const databasePage = price('rds/postgresql/pricing/');
const insights = price('rds/pricing/');
const cachePage = price('elasticache/pricing/');
const waf = price('waf/pricing/');
const lambda = price('lambda/pricing/');

/** Prices of everything that the templates create, without free allowances unless a meter says so. */
export const prices = {
  fargateArmCpu: fargate(0.03238, 'vCPU-hour'),
  fargateArmMemory: fargate(0.00356, 'GB-hour'),
  fargateStorage: fargate(0.000111, 'GB-hour'),
  lambdaArm: lambda(0.0000133334, 'GB-second'),
  lambdaRequests: lambda(0.2, 'million requests'),
  loadBalancer: balancer(0.0225, 'hour'),
  loadBalancerCapacity: balancer(0.008, 'LCU-hour'),
  publicAddress: vpc(0.005, 'hour'),
  natGateway: vpc(0.045, 'hour'),
  natTraffic: vpc(0.045, 'GB'),
  interfaceEndpoint: link(0.01, 'hour'),
  trafficOut: traffic(0.09, 'GB'),
  webAcl: waf(5, 'month'),
  webAclRule: waf(1, 'month'),
  webAclRequests: waf(0.6, 'million requests'),
  databaseStorage: databasePage(0.115, 'GB-month'),
  databaseBackup: databasePage(0.095, 'GB-month'),
  databaseProxy: price('rds/proxy/pricing/')(0.015, 'vCPU-hour'),
  databaseInsightsAdvanced: insights(0.0125, 'vCPU-hour'),
  logsIngested: cloudWatch(0.5, 'GB'),
  logsIngestedInfrequent: cloudWatch(0.25, 'GB'),
  logsStored: cloudWatch(0.03, 'GB-month'),
  alarmMetric: cloudWatch(0.1, 'month'),
  alarmMetricHighResolution: cloudWatch(0.3, 'month'),
  compositeAlarm: cloudWatch(0.5, 'month'),
  customMetric: cloudWatch(0.3, 'month'),
  enhancedMetric: cloudWatch(0.07, 'month'),
  dashboard: cloudWatch(3, 'month'),
  secret: price('secrets-manager/pricing/')(0.4, 'month'),
  key: price('kms/pricing/')(1, 'month'),
  hostedZone: price('route53/pricing/')(0.5, 'month'),
  healthCheck: price('route53/pricing/')(0.5, 'month'),
  objectStorage: price('s3/pricing/')(0.023, 'GB-month'),
  imageStorage: price('ecr/pricing/')(0.1, 'GB-month'),
} as const satisfies Record<string, Price>;

/**
 * RDS for PostgreSQL, one instance in one zone; Multi-AZ costs twice this. The eighth generation is listed at the
 * price of the seventh.
 */
export const databaseInstances: Readonly<Record<string, Price & { readonly vcpus: number }>> = Object.fromEntries(
  (
    [
      ['t4g.micro', 0.016, 2],
      ['t4g.small', 0.032, 2],
      ['t4g.medium', 0.065, 2],
      ['t4g.large', 0.129, 2],
      ['m7g.large', 0.168, 2],
      ['m7g.xlarge', 0.337, 4],
      ['m7g.2xlarge', 0.674, 8],
      ['m8g.large', 0.168, 2],
      ['m8g.xlarge', 0.337, 4],
      ['r7g.large', 0.239, 2],
      ['r7g.xlarge', 0.478, 4],
      ['r7g.2xlarge', 0.956, 8],
      ['r8g.large', 0.239, 2],
      ['r8g.xlarge', 0.478, 4],
    ] as const
  ).map(([name, usd, vcpus]) => [`db.${name}`, { ...databasePage(usd, 'hour'), vcpus }]),
);

/** ElastiCache nodes for Valkey: a fifth below the same node for Redis OSS. */
export const cacheNodes: Readonly<Record<string, Price>> = Object.fromEntries(
  (
    [
      ['t4g.micro', 0.0128],
      ['t4g.small', 0.0256],
      ['t4g.medium', 0.052],
      ['m7g.large', 0.1264],
      ['m7g.xlarge', 0.252],
      ['r7g.large', 0.1752],
      ['r7g.xlarge', 0.3496],
    ] as const
  ).map(([name, usd]) => [`cache.${name}`, cachePage(usd, 'hour')]),
);
