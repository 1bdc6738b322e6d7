import type { Duration } from 'aws-cdk-lib';
import { type Alarm, type IMetric, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import type { AlarmRegistrar, RegisteredAlarmProps } from '../alarms/registrar';
import { atOrAbove, BREACHING, below, FIVE_MINUTES, MINUTE, MISSING, NOT_BREACHING } from '../alarms/terms';

/** Share of requests, %, that fail so that somebody is woken. */
const FAILING = 5;
/** Share, %, that nobody is woken for, but that should not last. */
const LEAKING = 1;
/** Errors in a period below which a share says nothing: one bad request of three is no outage. */
const FEW_ERRORS = 5;
/** Requests in a minute below which a percentile says nothing. */
const FEW_REQUESTS = 10;
/** Seconds that one request in a hundred may take: people leave a page after about three. */
const SLOW_SECONDS = 3;
/** Failed handshakes in five minutes below which scanners are a good guess. */
const FEW_HANDSHAKES = 100;
/** Share of handshakes, %, above which it is no longer scanners. */
const FAILING_HANDSHAKES = 50;

export interface EdgeAlarmsProps {
  readonly environment: Environment;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly blue: ApplicationTargetGroup;
  readonly green: ApplicationTargetGroup;
  readonly alarms: AlarmRegistrar;
}

/**
 * What tells a person that users get errors, wait, or are turned away.
 *
 * Silence: the load balancer reports errors, refusals and handshakes only when there are some, so silence is good news.
 * It counts hosts only where some are registered, so an empty group is silent; when both are, nobody serves, and
 * that silence is an alarm. Which of the two groups serves changes with each deployment: what watches hosts looks at
 * both, and what watches requests looks at the load balancer, where both come together. `SUM([…])` and `MAX([…])` of
 * several metrics skip those without data; a plain `+` would be silent with them.
 */
export class EdgeAlarms extends Construct {
  /** Alarms that say that a new version is worse than the old: a deployment that bakes goes back when one fires. */
  readonly bake: readonly Alarm[];

  constructor(scope: Construct, id: string, props: EdgeAlarmsProps) {
    super(scope, id);
    const add = (name: string, alarm: RegisteredAlarmProps) => props.alarms.add(this, name, alarm);
    this.bake = [...this.requests(props, add), ...this.hosts(props, add)];
    this.connections(props, add);
  }

  private requests({ loadBalancer: { metrics } }: EdgeAlarmsProps, add: Add): Alarm[] {
    const counted = (period: Duration) => ({
      errors: metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, sum(period)),
      requests: metrics.requestCount(sum(period)),
    });
    const share = (usingMetrics: Record<string, IMetric>, total: string, period = MINUTE) =>
      math(`IF(errors >= ${FEW_ERRORS}, 100 * errors / ${total}, 0)`, usingMetrics, period);
    const failing = { threshold: FAILING, comparison: atOrAbove, periods: 5, breaching: 3, missingData: NOT_BREACHING };
    return [
      add('ApplicationErrors', {
        ...failing,
        title: `${FAILING} % of the requests or more end with an error of the application`,
        metric: share(counted(MINUTE), 'requests'),
        severity: 'critical',
        rows: ['A08'],
        runbook: 'elevated-errors',
      }),
      add('ApplicationErrorsLast', {
        ...failing,
        title: `${LEAKING} % of the requests or more have ended with an error of the application for a quarter of an hour`,
        metric: share(counted(FIVE_MINUTES), 'requests', FIVE_MINUTES),
        threshold: LEAKING,
        periods: 3,
        breaching: 3,
        severity: 'warning',
        rows: ['A08'],
        runbook: 'elevated-errors',
      }),
      add('LoadBalancerErrors', {
        ...failing,
        title: `${FAILING} % of the requests or more fail before any copy of the application answers`,
        // Requests that no copy could be found for are errors, but are not counted as requests.
        metric: share(
          {
            errors: metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, sum(MINUTE)),
            requests: metrics.requestCount(sum(MINUTE)),
          },
          'SUM([requests, errors])',
        ),
        severity: 'critical',
        rows: ['A08'],
        runbook: 'elevated-errors',
      }),
      add('SlowResponses', {
        title: `One request in a hundred takes ${SLOW_SECONDS} seconds or longer`,
        metric: math(
          `IF(requests >= ${FEW_REQUESTS}, slowest, 0)`,
          {
            slowest: metrics.targetResponseTime({ period: MINUTE, statistic: 'p99' }),
            requests: metrics.requestCount(sum(MINUTE)),
          },
          MINUTE,
        ),
        threshold: SLOW_SECONDS,
        comparison: atOrAbove,
        periods: 5,
        missingData: NOT_BREACHING,
        severity: 'warning',
        rows: ['A08'],
        runbook: 'slow-responses',
      }),
    ];
  }

  private hosts({ blue, green, environment }: EdgeAlarmsProps, add: Add): Alarm[] {
    const healthy = math(
      'MAX([blue, green])',
      {
        blue: blue.metrics.healthyHostCount({ period: MINUTE, statistic: 'Maximum' }),
        green: green.metrics.healthyHostCount({ period: MINUTE, statistic: 'Maximum' }),
      },
      MINUTE,
    );
    add('NoHealthyCopies', {
      title: 'No copy of the application is fit to serve',
      metric: healthy,
      threshold: 1,
      comparison: below,
      periods: 3,
      missingData: BREACHING,
      severity: 'critical',
      rows: ['C02', 'A08'],
      runbook: 'app-down',
    });
    const least = environment.app.copies.min;
    if (least > 1) {
      add('TooFewHealthyCopies', {
        title: `Fewer than ${least} copies of the application are fit to serve`,
        metric: healthy,
        threshold: least,
        comparison: below,
        periods: 10,
        // That is the alarm above.
        missingData: MISSING,
        severity: 'warning',
        rows: ['C02'],
        runbook: 'app-down',
      });
    }
    const unhealthy = (colour: string, group: ApplicationTargetGroup) =>
      add(`UnhealthyCopies${colour}`, {
        title: `Copies of the application in the ${colour.toLowerCase()} group fail their health checks`,
        metric: group.metrics.unhealthyHostCount({ period: MINUTE, statistic: 'Maximum' }),
        threshold: 1,
        comparison: atOrAbove,
        periods: 5,
        missingData: NOT_BREACHING,
        severity: 'warning',
        rows: ['C02'],
        runbook: 'app-down',
      });
    return [unhealthy('Blue', blue), unhealthy('Green', green)];
  }

  private connections({ environment, loadBalancer: { metrics } }: EdgeAlarmsProps, add: Add): void {
    add('RejectedConnections', {
      title: 'The load balancer turns clients away because it has too many connections',
      metric: metrics.rejectedConnectionCount(sum(MINUTE)),
      threshold: 1,
      comparison: atOrAbove,
      periods: 1,
      missingData: NOT_BREACHING,
      severity: 'critical',
      rows: ['A08'],
      runbook: 'connections-refused',
    });
    // Too few clients come to a development environment for a share of them to mean anything.
    if (environment.tier !== 'development') {
      add('ClientHandshakesFail', {
        title: `${FAILING_HANDSHAKES} % of the TLS handshakes with clients fail`,
        metric: math(
          `IF(failed >= ${FEW_HANDSHAKES}, 100 * failed / SUM([connections, failed]), 0)`,
          {
            failed: metrics.clientTlsNegotiationErrorCount(sum(FIVE_MINUTES)),
            connections: metrics.newConnectionCount(sum(FIVE_MINUTES)),
          },
          FIVE_MINUTES,
        ),
        threshold: FAILING_HANDSHAKES,
        comparison: atOrAbove,
        periods: 3,
        missingData: NOT_BREACHING,
        severity: 'warning',
        rows: ['E03'],
        runbook: 'connections-refused',
      });
    }
    add('ProxyHandshakesFail', {
      title: 'The load balancer and the proxies cannot agree on TLS',
      metric: metrics.targetTLSNegotiationErrorCount(sum(MINUTE)),
      threshold: 1,
      comparison: atOrAbove,
      periods: 5,
      breaching: 3,
      missingData: NOT_BREACHING,
      severity: 'critical',
      rows: ['A08'],
      runbook: 'connections-refused',
    });
  }
}

type Add = (name: string, alarm: RegisteredAlarmProps) => Alarm;

const sum = (period: Duration): Parameters<Metric['with']>[0] => ({ period, statistic: 'Sum' });

const math = (expression: string, usingMetrics: Record<string, IMetric>, period: Duration): MathExpression =>
  new MathExpression({ expression, usingMetrics, period });
