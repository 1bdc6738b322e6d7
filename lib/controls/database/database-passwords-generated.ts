import { everyTier, fixture, type RuleControl } from '../control';
import { type Guard, guards, oneOf, somewhere } from '../expect';
import { parameters, postgresParameters } from '../rules/parameters';
import { asObject, type EnvironmentView, type Resource } from '../view';

const SECRET = 'AWS::SecretsManager::Secret';

/** Guards that one of the secrets is the login of a purpose. Which one, no type says: it protects none by type. */
const needs = (purpose: string): Guard => ({
  ...somewhere(SECRET, `a generated login database/${purpose}`, (secret, view) => isLogin(secret, purpose, view)),
  protects: [],
});

/**
 * Whether a secret is a generated login of one purpose: a role and a password, and nothing that the configuration can change.
 * Where the database is stands in the settings of tasks.
 */
function isLogin(secret: Resource, purpose: string, environment: EnvironmentView): boolean {
  const generate = asObject(secret.properties.GenerateSecretString);
  const template = environment.text(generate.SecretStringTemplate);
  return (
    environment.text(secret.properties.Name).endsWith(`/database/${purpose}`) &&
    generate.GenerateStringKey === 'password' &&
    new RegExp(`^\\{"username":"${purpose}_[ab]"\\}$`).test(template)
  );
}

const login = (purpose: string, template = `{"username":"${purpose}_a"}`) => ({
  Type: SECRET,
  Properties: {
    Name: `ums/prod/database/${purpose}`,
    GenerateSecretString: { GenerateStringKey: 'password', SecretStringTemplate: template },
  },
});
const settings = { password_encryption: 'scram-sha-256', 'rds.accepted_password_auth_method': 'scram' };
const database = (parameterChange: object = {}) => ({
  Parameters: { Type: 'AWS::RDS::DBParameterGroup', Properties: { Parameters: { ...settings, ...parameterChange } } },
  Db: { Type: 'AWS::RDS::DBInstance', Properties: { DBParameterGroupName: { Ref: 'Parameters' } } },
  App: login('app'),
  Migrate: login('migrate'),
});
const { Migrate: _migrate, ...withoutMigrate } = database();

export const control: RuleControl = {
  id: 'database-passwords-generated',
  title: 'Application and migrations each have a generated login of their own, stored by the server as SCRAM',
  holds: ['D04/enforce'],
  tiers: everyTier,
  why: 'A password that a person chose is guessed or reused; one login for both would let the application change its tables; md5 hashes are as good as the password.',
  remedy: 'Leave ApplicationSecrets.databaseApp and databaseMigrate, and password_encryption at scram-sha-256.',
  ...guards(
    needs('app'),
    needs('migrate'),
    parameters(postgresParameters, {
      password_encryption: oneOf('scram-sha-256'),
      'rds.accepted_password_auth_method': oneOf('scram'),
    }),
  ),
  fixtures: {
    pass: [fixture('two generated logins', database())],
    refuse: [
      fixture('no login for migrations', withoutMigrate),
      fixture('migrations under the role of the application', {
        ...database(),
        Migrate: login('migrate', '{"username":"app_a"}'),
      }),
      fixture('a login that names its server', {
        ...database(),
        App: login('app', '{"host":"db.example.com","username":"app_a"}'),
      }),
      fixture('a role that is none of the two', { ...database(), App: login('app', '{"username":"app_owner"}') }),
      fixture('md5 hashes', database({ password_encryption: 'md5' })),
      fixture('md5 logins accepted', database({ 'rds.accepted_password_auth_method': 'md5+scram' })),
    ],
  },
};
