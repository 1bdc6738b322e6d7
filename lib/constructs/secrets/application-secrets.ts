import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { twins } from '../database/roles';
import { ApplicationSecret, type Generated } from './application-secret';

/** Folder of the names of secrets that a person fills. */
const BY_HAND = 'external';
/** Characters of a database password: letters and digits, so about 285 bits. */
const PASSWORD_LENGTH = 48;
/** Characters of an application key (row K03: 32 at least, 64 where they are hexadecimal). */
const KEY_LENGTH = 64;

export interface ApplicationSecretsProps {
  readonly environment: Environment;
  readonly key: IKey;
}

/** The secrets of the application. Each environment makes its own, and no value passes through a template. */
export class ApplicationSecrets extends Construct {
  readonly key: IKey;
  /**
   * Login of the running application: `{ username, password }`. Where the database is stands elsewhere: a changed template
   * of the value, such as another host, would make CloudFormation draw a new password.
   */
  readonly databaseApp: ApplicationSecret;
  /** Login of migrations, in the same form. */
  readonly databaseMigrate: ApplicationSecret;
  /** Keyring of the session key: `{ version, current, fallbacks }`. */
  readonly secretKey: ApplicationSecret;
  /** Keyring of the JWT key, in the same form; never the session key (row K10). */
  readonly jwtSecretKey: ApplicationSecret;
  /** SMTP login `{ username, password }`, put there by hand. @default - the app sends no mail */
  readonly mail?: ApplicationSecret;
  /** Keys of other companies by the variable's name. The whole value is the key, put there by hand. */
  readonly thirdParty: Readonly<Record<string, ApplicationSecret>>;
  /** How the names of those begin that a person fills. */
  readonly byHandPrefix: string;

  constructor(scope: Construct, id: string, props: ApplicationSecretsProps) {
    super(scope, id);
    const { environment } = props;
    this.key = props.key;
    this.byHandPrefix = `${environment.app.name}/${environment.name}/${BY_HAND}/`;
    const secret = (child: string, name: string, description: string, generate?: Generated) =>
      new ApplicationSecret(this, child, {
        environment,
        key: props.key,
        name,
        description,
        generate,
        changed: generate ? 'rotation' : 'person',
      });
    const login = (username: string): Generated => ({
      field: 'password',
      length: PASSWORD_LENGTH,
      beside: { username },
    });
    const keyring: Generated = { field: 'current', length: KEY_LENGTH, beside: { version: 1, fallbacks: [] } };

    this.databaseApp = secret(
      'DatabaseApp',
      'database/app',
      'Database login of the running application',
      login(twins.app[0]),
    );
    this.databaseMigrate = secret(
      'DatabaseMigrate',
      'database/migrate',
      'Database login of migrations',
      login(twins.migrate[0]),
    );
    this.secretKey = secret('SecretKey', 'secret-key', 'Keyring that signs sessions', keyring);
    this.jwtSecretKey = secret('JwtSecretKey', 'jwt-secret-key', 'Keyring that signs JSON web tokens', keyring);
    if (environment.app.mail)
      this.mail = secret(
        'Mail',
        `${BY_HAND}/mail`,
        `SMTP login at ${environment.app.mail.host}: username and password`,
      );
    this.thirdParty = Object.fromEntries(
      environment.app.secrets.map(({ name, purpose }) => [
        name,
        secret(`ThirdParty${pascal(name)}`, `${BY_HAND}/${name.toLowerCase().replaceAll('_', '-')}`, purpose),
      ]),
    );
  }

  /** Secrets that a person fills: without a value of each no version can start. */
  get byHand(): readonly ApplicationSecret[] {
    return [...(this.mail ? [this.mail] : []), ...Object.values(this.thirdParty)];
  }
}

const pascal = (name: string): string =>
  name
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
