import type { EnvironmentView, Resource } from '../view';

/** What one function of the kit may be given. */
export interface FunctionNeeds {
  /** Calls that its role makes beside those of every function, spelled as AWS spells them. */
  readonly calls: readonly string[];
  /** What those calls are made on, where it is named by text rather than by reference. @default - references only */
  readonly on?: RegExp;
  /** Environment variables, as in its `env.ts`. */
  readonly variables: readonly string[];
}

/** ECS knows services, deployments and tasks by the name of their cluster, and makes the last two as it goes. */
const OF_CLUSTER = /^arn:\$\{AWS::Partition\}:ecs:[^:]+:\$\{AWS::AccountId\}:\*\/[a-z0-9-]+-cluster\/\*$/;

/** Every function of the kit, by its folder below `lambda/`. A test holds names and variables equal to the folders. */
export const FUNCTIONS: Readonly<Record<string, FunctionNeeds>> = {
  // It learns how old secrets are; it reads none.
  'audit-secrets': {
    calls: ['cloudwatch:PutMetricData', 'secretsmanager:DescribeSecret', 'secretsmanager:ListSecretVersionIds'],
    variables: ['METRIC_NAMESPACE', 'ROTATING_SECRETS', 'SECRETS_BY_HAND'],
  },
  // It learns which secrets a version names, and whether each has a value; it reads none.
  'check-secrets': {
    calls: ['ecs:DescribeServiceRevisions', 'ecs:DescribeTaskDefinition', 'secretsmanager:DescribeSecret'],
    on: /^arn:\$\{AWS::Partition\}:ecs:[^:]+:\$\{AWS::AccountId\}:service-revision\/[a-z0-9-]+-cluster\/\*$/,
    variables: ['FILLED_BY_HAND_PREFIX'],
  },
  // It starts deployments of what is deployed, asks the database with the application's login, and marks what is in use.
  'redeploy-service': {
    calls: [
      'ecs:DescribeTasks',
      'ecs:ListServiceDeployments',
      'ecs:ListTasks',
      'ecs:UpdateService',
      'kms:Decrypt',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    on: OF_CLUSTER,
    variables: [
      'CLUSTER_NAME',
      'DATABASE_HOST',
      'DATABASE_NAME',
      'DATABASE_POOLED',
      'DATABASE_PORT',
      'LOGIN_SECRET_ARN',
      'LOGIN_USERS',
      'SECRET_ARNS',
      'SERVICE_NAMES',
    ],
  },
  'watch-deployment': {
    calls: [
      'ecs:DescribeServiceDeployments',
      'ecs:DescribeTasks',
      'ecs:ListServiceDeployments',
      'ecs:ListTasks',
      'ecs:StopServiceDeployment',
    ],
    on: OF_CLUSTER,
    variables: ['CLUSTER_NAME', 'NO_TASK_MINUTES', 'SCALE_UP_MINUTES', 'SERVICE_NAME'],
  },
};

/** What every function does: it has a place in the network, writes its log and leaves what it could not handle. */
export const CALLS_OF_EVERY_FUNCTION: readonly string[] = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'sqs:SendMessage',
];

/** Which function of the kit a resource is, by its name: application, environment, folder. Nothing for any other. */
export function functionOf(resource: Resource, environment: EnvironmentView): string | undefined {
  const name = environment.text(resource.properties.FunctionName);
  return Object.keys(FUNCTIONS).find((each) => name.endsWith(`-${environment.name}-${each}`));
}
