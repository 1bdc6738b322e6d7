import { Key } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Cache } from '../constructs/cache/cache';
import { Database } from '../constructs/database/database';
import { DatabaseRoles } from '../constructs/database/database-roles';
import { PasswordRotation } from '../constructs/database/password-rotation';
import type { FunctionSurroundings } from '../constructs/functions/kit-function';
import { nameOf, removalPolicyOf } from '../constructs/naming';
import type { ApplicationSecret } from '../constructs/secrets/application-secret';
import { ApplicationSecrets } from '../constructs/secrets/application-secrets';
import { KeyRotation } from '../constructs/secrets/rotation/key-rotation';
import { SecretsAudit } from '../constructs/secrets/rotation/secrets-audit';
import { EnvironmentStack, type EnvironmentStackProps } from './environment-stack';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';

export interface DataStackProps extends EnvironmentStackProps {
  readonly foundation: FoundationStack;
  readonly network: NetworkStack;
}

/** What must not be lost or read: database, cache and secrets, each kind under a key of its own. */
export class DataStack extends EnvironmentStack {
  readonly database: Database;
  readonly secrets: ApplicationSecrets;
  /** @default - the environment has no cache */
  readonly cache?: Cache;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, { ...props, description: 'database, cache and secrets' });
    const { environment, foundation } = props;
    const { vpc, parts } = props.network.network;
    const key = (name: string, use: string) =>
      new Key(this, name, {
        alias: nameOf(environment, use),
        description: `${use} of ${environment.app.name} ${environment.name}`,
        enableKeyRotation: true,
        removalPolicy: removalPolicyOf(environment),
      });
    const shared = {
      environment,
      vpc,
      key: key('DataKey', 'data'),
      secretsKey: key('SecretsKey', 'secrets'),
      logKey: foundation.key,
      alarms: foundation.alarms,
    };

    this.secrets = new ApplicationSecrets(this, 'Secrets', { environment, key: shared.secretsKey });
    this.database = new Database(this, 'Database', {
      ...shared,
      securityGroup: parts.database,
      appLogin: this.secrets.databaseApp,
    });
    if (environment.cache.enabled) {
      const settings = environment.cache;
      this.cache = new Cache(this, 'Cache', { ...shared, settings, securityGroup: parts.cache });
      this.mayGo(this.cache.replicationGroup, this.cache.authSecret);
    }
    this.rotate(props);
    const { mail, thirdParty } = this.secrets;
    this.mayGo(...(mail ? [mail] : []), ...Object.values(thirdParty));
  }

  /** What changes secrets in time, and tells when it doesn't. */
  private rotate({ environment, foundation, network }: DataStackProps): void {
    const surroundings: FunctionSurroundings = {
      environment,
      vpc: network.network.vpc,
      securityGroup: network.network.parts.functions,
      logKey: foundation.key,
      alarms: foundation.alarms,
    };
    const { passwordDays, keyDays } = environment.rotation;
    const { databaseApp, databaseMigrate, secretKey, jwtSecretKey, mail, thirdParty } = this.secrets;
    const every = (days: number, ...secrets: readonly ISecret[]) =>
      secrets.map(({ secretArn }) => ({ secretArn, days }));
    const logins = { database: this.database, app: databaseApp, migrate: databaseMigrate };
    const roles = new DatabaseRoles(this, 'DatabaseRoles', { ...surroundings, ...logins });
    const passwords = new PasswordRotation(this, 'PasswordRotation', {
      ...surroundings,
      ...logins,
      days: passwordDays,
    });
    // A rotation sets passwords of roles.
    passwords.node.addDependency(roles);
    new KeyRotation(this, 'KeyRotation', {
      ...surroundings,
      keyrings: { SecretKey: secretKey, JwtSecretKey: jwtSecretKey },
      days: keyDays,
    });
    new SecretsAudit(this, 'SecretsAudit', {
      ...surroundings,
      rotating: [...every(passwordDays, databaseApp, databaseMigrate), ...every(keyDays, secretKey, jwtSecretKey)],
      byHand: [
        ...(this.cache ? every(passwordDays, this.cache.authSecret) : []),
        ...(mail ? every(passwordDays, mail) : []),
        ...environment.app.secrets.flatMap(({ name, rotateDays }) =>
          every(rotateDays, thirdParty[name] as ApplicationSecret),
        ),
      ],
    });
  }
}
