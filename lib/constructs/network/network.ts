import { IpAddresses, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';

/** The parts of an environment that may talk to each other; nothing else has a security group. */
export const networkPartNames = [
  'loadBalancer',
  'service',
  'tasks',
  'database',
  'cache',
  'endpoints',
  'functions',
] as const;
export type NetworkPart = (typeof networkPartNames)[number];

export interface NetworkProps {
  readonly environment: Environment;
}

/** VPC with public, private and isolated subnets, and a security group for each named part. */
export class Network extends Construct {
  readonly vpc: Vpc;
  readonly parts: Readonly<Record<NetworkPart, SecurityGroup>>;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { network } = props.environment;
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(network.cidr),
      maxAzs: network.zones,
      natGateways: { nat: 1, 'nat-per-zone': network.zones, none: 0 }[network.egress],
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24 },
        {
          name: 'private',
          subnetType: network.egress === 'none' ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS,
          cidrMask: 22,
        },
        { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
    });
    const group = (part: NetworkPart) =>
      new SecurityGroup(this, part.charAt(0).toUpperCase() + part.slice(1), {
        vpc: this.vpc,
        description: `${part} of ${props.environment.name}`,
        allowAllOutbound: false,
      });
    this.parts = Object.fromEntries(networkPartNames.map((part) => [part, group(part)])) as Record<
      NetworkPart,
      SecurityGroup
    >;
  }
}
