import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type CfnEIP,
  type CfnNatGateway,
  CfnRoute,
  IpAddresses,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { except, maintained } from '../../controls/except';
import type { AlarmRegistrar } from '../alarms/registrar';
import { connectionsOf, type NetworkPart, networkPartNames, open } from './connections';
import { addInterfaceEndpoints, addS3Gateway } from './endpoints';
import { FlowLog } from './flow-log';
import { layoutOf, MOST_ZONES } from './layout';
import { PublicTier } from './public-tier';

export type { NetworkPart } from './connections';

export interface NetworkProps {
  readonly environment: Environment;
  /** Where flow logs go. */
  readonly flowLogs: ILogGroup;
  readonly alarms: AlarmRegistrar;
}

/**
 * VPC in three tiers: `public` for the load balancer and NAT, `private` for what runs, `isolated` for what keeps data
 * and has no route out. Who may talk to whom is one table, in `connections.ts`. Network ACLs stay at their default:
 * they know addresses, not parts, and a second, coarser table would only hide mistakes in the first.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  readonly parts: Readonly<Record<NetworkPart, SecurityGroup>>;
  /** Public addresses of the NAT gateways: whatever leaves the private subnets comes from one of them. */
  readonly natAddresses: readonly CfnEIP[];

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { environment, alarms } = props;
    const { cidr, zones, egress } = environment.network;
    const layout = layoutOf(cidr);
    const withNat = egress !== 'none';
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(cidr),
      maxAzs: zones,
      reservedAzs: MOST_ZONES - zones,
      natGateways: 0,
      createInternetGateway: false,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        {
          name: 'private',
          subnetType: withNat ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED,
          cidrMask: layout.privateMask,
        },
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: layout.smallMask, reserved: true },
        { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: layout.smallMask },
      ],
    });
    except(this.vpc, {
      finding: 'NIST.800.53.R5-VPCDefaultSecurityGroupClosed',
      reason:
        'Nothing can stand in it: a control refuses whatever lacks a security group of the connection table. Closing it takes a Lambda.',
      ...maintained,
    });

    const publicTier = new PublicTier(this.vpc, 'Public', {
      vpc: this.vpc,
      ranges: layout.publicRanges.slice(0, zones),
      natGateways: { nat: 1, 'nat-per-zone': zones, none: 0 }[egress],
    });
    this.vpc.publicSubnets.push(...publicTier.subnets);
    this.natAddresses = publicTier.natAddresses;
    this.leadOut(publicTier.natGateways);
    publicTier.natGateways.forEach((gateway, zone) => {
      watch(gateway, zone, alarms);
    });

    const group = (part: NetworkPart) =>
      new SecurityGroup(this, part.charAt(0).toUpperCase() + part.slice(1), {
        vpc: this.vpc,
        description: `${part} of ${environment.name}`,
        allowAllOutbound: false,
      });
    this.parts = Object.fromEntries(networkPartNames.map((part) => [part, group(part)])) as Record<
      NetworkPart,
      SecurityGroup
    >;
    open(connectionsOf(environment), this.parts);

    addS3Gateway(this.vpc, environment.region);
    if (!withNat) addInterfaceEndpoints(this, this.vpc, this.parts.endpoints);
    new FlowLog(this, 'FlowLog', { vpc: this.vpc, logGroup: props.flowLogs });
  }

  /** Private subnets leave by the gateway of their own zone, or by the only one. */
  private leadOut(gateways: readonly CfnNatGateway[]): void {
    this.vpc.privateSubnets.forEach((subnet, zone) => {
      const gateway = gateways[zone] ?? gateways[0];
      if (!gateway) return;
      new CfnRoute(subnet, 'ToNat', {
        routeTableId: subnet.routeTable.routeTableId,
        destinationCidrBlock: '0.0.0.0/0',
        natGatewayId: gateway.attrNatGatewayId,
      });
    });
  }
}

/** A gateway out of ports refuses new connections, silently for those who make them. */
function watch(gateway: CfnNatGateway, zone: number, alarms: AlarmRegistrar): void {
  alarms.add(gateway, `NatPortsExhaustedZone${zone + 1}`, {
    title: 'A NAT gateway has no ports left for new connections to the internet',
    metric: new Metric({
      namespace: 'AWS/NATGateway',
      metricName: 'ErrorPortAllocation',
      dimensionsMap: { NatGatewayId: gateway.attrNatGatewayId },
      statistic: 'Sum',
      period: Duration.minutes(1),
    }),
    threshold: 1,
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    periods: 5,
    breaching: 3,
    missingData: TreatMissingData.NOT_BREACHING,
    severity: 'critical',
    rows: ['A08'],
    runbook: 'nat-gateway-errors',
  });
}
