import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import type { AlarmRegistrar, RegisteredAlarmProps } from '../alarms/registrar';
import {
  above,
  atOrAbove,
  BREACHING,
  below,
  FIVE_MINUTES,
  LASTING,
  MINUTE,
  MISSING,
  NOT_BREACHING,
} from '../alarms/terms';

/** Row A07: full means over 90 %. */
const FULL_PERCENT = 90;
/** ElastiCache allows 65,000 clients on a node; a fleet of this kit holds hundreds. */
const MANY_CLIENTS = 5000;
/** Keys thrown out in five minutes before their time. A few are normal life of a cache. */
const EVICTIONS = 1000;
/** A replica this far behind would lose as much in a failover. */
const LAG = Duration.seconds(10);
/** Logins refused in five minutes. One is a typing mistake of a person; programs do not mistype. */
const REFUSED = 5;

export interface CacheAlarmsProps {
  readonly group: CfnReplicationGroup;
  /** Copies beside the primary. */
  readonly replicas: number;
  readonly alarms: AlarmRegistrar;
}

/**
 * What tells a person that the cache suffers. ElastiCache counts by node, and a failover makes any of them the
 * primary, so each node has its own.
 */
export class CacheAlarms extends Construct {
  constructor(scope: Construct, id: string, props: CacheAlarmsProps) {
    super(scope, id);
    for (let node = 1; node <= props.replicas + 1; node++) this.watch(node, props);
  }

  private watch(node: number, { group, replicas, alarms }: CacheAlarmsProps): void {
    const number = String(node).padStart(3, '0');
    const add = (name: string, alarm: Omit<RegisteredAlarmProps, 'runbook' | 'rows'> & Partial<RegisteredAlarmProps>) =>
      alarms.add(this, `CacheNode${node}${name}`, {
        ...alarm,
        title: `${alarm.title} (node ${number})`,
        rows: alarm.rows ?? ['C09'],
        runbook: alarm.runbook ?? 'cache-memory-or-load',
      });
    const metric = (metricName: string, statistic = 'Average', period = MINUTE) =>
      new Metric({
        namespace: 'AWS/ElastiCache',
        metricName,
        dimensionsMap: { CacheClusterId: `${group.ref}-${number}` },
        statistic,
        period,
      });

    add('Silent', {
      title: 'The cache sends no figures: it is down, failing over or gone',
      metric: metric('EngineCPUUtilization', 'SampleCount'),
      threshold: 1,
      comparison: below,
      periods: 5,
      missingData: BREACHING,
      severity: 'critical',
      runbook: 'cache-down',
    });
    add('Cpu', {
      title: 'CPU of the cache engine is over 90 %',
      metric: metric('EngineCPUUtilization'),
      threshold: FULL_PERCENT,
      ...LASTING,
      comparison: above,
      missingData: MISSING,
      severity: 'warning',
      rows: ['A07', 'C09'],
    });
    add('Memory', {
      title: 'Memory of the cache is over 90 % used',
      metric: metric('DatabaseMemoryUsagePercentage'),
      threshold: FULL_PERCENT,
      ...LASTING,
      comparison: above,
      missingData: MISSING,
      severity: 'warning',
      rows: ['A07', 'C09'],
    });
    add('Evictions', {
      title: 'The cache throws keys out before their time, sessions and rate limits among them',
      metric: metric('Evictions', 'Sum', FIVE_MINUTES),
      threshold: EVICTIONS,
      comparison: above,
      periods: 3,
      missingData: NOT_BREACHING,
      severity: 'warning',
    });
    add('Connections', {
      title: `More than ${MANY_CLIENTS} clients are connected to the cache`,
      metric: metric('CurrConnections', 'Maximum'),
      threshold: MANY_CLIENTS,
      comparison: above,
      periods: 5,
      missingData: MISSING,
      severity: 'warning',
    });
    add('LoginsRefused', {
      title: 'The cache refuses logins: a wrong password, or somebody tries',
      metric: metric('AuthenticationFailures', 'Sum', FIVE_MINUTES),
      threshold: REFUSED,
      comparison: atOrAbove,
      periods: 1,
      missingData: NOT_BREACHING,
      severity: 'security',
      runbook: 'cache-down',
    });
    if (replicas > 0) {
      add('ReplicationLag', {
        title: `The copy of the cache is more than ${LAG.toSeconds()} s behind`,
        metric: metric('ReplicationLag', 'Maximum'),
        threshold: LAG.toSeconds(),
        comparison: above,
        periods: 10,
        missingData: NOT_BREACHING,
        severity: 'warning',
        rows: ['A09', 'C09'],
      });
    }
  }
}
