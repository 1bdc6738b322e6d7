import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnSubnet, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ApplicationTargetGroup,
  DesyncMitigationMode,
  IpAddressType,
  ListenerAction,
  ListenerCondition,
  SslPolicy,
  XffHeaderProcessingMode,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { except, maintained } from '../../controls/except';
import type { AlarmRegistrar } from '../alarms/registrar';
import type { LogBucket } from '../logs/log-bucket';
import type { Network } from '../network/network';
import { CertificateAlarms } from './certificate-alarms';
import { EdgeAlarms } from './edge-alarms';
import { PublicName } from './public-name';
import { targetGroup } from './target-groups';
import { testTraffic } from './test-traffic';

/** Order of the listener's rules: the narrow one for tests is asked first. */
const PRIORITY = { test: 10, production: 20 } as const;

/** Attributes whose wanted value is AWS's default, which the construct would leave out: written down, it can be held. */
const FIXED_ATTRIBUTES = {
  // A firewall that can't be asked lets nothing through.
  'waf.fail_open.enabled': 'false',
  // nginx reads an address, not an address and a port.
  'routing.http.xff_client_port.enabled': 'false',
} as const;

export interface EdgeProps {
  readonly environment: Environment;
  readonly network: Network;
  /** Where the load balancer's logs go. */
  readonly accessLogs: LogBucket;
  readonly alarms: AlarmRegistrar;
}

/**
 * Where the internet ends: certificate, name, load balancer, and the two target groups between which ECS moves the
 * traffic of a deployment.
 */
export class Edge extends Construct {
  readonly publicName: PublicName;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly httpsListener: ApplicationListener;
  readonly blue: ApplicationTargetGroup;
  readonly green: ApplicationTargetGroup;
  /** Takes the users' traffic. After the first deployment ECS owns its weights; a change to it here would undo them. */
  readonly productionRule: ApplicationListenerRule;
  /** Takes a probe's traffic to the new version before the switch. Nobody's, in an environment without NAT gateways. */
  readonly testRule: ApplicationListenerRule;
  /** Alarms that say that a new version is worse than the old. */
  readonly bakeAlarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: EdgeProps) {
    super(scope, id);
    const { environment, network } = props;
    const { domain } = environment;
    const dualStack = hasIpv6(network.vpc);
    this.publicName = new PublicName(this, 'PublicName', { environment });
    this.loadBalancer = this.makeLoadBalancer(props, dualStack);
    this.publicName.pointAt(this.loadBalancer, { dualStack });
    this.blue = targetGroup(this, 'Blue', { environment, vpc: network.vpc });
    this.green = targetGroup(this, 'Green', { environment, vpc: network.vpc });

    // Plain HTTP carries no request any further: it is sent to HTTPS, for good.
    const http = this.loadBalancer.addListener('Http', {
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    except(http, {
      finding: 'NIST.800.53.R5-ELBv2ACMCertificateRequired',
      reason: 'Plain HTTP has no certificate, and this listener does nothing but redirect to HTTPS.',
      ...maintained,
    });
    this.httpsListener = this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      sslPolicy: SslPolicy.TLS13_12_RES_PQ,
      certificates: [this.publicName.certificate],
      // Whoever asks for another name, or for an address, has no business with the app.
      defaultAction: ListenerAction.fixedResponse(421, {
        contentType: 'text/plain',
        messageBody: 'Misdirected request',
      }),
    });
    this.productionRule = new ApplicationListenerRule(this, 'ProductionRule', {
      listener: this.httpsListener,
      priority: PRIORITY.production,
      conditions: [ListenerCondition.hostHeaders([domain.name])],
      action: this.forward(100, 0),
    });
    this.testRule = new ApplicationListenerRule(this, 'TestRule', {
      listener: this.httpsListener,
      priority: PRIORITY.test,
      conditions: testTraffic(domain.name, network.natAddresses),
      action: this.forward(0, 100),
    });
    new CertificateAlarms(this, 'CertificateAlarms', {
      certificate: this.publicName.certificate,
      alarms: props.alarms,
    });
    const { loadBalancer, blue, green } = this;
    this.bakeAlarms = new EdgeAlarms(this, 'Alarms', {
      environment,
      loadBalancer,
      blue,
      green,
      alarms: props.alarms,
    }).bake;
  }

  private forward(blue: number, green: number): ListenerAction {
    return ListenerAction.weightedForward([
      { targetGroup: this.blue, weight: blue },
      { targetGroup: this.green, weight: green },
    ]);
  }

  private makeLoadBalancer(props: EdgeProps, dualStack: boolean): ApplicationLoadBalancer {
    const { environment, network } = props;
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      internetFacing: true,
      securityGroup: network.parts.loadBalancer,
      ipAddressType: dualStack ? IpAddressType.DUAL_STACK : IpAddressType.IPV4,
      deletionProtection: environment.tier === 'production',
      http2Enabled: true,
      // Requests that two parsers could read differently end here, before nginx and gunicorn can disagree about them.
      dropInvalidHeaderFields: true,
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      idleTimeout: Duration.seconds(environment.limits.loadBalancerSeconds),
      clientKeepAlive: Duration.hours(1),
      preserveHostHeader: true,
      // The load balancer adds the address that it saw to the end of what the client sent. nginx believes that last
      // entry alone, and hands the app a header with nothing else in it.
      xffHeaderProcessingMode: XffHeaderProcessingMode.APPEND,
      // For the access log: which TLS version the client spoke.
      xAmznTlsVersionAndCipherSuiteHeaders: true,
    });
    for (const [attribute, value] of Object.entries(FIXED_ATTRIBUTES)) loadBalancer.setAttribute(attribute, value);
    props.accessLogs.receiveFrom(loadBalancer);
    exceptions(loadBalancer, environment);
    return loadBalancer;
  }
}

function exceptions(loadBalancer: ApplicationLoadBalancer, environment: Environment): void {
  except(loadBalancer, {
    finding: 'NIST.800.53.R5-ALBWAFEnabled',
    reason: 'The web ACL is the next part of the kit to be built; until then nothing filters or limits requests.',
    ...maintained,
  });
  if (environment.tier === 'production') return;
  except(loadBalancer, {
    finding: 'NIST.800.53.R5-ELBDeletionProtectionEnabled',
    reason: `A ${environment.tier} environment is made to be taken down again, and holds no users' traffic.`,
    ...maintained,
  });
}

/** Whether the load balancer's subnets have IPv6, which the network decides. */
function hasIpv6(vpc: IVpc): boolean {
  return vpc.publicSubnets.every((subnet) => {
    const resource = subnet.node.defaultChild;
    return resource instanceof CfnSubnet && resource.ipv6CidrBlock !== undefined;
  });
}
