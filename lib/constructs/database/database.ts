import { Aws, Duration } from 'aws-cdk-lib';
import { InstanceType, type SecurityGroup, type Vpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  CaCertificate,
  Credentials,
  DatabaseInsightsMode,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type IInstanceEngine,
  NetworkType,
  ParameterGroup,
  PerformanceInsightRetention,
  PostgresEngineVersion,
  StorageType,
  SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { type Exception, except, maintained } from '../../controls/except';
import type { AlarmRegistrar } from '../alarms/registrar';
import { nameOf, removalPolicyOf } from '../naming';
import type { ManagedRole } from '../roles/managed-role';
import { type ApplicationSecret, throughSecretsManager } from '../secrets/application-secret';
import { DatabaseAlarms } from './database-alarms';
import { DatabaseLogs, exportedLogs } from './database-logs';
import { DatabaseProxy } from './database-proxy';
import { parametersOf } from './parameters';
import { MASTER } from './roles';

const PORT = 5432;

/** Half an hour each in the quietest hours of the Americas and Europe, UTC; they must not overlap. */
const BACKUP_WINDOW = '03:00-03:30';
const MAINTENANCE_WINDOW = 'sun:04:00-sun:04:30';

export interface DatabaseProps {
  readonly environment: Environment;
  readonly vpc: Vpc;
  /** Security group of the database. Who may reach it is written in the network. */
  readonly securityGroup: SecurityGroup;
  /** Encrypts storage, snapshots, insights and the master's secret. */
  readonly key: IKey;
  /** Encrypts the logins that a proxy needs. */
  readonly secretsKey: IKey;
  /** Login of the application, which a proxy has to know as well. */
  readonly appLogin: ApplicationSecret;
  /** Encrypts the server's log. */
  readonly logKey: IKey;
  readonly alarms: AlarmRegistrar;
}

/** Where a client finds the database. It is no secret, and stands in the settings of tasks and functions. */
export interface DatabasePlace {
  readonly host: string;
  readonly port: number;
  /** Name of the database inside the server. */
  readonly name: string;
}

/**
 * The managed PostgreSQL database.
 *
 * It has a name of its own, for two reasons: the log groups that RDS writes to must exist under our key before it
 * does, and CloudFormation can't replace a named instance, because the new one would want the name of the old. So a
 * change that needs a replacement (storage key, subnets, database name) fails with the database untouched.
 */
export class Database extends Construct {
  readonly instance: DatabaseInstance;
  /** Where migrations, and whatever else needs a session of its own, connect: the instance. */
  readonly direct: DatabasePlace;
  /** Where the application connects: the instance, or the proxy in front of it. */
  readonly forApp: DatabasePlace;
  /** @default - the application connects to the instance */
  readonly proxy?: DatabaseProxy;
  private readonly key: IKey;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    const { environment, vpc } = props;
    const { database, tier } = environment;
    this.key = props.key;
    const instanceIdentifier = nameOf(environment, 'database');

    const logs = new DatabaseLogs(this, 'Logs', { environment, key: props.logKey, instanceIdentifier });
    const engine = engineOf(environment);
    this.instance = new DatabaseInstance(this, 'Instance', {
      instanceIdentifier,
      engine,
      instanceType: new InstanceType(database.instanceClass),
      databaseName: database.databaseName,
      port: PORT,
      // RDS makes, keeps and rotates the master's password: it is in no template and nobody needs to know it.
      credentials: Credentials.fromUsername(MASTER, { encryptionKey: props.key }),
      manageMasterUserPassword: true,
      // A password that rotates works with any image; a token of IAM wants the application to fetch a new one
      // every quarter of an hour. One way in is easier to watch than two.
      iamAuthentication: false,

      vpc,
      subnetGroup: new SubnetGroup(this, 'Subnets', {
        description: `Isolated subnets of ${environment.name}`,
        vpc,
        vpcSubnets: { subnetGroupName: 'isolated' },
        removalPolicy: removalPolicyOf(environment),
      }),
      securityGroups: [props.securityGroup],
      publiclyAccessible: false,
      networkType: NetworkType.IPV4,
      caCertificate: CaCertificate.RDS_CA_RSA2048_G1,
      parameterGroup: new ParameterGroup(this, 'Parameters', {
        engine,
        description: `PostgreSQL settings of ${environment.app.name} ${environment.name}`,
        parameters: parametersOf(environment),
      }),

      storageType: StorageType.GP3,
      allocatedStorage: database.storageGiB,
      maxAllocatedStorage: database.maxStorageGiB,
      storageEncrypted: true,
      storageEncryptionKey: props.key,

      multiAz: database.multiAz.enabled,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: false,
      preferredBackupWindow: BACKUP_WINDOW,
      preferredMaintenanceWindow: MAINTENANCE_WINDOW,
      backupRetention: Duration.days(database.backupRetentionDays),
      deleteAutomatedBackups: tier !== 'production',
      copyTagsToSnapshot: true,
      deletionProtection: tier !== 'development',
      removalPolicy: removalPolicyOf(environment),

      cloudwatchLogsExports: [...exportedLogs],
      databaseInsightsMode: DatabaseInsightsMode.STANDARD,
      enablePerformanceInsights: true,
      performanceInsightRetention: PerformanceInsightRetention.DEFAULT,
      performanceInsightEncryptionKey: props.key,
      monitoringInterval: Duration.minutes(1),
      monitoringRole: this.monitoringRole(),
    });
    this.instance.node.addDependency(...logs.groups);
    this.stateExceptions(environment);

    if (database.proxy) {
      this.proxy = new DatabaseProxy(this, 'Proxy', {
        environment,
        vpc,
        instance: this.instance,
        engine,
        port: PORT,
        securityGroup: props.securityGroup,
        secretsKey: props.secretsKey,
        appLogin: props.appLogin,
      });
    }
    const place = { port: PORT, name: database.databaseName };
    this.direct = { ...place, host: this.instance.dbInstanceEndpointAddress };
    this.forApp = this.proxy ? { ...place, host: this.proxy.proxy.endpoint } : this.direct;
    new DatabaseAlarms(this, 'Alarms', { environment, instance: this.instance, logs, alarms: props.alarms });
  }

  /** ARN of the secret in which RDS keeps the master's login. RDS makes and rotates it. */
  get masterSecretArn(): string {
    return (this.instance.secret as ISecret).secretArn;
  }

  /** Lets a function read the master's login: one that makes roles or sets their passwords. */
  grantMaster(role: ManagedRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        resources: [this.masterSecretArn],
      }),
    );
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [this.key.keyArn],
        conditions: throughSecretsManager(this, this.masterSecretArn),
      }),
    );
  }

  /** RDS sends the figures of the operating system through it, to a log group of its own. */
  private monitoringRole(): Role {
    const role = new Role(this, 'Monitoring', {
      assumedBy: new ServicePrincipal('monitoring.rds.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: 'Lets RDS write the figures of the operating system to CloudWatch Logs',
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonRDSEnhancedMonitoringRole')],
    });
    except(role, {
      ...maintained,
      finding:
        'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole]',
      reason: 'RDS asks for this policy by name; it reaches the log group RDSOSMetrics and nothing else',
    });
    return role;
  }

  private stateExceptions(environment: Environment): void {
    const { multiAz } = environment.database;
    const stated: Pick<Exception, 'finding' | 'reason'>[] = [
      {
        finding: 'AwsSolutions-RDS11',
        reason: 'Only named security groups reach the port, so another number hides nothing and confuses every client',
      },
      {
        finding: 'NIST.800.53.R5-RDSInBackupPlan',
        reason: 'RDS keeps daily backups for as long as the configuration says; the locked vault comes with row D07',
      },
    ];
    if (!multiAz.enabled) {
      stated.push({ finding: 'AwsSolutions-RDS3', reason: multiAz.reason });
      if (environment.tier === 'production') stated.push({ finding: 'database-standby', reason: multiAz.reason });
    }
    if (environment.tier === 'development') {
      const reason = 'A development database goes with its environment, in one command';
      stated.push({ finding: 'AwsSolutions-RDS10', reason });
    }
    except(this.instance, ...stated.map((each) => ({ ...each, ...maintained })));
  }
}

function engineOf(environment: Environment): IInstanceEngine {
  const { version } = environment.database;
  return DatabaseInstanceEngine.postgres({
    version: PostgresEngineVersion.of(version, version.split('.')[0] as string),
  });
}
