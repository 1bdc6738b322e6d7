import { Duration, Stack } from 'aws-cdk-lib';
import type { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ClientPasswordAuthType,
  DatabaseInstance,
  type IInstanceEngine,
  ProxyTarget,
  DatabaseProxy as RdsProxy,
} from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { PROXY_CONNECTIONS_PERCENT } from '../../config/database-sizes';
import type { Environment } from '../../config/schema';
import { nameOf } from '../naming';
import { ManagedRole } from '../roles/managed-role';
import { ApplicationSecret } from '../secrets/application-secret';
import { twins } from './roles';

/** A client that is silent this long loses its connection; pools recycle theirs after an hour at most. */
const IDLE_CLIENT = Duration.hours(2);

export interface DatabaseProxyProps {
  readonly environment: Environment;
  readonly instance: DatabaseInstance;
  readonly engine: IInstanceEngine;
  readonly port: number;
  readonly vpc: Vpc;
  /** Security group of the database; the proxy joins it. */
  readonly securityGroup: SecurityGroup;
  readonly secretsKey: IKey;
  /** Login of the application: whichever of the twins is current. */
  readonly appLogin: ApplicationSecret;
}

/**
 * RDS Proxy between the application and the database. It compares what a client gives with a secret of that very user, and
 * logs in with it: so it needs one secret for each twin, which stay while the application's secret goes from one twin to the
 * other. Migrations go past it: their session settings and locks would pin every connection.
 *
 * Both secrets start with the application's password of that moment. So the application logs in from the first day, and
 * also where the proxy comes when the twins have changed places: the current one's secret is right whichever it is. The
 * other twin's is wrong until its turn, when the rotation writes its new password here; a wrong one bars that user alone.
 * CloudFormation fetches the password again whenever it updates such a secret, which is right for the same reason.
 *
 * Clients log in by password, stored as SCRAM at the server as well, and not by tokens of IAM: see the instance.
 */
export class DatabaseProxy extends Construct {
  readonly proxy: RdsProxy;
  readonly logins: readonly ApplicationSecret[];

  constructor(scope: Construct, id: string, props: DatabaseProxyProps) {
    super(scope, id);
    const { environment } = props;
    this.logins = twins.app.map(
      (username) =>
        new ApplicationSecret(this, `Login${username.at(-1)?.toUpperCase()}`, {
          environment,
          key: props.secretsKey,
          name: `database/proxy/${username.replace('_', '-')}`,
          description: `Login of ${username}, for RDS Proxy only`,
          copies: { username, of: props.appLogin },
          changed: 'rotation of the copied login',
        }),
    );
    const role = this.role();
    for (const login of this.logins) login.grantRead(role);
    this.proxy = new RdsProxy(this, 'Proxy', {
      dbProxyName: nameOf(environment, 'proxy'),
      proxyTarget: ProxyTarget.fromInstance(this.target(props)),
      secrets: [...this.logins],
      // The reading is granted above; the construct would add a right to decrypt with the key whatever it is for.
      role: role.withoutPolicyUpdates(),
      vpc: props.vpc,
      vpcSubnets: { subnetGroupName: 'isolated' },
      securityGroups: [props.securityGroup],
      requireTLS: true,
      iamAuth: false,
      clientPasswordAuthType: ClientPasswordAuthType.POSTGRES_SCRAM_SHA_256,
      // The proxy's debug log holds statements.
      debugLogging: false,
      idleClientTimeout: IDLE_CLIENT,
      maxConnectionsPercent: PROXY_CONNECTIONS_PERCENT,
    });
    // It tries the logins as soon as it stands.
    this.proxy.node.addDependency(role);
  }

  /** Reads the logins, and nothing else. */
  private role(): ManagedRole {
    return new ManagedRole(this, 'Role', {
      description: 'Lets RDS Proxy read the logins of the application',
      assumedBy: new ServicePrincipal('rds.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
  }

  /**
   * The instance without its security group: the L2 would open it to the proxy by the instance's own port, and the
   * network would then need the database that needs the network. The network's table has this connection.
   */
  private target({ instance, engine, port }: DatabaseProxyProps) {
    return DatabaseInstance.fromDatabaseInstanceAttributes(this, 'Target', {
      instanceIdentifier: instance.instanceIdentifier,
      instanceEndpointAddress: instance.dbInstanceEndpointAddress,
      port,
      engine,
      securityGroups: [],
    });
  }
}
