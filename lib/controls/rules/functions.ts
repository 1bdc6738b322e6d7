import type { EnvironmentView, Resource } from '../view';

/** What one function of the kit may be given. */
export interface FunctionNeeds {
  /** Calls that its role makes beside those of every function, spelled as AWS spells them. */
  readonly calls: readonly string[];
  /** What those calls are made on, where it is named by text rather than by reference. @default - references only */
  readonly on?: RegExp;
  /** Environment variables, as in its `env.ts`. */
  readonly variables: readonly string[];
  /** How long one run may take. @default - 30 */
  readonly seconds?: number;
}

/** What it takes to log in with a secret: its labels, and the value that is current. */
const LOOKING = ['kms:Decrypt', 'secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'] as const;
/** What it takes to follow one version by another. */
const ROTATING = [
  ...LOOKING,
  'kms:GenerateDataKey',
  'secretsmanager:PutSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
] as const;
/** Where the database is, whose logins there are, and what each role may take. */
const ROLE_SETTINGS = [
  'APP_CONNECTIONS',
  'APP_IDLE_SECONDS',
  'APP_SECRET',
  'APP_STATEMENT_SECONDS',
  'DATABASE_HOST',
  'DATABASE_NAME',
  'DATABASE_PORT',
  'MASTER_SECRET',
  'MIGRATE_CONNECTIONS',
  'MIGRATE_IDLE_SECONDS',
  'MIGRATE_SECRET',
  'MIGRATE_STATEMENT_SECONDS',
] as const;

/**
 * ECS knows services, deployments and tasks by the name of their cluster, and makes the last two as it goes. Their kind is
 * named: IAM does not promise to take a pattern there.
 */
const OF_CLUSTER =
  /^arn:\$\{AWS::Partition\}:ecs:[^:]+:\$\{AWS::AccountId\}:(service\/[a-z0-9-]+-cluster\/[a-z0-9-]+|service-deployment\/[a-z0-9-]+-cluster\/[a-z0-9-]+\/\*|task\/[a-z0-9-]+-cluster\/\*)$/;

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
  // It makes the database's roles, as the master, and gives the current logins their passwords.
  'prepare-database': {
    calls: LOOKING,
    variables: ROLE_SETTINGS,
    seconds: 300,
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
    seconds: 120,
  },
  // They change keyrings that no server knows.
  'retire-application-key': { calls: ROTATING, variables: ['KEYRINGS'] },
  'rotate-application-key': { calls: ROTATING, variables: ['GRACE_DAYS'] },
  // It gives the twin of a login its password, as the master, and tries it.
  'rotate-database-password': {
    calls: ROTATING,
    variables: [...ROLE_SETTINGS, 'PROXY_HOST', 'PROXY_SECRETS'],
    seconds: 180,
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

/** Functions that work as the database's master: they make roles and set their passwords. No other may read its login. */
export const MASTER_READERS: ReadonlySet<string> = new Set(['prepare-database', 'rotate-database-password']);

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

/** The one function of a role; nothing where it has none of the kit's, or several. */
export function functionOfRole(role: Resource | undefined, environment: EnvironmentView): string | undefined {
  const [only, ...others] = environment
    .ofType('AWS::Lambda::Function')
    .filter((each) => role !== undefined && environment.target(each.properties.Role, each) === role);
  return only && others.length === 0 ? functionOf(only, environment) : undefined;
}

/** The function of the kit with that folder, in this environment. */
export const functionNamed = (name: string, environment: EnvironmentView): Resource | undefined =>
  environment.ofType('AWS::Lambda::Function').find((each) => functionOf(each, environment) === name);
