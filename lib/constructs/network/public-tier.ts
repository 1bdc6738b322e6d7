import { Fn, Resource, Tags } from 'aws-cdk-lib';
import {
  CfnEIP,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPCCidrBlock,
  CfnVPCGatewayAttachment,
  type ISubnet,
  type SubnetReference,
  type Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { MOST_ZONES } from './layout';

export interface PublicTierProps {
  readonly vpc: Vpc;
  /** One range for each zone, in the order of the VPC's zones. */
  readonly ranges: readonly string[];
  /** How many of the subnets have a NAT gateway. */
  readonly natGateways: number;
}

/**
 * Where the internet touches the VPC: internet gateway, the load balancer's subnets, NAT gateways.
 *
 * The subnets share one route table, since they route alike: what leads to the internet stands in one place, and a
 * reviewer reads it once. (`ec2.Vpc` makes one table for each subnet, which is why the tier is written out here.)
 * They have IPv6 as well: the load balancer then serves both families, and an IPv6 address costs nothing. Nothing in
 * them gets a public address by itself.
 */
export class PublicTier extends Construct {
  readonly subnets: readonly PublicSubnet[];
  readonly natGateways: readonly CfnNatGateway[];
  /** Their public addresses, in the same order. */
  readonly natAddresses: readonly CfnEIP[];

  constructor(scope: Construct, id: string, props: PublicTierProps) {
    super(scope, id);
    const { vpc } = props;
    const gateway = new CfnInternetGateway(this, 'Gateway');
    const attachment = new CfnVPCGatewayAttachment(this, 'Attachment', {
      vpcId: vpc.vpcId,
      internetGatewayId: gateway.ref,
    });
    const ipv6 = new CfnVPCCidrBlock(this, 'Ipv6', { vpcId: vpc.vpcId, amazonProvidedIpv6CidrBlock: true });
    const routeTable = new CfnRouteTable(this, 'Routes', { vpcId: vpc.vpcId });
    Tags.of(routeTable).add('Name', `${this.node.path}/Routes`);
    const route = (family: string, destination: Partial<CfnRoute>) => {
      const made = new CfnRoute(this, family, {
        routeTableId: routeTable.ref,
        gatewayId: gateway.ref,
        destinationCidrBlock: destination.destinationCidrBlock,
        destinationIpv6CidrBlock: destination.destinationIpv6CidrBlock,
      });
      made.addResourceDependency(attachment);
      return made;
    };
    const connected = new DependencyGroup(
      route('ToInternet', { destinationCidrBlock: '0.0.0.0/0' }),
      route('ToInternetIpv6', { destinationIpv6CidrBlock: '::/0' }),
    );
    this.subnets = props.ranges.map((cidr, zone) => {
      const subnet = new PublicSubnet(this, `Subnet${zone + 1}`, { vpc, zone, cidr, routeTable, connected });
      subnet.resource.addResourceDependency(ipv6);
      return subnet;
    });
    const withNat = this.subnets.slice(0, props.natGateways).map((subnet) => {
      const address = new CfnEIP(subnet, 'NatAddress', { domain: 'vpc' });
      const gateway = new CfnNatGateway(subnet, 'Nat', {
        subnetId: subnet.subnetId,
        allocationId: address.attrAllocationId,
      });
      Tags.of(gateway).add('Name', subnet.node.path);
      gateway.node.addDependency(connected);
      return { gateway, address };
    });
    this.natGateways = withNat.map(({ gateway }) => gateway);
    this.natAddresses = withNat.map(({ address }) => address);
  }
}

interface PublicSubnetProps {
  readonly vpc: Vpc;
  readonly zone: number;
  readonly cidr: string;
  readonly routeTable: CfnRouteTable;
  readonly connected: IDependable;
}

/** A subnet of the public tier. */
class PublicSubnet extends Resource implements ISubnet {
  readonly resource: CfnSubnet;
  readonly subnetId: string;
  readonly subnetRef: SubnetReference;
  readonly availabilityZone: string;
  readonly ipv4CidrBlock: string;
  readonly routeTable: { readonly routeTableId: string };
  readonly internetConnectivityEstablished: IDependable;

  constructor(scope: Construct, id: string, props: PublicSubnetProps) {
    super(scope, id);
    const { vpc, zone } = props;
    this.availabilityZone = vpc.availabilityZones[zone] as string;
    this.ipv4CidrBlock = props.cidr;
    this.resource = new CfnSubnet(this, 'Resource', {
      vpcId: vpc.vpcId,
      availabilityZone: this.availabilityZone,
      cidrBlock: props.cidr,
      ipv6CidrBlock: Fn.select(zone, Fn.cidr(Fn.select(0, vpc.vpcIpv6CidrBlocks), MOST_ZONES, '64')),
      mapPublicIpOnLaunch: false,
      assignIpv6AddressOnCreation: false,
    });
    Tags.of(this.resource).add('Name', this.node.path);
    new CfnSubnetRouteTableAssociation(this, 'Routes', {
      subnetId: this.resource.ref,
      routeTableId: props.routeTable.ref,
    });
    this.subnetId = this.resource.ref;
    this.subnetRef = this.resource.subnetRef;
    this.routeTable = { routeTableId: props.routeTable.ref };
    this.internetConnectivityEstablished = props.connected;
  }

  /** @throws always: security groups decide who talks to whom, and network ACLs have no row of the connection table */
  associateNetworkAcl(): never {
    throw new Error(`${this.node.path}: network ACLs are not used. Change lib/constructs/network/connections.ts.`);
  }
}
