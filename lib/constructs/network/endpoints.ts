import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Aws } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

interface EndpointService {
  readonly service: InterfaceVpcEndpointAwsService;
  /** What may be called through it, by principals of this account. */
  readonly actions: readonly string[];
}

/**
 * What tasks and functions call, where there is no NAT: images, logs, secrets, and what the kit's functions do.
 * Each costs $7.30 a month in each zone (us-east-1, November 2026), so a new one needs a caller.
 */
const interfaceServices: Readonly<Record<string, EndpointService>> = {
  EcrApi: {
    service: InterfaceVpcEndpointAwsService.ECR,
    actions: ['ecr:GetAuthorizationToken', 'ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer'],
  },
  EcrDocker: {
    service: InterfaceVpcEndpointAwsService.ECR_DOCKER,
    actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  },
  Logs: {
    service: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  },
  Secrets: {
    service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    actions: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:ListSecretVersionIds',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
  },
  Monitoring: {
    service: InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
    actions: ['cloudwatch:PutMetricData'],
  },
  Ecs: {
    service: InterfaceVpcEndpointAwsService.ECS,
    actions: [
      'ecs:DescribeServiceDeployments',
      'ecs:DescribeServiceRevisions',
      'ecs:DescribeTaskDefinition',
      'ecs:DescribeTasks',
      'ecs:ListServiceDeployments',
      'ecs:ListTasks',
      'ecs:StopServiceDeployment',
      'ecs:UpdateService',
    ],
  },
};

/** Conditions are written once: the caller is of this account. */
const ownCallers = { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } };

/**
 * S3 through a gateway endpoint, in every environment: it is free, and image layers no longer pay for the NAT gateway.
 * Its policy admits this account's buckets, the bucket of ECR's layers, and the one where a function answers CloudFormation,
 * to which only CloudFormation gives out addresses; so stolen data can't leave by S3.
 */
export function addS3Gateway(vpc: Vpc, region: string): void {
  // CloudFormation names the bucket by its region without hyphens. Its addresses are signed by CloudFormation, not by us.
  const answerRegion = region.replaceAll('-', '');
  const endpoint = vpc.addGatewayEndpoint('S3', {
    service: GatewayVpcEndpointAwsService.S3,
    subnets: [{ subnetGroupName: 'private' }],
  });
  endpoint.addToPolicy(
    new PolicyStatement({
      sid: 'OwnBuckets',
      principals: [new AnyPrincipal()],
      actions: ['s3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject'],
      resources: ['*'],
      conditions: {
        StringEquals: { ...ownCallers.StringEquals, 'aws:ResourceAccount': Aws.ACCOUNT_ID },
      },
    }),
  );
  endpoint.addToPolicy(
    new PolicyStatement({
      sid: 'ImageLayers',
      principals: [new AnyPrincipal()],
      actions: ['s3:GetObject'],
      resources: [`arn:${Aws.PARTITION}:s3:::prod-${Aws.REGION}-starport-layer-bucket/*`],
    }),
  );
  endpoint.addToPolicy(
    new PolicyStatement({
      sid: 'CloudFormationAnswers',
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [`arn:${Aws.PARTITION}:s3:::cloudformation-custom-resource-response-${answerRegion}/*`],
    }),
  );
}

/**
 * Interface endpoints in place of NAT: six services cost $43.80 a month in each zone, a NAT gateway $32.85 and
 * $0.045 a GB. They are for those who want no way out, not for those who want to save.
 */
export function addInterfaceEndpoints(scope: Construct, vpc: Vpc, securityGroup: ISecurityGroup): void {
  for (const [name, { service, actions }] of Object.entries(interfaceServices)) {
    const endpoint = new InterfaceVpcEndpoint(scope, `${name}Endpoint`, {
      vpc,
      service,
      subnets: { subnetGroupName: 'private' },
      securityGroups: [securityGroup],
      privateDnsEnabled: true,
      // The table of connections opens the port, to named parts.
      open: false,
    });
    endpoint.addToPolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: [...actions],
        resources: ['*'],
        conditions: ownCallers,
      }),
    );
  }
}
