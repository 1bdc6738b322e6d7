import { Aws } from 'aws-cdk-lib';
import { CfnFlowLog, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ManagedRole } from '../roles/managed-role';

/**
 * What a record tells. AWS's default ends with the status; the rest is added, because behind a NAT gateway or a load
 * balancer the packet's own addresses say who talked, and the flags who began.
 */
const FIELDS = [
  'version',
  'account-id',
  'interface-id',
  'srcaddr',
  'dstaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'start',
  'end',
  'action',
  'log-status',
  'pkt-srcaddr',
  'pkt-dstaddr',
  'flow-direction',
  'tcp-flags',
];

export interface FlowLogProps {
  readonly vpc: IVpc;
  readonly logGroup: ILogGroup;
}

/** Who talked to whom, allowed and refused, into the class of log made for it. */
export class FlowLog extends Construct {
  constructor(scope: Construct, id: string, props: FlowLogProps) {
    super(scope, id);
    const role = new ManagedRole(this, 'Role', {
      description: 'Delivers flow logs',
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: {
          ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:vpc-flow-log/*` },
        },
      }),
      statements: [
        new PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
          resources: [props.logGroup.logGroupArn],
        }),
      ],
    });
    const log = new CfnFlowLog(this, 'Log', {
      resourceId: props.vpc.vpcId,
      resourceType: 'VPC',
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: props.logGroup.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
      logFormat: FIELDS.map((field) => `\${${field}}`).join(' '),
      maxAggregationInterval: 60,
    });
    // Without its rights the first deliveries would be lost.
    log.node.addDependency(role.rights);
  }
}
