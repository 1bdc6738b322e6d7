import { createHash } from 'node:crypto';
import type { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  CfnParameterGroup,
  CfnReplicationGroup,
  CfnSubnetGroup,
  CfnUser,
  CfnUserGroup,
} from 'aws-cdk-lib/aws-elasticache';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { type Exception, except, maintained } from '../../controls/except';
import type { AlarmRegistrar } from '../alarms/registrar';
import { acceptedRetention } from '../logs/log-classes';
import { nameOf, removalPolicyOf } from '../naming';
import { ApplicationSecret } from '../secrets/application-secret';
import { CacheAlarms } from './cache-alarms';

const PORT = 6379;
const ENGINE = 'valkey';
const ENGINE_VERSION = '8.1';
const FAMILY = 'valkey8';
const PASSWORD_LENGTH = 64;

/** UTC; an hour is the shortest that ElastiCache accepts, and the two must not overlap. */
const SNAPSHOT_WINDOW = '02:00-03:00';
const MAINTENANCE_WINDOW = 'sun:05:00-sun:06:00';

/**
 * What the application may do: everything with keys, scripts and channels, and none of what an administrator does
 * (FLUSHALL, CONFIG, SHUTDOWN, MONITOR, …). KEYS and INFO count as dangerous, but cache libraries clear a prefix by
 * the one and look the server's version up by the other.
 */
const ACCESS = 'on ~* &* +@all -@admin -@dangerous +info +keys';

/** The cache's own settings. */
export type CacheSettings = Extract<Environment['cache'], { enabled: true }>;

export interface CacheProps {
  readonly environment: Environment;
  readonly settings: CacheSettings;
  readonly vpc: Vpc;
  /** Security group of the cache. Who may reach it is written in the network. */
  readonly securityGroup: SecurityGroup;
  /** Encrypts memory that is written to disk, and snapshots. */
  readonly key: IKey;
  readonly secretsKey: IKey;
  readonly logKey: IKey;
  readonly alarms: AlarmRegistrar;
}

/**
 * Valkey for cache, sessions and rate limits: TLS only, one user with a password.
 *
 * Access is by a user (RBAC) and not by the cluster's AUTH token: a user can be kept from administrators' commands,
 * and may have two passwords, so that a rotation cuts nobody off. The user replaces the one named `default`, which
 * would otherwise need no password; a client that knows a password and no name is this user too.
 */
export class Cache extends Construct {
  /** Host name of the primary. */
  readonly address: string;
  readonly port = PORT;
  /** `{ username, password }`. */
  readonly authSecret: ApplicationSecret;
  readonly replicationGroup: CfnReplicationGroup;

  constructor(scope: Construct, id: string, props: CacheProps) {
    super(scope, id);
    const { environment, settings } = props;
    const name = shortName(environment);
    this.authSecret = new ApplicationSecret(this, 'Login', {
      environment,
      key: props.secretsKey,
      name: 'cache',
      description: 'Login of the application at the cache',
      generate: { field: 'password', length: PASSWORD_LENGTH, beside: { username: 'default' } },
      changed: 'person',
    });
    const slowLog = new LogGroup(this, 'SlowLog', {
      logGroupName: `/${environment.app.name}/${environment.name}/cache-slow`,
      retention: acceptedRetention(environment.logs.databaseDays),
      encryptionKey: props.logKey,
      removalPolicy: removalPolicyOf(environment),
    });
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      cacheSubnetGroupName: name,
      description: `Isolated subnets of ${environment.name}`,
      subnetIds: props.vpc.selectSubnets({ subnetGroupName: 'isolated' }).subnetIds,
    });
    const failover = settings.replicas > 0;
    this.replicationGroup = new CfnReplicationGroup(this, 'Group', {
      replicationGroupId: name,
      replicationGroupDescription: `Cache, sessions and rate limits of ${environment.app.name} ${environment.name}`,
      engine: ENGINE,
      engineVersion: ENGINE_VERSION,
      cacheNodeType: settings.nodeType,
      cacheParameterGroupName: this.parameters().ref,
      port: PORT,
      clusterMode: 'disabled',
      numCacheClusters: settings.replicas + 1,
      automaticFailoverEnabled: failover,
      multiAzEnabled: failover,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [props.securityGroup.securityGroupId],
      atRestEncryptionEnabled: true,
      kmsKeyId: props.key.keyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      userGroupIds: [this.users(name)],
      autoMinorVersionUpgrade: true,
      preferredMaintenanceWindow: MAINTENANCE_WINDOW,
      snapshotRetentionLimit: settings.snapshotDays,
      snapshotWindow: SNAPSHOT_WINDOW,
      logDeliveryConfigurations: [
        {
          logType: 'slow-log',
          logFormat: 'json',
          destinationType: 'cloudwatch-logs',
          destinationDetails: { cloudWatchLogsDetails: { logGroup: slowLog.logGroupName } },
        },
      ],
    });
    this.replicationGroup.applyRemovalPolicy(removalPolicyOf(environment));
    this.address = this.replicationGroup.attrPrimaryEndPointAddress;
    this.stateExceptions(environment, settings);
    new CacheAlarms(this, 'Alarms', {
      replicas: settings.replicas,
      group: this.replicationGroup,
      alarms: props.alarms,
    });
  }

  private parameters(): CfnParameterGroup {
    return new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: FAMILY,
      description: 'Valkey settings',
      properties: {
        // Sessions and limits carry a time to live and go first when memory is short; keys without one stay.
        'maxmemory-policy': 'volatile-lru',
        // A client that vanished gives its connection back after five minutes.
        timeout: '300',
        // Commands slower than this are logged, microseconds.
        'slowlog-log-slower-than': '10000',
      },
    });
  }

  /** The user group with the one user. @returns its id */
  private users(name: string): string {
    const user = new CfnUser(this, 'User', {
      engine: ENGINE,
      userId: `${name}-app`,
      userName: 'default',
      accessString: ACCESS,
      // CloudFormation fetches the value when it deploys; the template has the secret's name only.
      authenticationMode: {
        Type: 'password',
        Passwords: [this.authSecret.secretValueFromJson('password').unsafeUnwrap()],
      },
    });
    return new CfnUserGroup(this, 'Users', { engine: ENGINE, userGroupId: `${name}-users`, userIds: [user.ref] }).ref;
  }

  private stateExceptions(environment: Environment, settings: CacheSettings): void {
    const stated: Pick<Exception, 'finding' | 'reason'>[] = [
      {
        finding: 'AwsSolutions-AEC6',
        reason: 'The rule knows AUTH tokens only; users with passwords (RBAC) do more and exclude a token',
      },
    ];
    if (settings.replicas === 0) {
      const reason = 'No copies are configured: a lost cache fills again, and users log in again';
      stated.push({ finding: 'AwsSolutions-AEC4', reason });
    }
    if (environment.tier === 'production' && (settings.replicas === 0 || settings.snapshotDays === 0)) {
      const reason = 'The configuration asks for no copy or no snapshot: users may have to log in again';
      stated.push({ finding: 'cache-standby', reason });
    }
    if (settings.snapshotDays < 15) {
      stated.push({
        finding: 'NIST.800.53.R5-ElastiCacheRedisClusterAutomaticBackup',
        reason: 'The cache holds nothing that is not rebuilt; an old copy of sessions would only be one more to guard',
      });
    }
    except(this.replicationGroup, ...stated.map((each) => ({ ...each, ...maintained })));
  }
}

/** ElastiCache allows 40 characters; six are for what is added. */
const NAME_LENGTH = 34;
const HASH_LENGTH = 6;

/** The name of the environment's cache; one that is too long ends in a hash of the whole, so that no two are the same. */
function shortName(environment: Environment): string {
  const name = nameOf(environment, 'cache');
  if (name.length <= NAME_LENGTH) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${name.slice(0, NAME_LENGTH - HASH_LENGTH - 1).replace(/-$/, '')}-${hash}`;
}
