import { Duration, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import type { RowId } from '../../controls/rows';
import type { AlarmRegistrar, Severity } from '../alarms/registrar';
import { acceptedRetention } from '../logs/log-classes';
import { nameOf, removalPolicyOf } from '../naming';
import { ManagedRole } from '../roles/managed-role';
import { bundled } from './bundle';

/** Where every function of the kit runs and what it reports to. */
export interface FunctionSurroundings {
  readonly environment: Environment;
  readonly vpc: IVpc;
  /** The network's part for functions. */
  readonly securityGroup: ISecurityGroup;
  /** Encrypts logs. */
  readonly logKey: IKey;
  readonly alarms: AlarmRegistrar;
}

export interface KitFunctionProps extends FunctionSurroundings {
  /** Folder below `lambda/`; also the last part of the function's name. */
  readonly code: string;
  readonly description: string;
  /** What it may do, statement by statement. Logs and network come by themselves. */
  readonly statements: readonly PolicyStatement[];
  /** Environment variables, named as in the function's `env.ts`. No secrets. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where it logs. @default - a group of its own, which goes when a first deployment is rolled back */
  readonly logGroup?: ILogGroup;
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** MiB. @default 256 */
  readonly memory?: number;
  /**
   * How many may run at once. It is reserved, so that a runaway function can't take the account's share from others.
   * Lambda lets nobody reserve an account's last share: a new account, with a quota of 10, needs it raised first.
   * @default 1: what works on one environment does one thing at a time
   */
  readonly concurrency?: number;
  /** What to do when it fails. */
  readonly runbook: string;
  readonly severity: Severity;
  /** Checklist rows that fail with it. */
  readonly rows: readonly RowId[];
}

/**
 * A Lambda function of the kit, with everything that one needs in production: a role of its own with the least rights, a
 * place in the private subnets, a log group with retention and key, a queue for events that it could not handle, a
 * share of concurrency, and alarms for errors, throttles and that queue.
 */
export class KitFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: ManagedRole;
  /** Events that failed three times, kept for two weeks. */
  readonly failures: Queue;

  constructor(scope: Construct, id: string, props: KitFunctionProps) {
    super(scope, id);
    const { environment } = props;
    const logGroup = props.logGroup ?? this.ownLog(props);
    this.failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.role = new ManagedRole(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
      statements: [
        ...props.statements,
        new PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [logGroup.logGroupArn],
        }),
      ],
    });
    this.role.addManagedPolicy(networkInterfaces(Stack.of(this)));
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: nameOf(environment, props.code),
      description: props.description,
      code: bundled(props.code),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // The role carries the network's rights already; without this the CDK would attach AWS's broader policy.
      role: this.role.withoutPolicyUpdates(),
      timeout: props.timeout ?? Duration.seconds(30),
      memorySize: props.memory ?? 256,
      reservedConcurrentExecutions: props.concurrency ?? 1,
      environment: { ...props.variables },
      vpc: props.vpc,
      vpcSubnets: { subnetGroupName: 'private' },
      securityGroups: [props.securityGroup],
      deadLetterQueue: this.failures,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.INFO,
    });
    this.role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.failures.queueArn] }),
    );
    this.watch(props);
  }

  private ownLog({ environment, code, logKey }: KitFunctionProps): LogGroup {
    return new LogGroup(this, 'Log', {
      logGroupName: `/${environment.app.name}/${environment.name}/functions/${code}`,
      retention: acceptedRetention(environment.logs.applicationDays),
      encryptionKey: logKey,
      removalPolicy: removalPolicyOf(environment),
    });
  }

  private watch({ environment, alarms, code, runbook, severity, rows }: KitFunctionProps): void {
    const name = code
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('');
    const alarm = (what: string, title: string, metric: ReturnType<LambdaFunction['metricErrors']>) =>
      alarms.add(this, `${name}${what}`, {
        title: `${code}: ${title}`,
        metric,
        threshold: 1,
        comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        periods: 1,
        missingData: TreatMissingData.NOT_BREACHING,
        severity,
        rows,
        runbook,
      });
    const period = Duration.minutes(5);
    alarm('Errors', 'the function failed', this.lambda.metricErrors({ period, statistic: 'Sum' }));
    // In development it is enough to hear that a function failed: each alarm costs there what it costs in production.
    if (environment.tier === 'development') return;
    alarm('Throttles', 'the function was kept from running', this.lambda.metricThrottles({ period, statistic: 'Sum' }));
    alarm(
      'Unhandled',
      'events that the function could not handle wait in its queue',
      this.failures.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
    );
  }
}

/**
 * What a function in a VPC needs, once for each stack. Its network interfaces do not exist when the policy is written,
 * and describing them can't be limited at all.
 */
function networkInterfaces(stack: Stack): ManagedPolicy {
  const id = 'FunctionNetwork';
  const existing = stack.node.tryFindChild(id);
  if (existing) return existing as ManagedPolicy;
  const policy = new ManagedPolicy(stack, id, {
    description: 'Network interfaces of functions in the VPC',
    statements: [
      new PolicyStatement({
        actions: [
          'ec2:AssignPrivateIpAddresses',
          'ec2:CreateNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
      }),
    ],
  });
  return policy;
}
