import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EnvironmentStack } from '../../../lib/stacks/environment-stack';
import { dataStackOf } from '../../support/data-stack';
import { environmentOf } from '../../support/environments';

const SECRET = 'AWS::SecretsManager::Secret';
const environment = environmentOf('production', {
  app: {
    mail: { host: 'smtp.example.com', from: 'app@example.com' },
    secrets: [{ name: 'STRIPE_API_KEY', purpose: 'Takes payments', rotateDays: 90 }],
  } as never,
});
const { data, template } = dataStackOf(environment);

/** The one secret of a name. */
function secret(name: string): Record<string, unknown> {
  const found = Object.values(template.findResources(SECRET, { Properties: { Name: `ums/prod/${name}` } }));
  expect(found).toHaveLength(1);
  return found[0] as Record<string, unknown>;
}

it.each(['database/app', 'database/migrate', 'secret-key', 'jwt-secret-key', 'cache'])(
  '%s is generated and kept',
  (name) => {
    expect(secret(name)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { GenerateSecretString: { ExcludePunctuation: true, IncludeSpace: false } },
    });
  },
);

it.each([
  ['database/app', 48],
  ['database/migrate', 48],
  ['secret-key', 64],
  ['jwt-secret-key', 64],
])('%s has %d characters', (name, length) => {
  expect(secret(name)).toMatchObject({ Properties: { GenerateSecretString: { PasswordLength: length } } });
});

it('logs in as the first twin of each purpose', () => {
  expect(JSON.stringify(secret('database/app'))).toContain('\\"username\\":\\"app_a\\"');
  expect(JSON.stringify(secret('database/migrate'))).toContain('\\"username\\":\\"migrate_a\\"');
});

it('gives keyrings the fields that rotation fills', () => {
  expect(secret('secret-key')).toMatchObject({
    Properties: {
      GenerateSecretString: { GenerateStringKey: 'current', SecretStringTemplate: '{"version":1,"fallbacks":[]}' },
    },
  });
});

it.each(['external/mail', 'external/stripe-api-key'])('%s has no value until a person puts it there', (name) => {
  const { Properties } = secret(name) as { Properties: object };
  expect(Properties).not.toHaveProperty('GenerateSecretString');
  expect(Properties).not.toHaveProperty('SecretString');
});

it('finds third-party keys by the name of their variable', () => {
  expect(Object.keys(data.secrets.thirdParty)).toEqual(['STRIPE_API_KEY']);
});

it('makes no secret for mail where the application sends none', () => {
  const { data: other, template: without } = dataStackOf(environmentOf('development'));
  expect(other.secrets.mail).toBeUndefined();
  expect(without.findResources(SECRET, { Properties: { Name: Match.stringLikeRegexp('external') } })).toEqual({});
});

it('refuses plain text and other accounts on every secret', () => {
  const policies = Object.values(template.findResources('AWS::SecretsManager::ResourcePolicy'));
  expect(policies).toHaveLength(Object.keys(template.findResources(SECRET)).length);
  for (const { Properties } of policies) {
    expect(Properties.BlockPublicPolicy).toBe(true);
    expect(Properties.ResourcePolicy.Statement.map((statement: { Effect: string }) => statement.Effect)).toEqual([
      'Deny',
      'Deny',
    ]);
  }
});

describe('a reader in another stack', () => {
  const written = dataStackOf(environment);
  const reading = new EnvironmentStack(written.stage, 'reader', { environment, description: 'reads' });
  const role = new Role(reading, 'Reader', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  written.data.secrets.databaseApp.grantRead(role);
  const reader = Template.fromStack(reading);

  it('has its rights on its own side, for this secret and through Secrets Manager only', () => {
    reader.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: 'kms:Decrypt',
            Condition: {
              StringEquals: Match.objectLike({ 'kms:EncryptionContext:SecretARN': Match.anyValue() }),
            },
          }),
          Match.objectLike({ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow' }),
        ],
      },
    });
  });

  it('makes no cycle: the stack of the secret does not know the reader', () => {
    expect(reading.dependencies).toContain(written.data);
    expect(JSON.stringify(written.template.toJSON())).not.toContain('prod-reader');
  });
});

it('keeps the policies of keys to this account', () => {
  for (const { Properties } of Object.values(template.findResources('AWS::KMS::Key'))) {
    expect(Properties.EnableKeyRotation).toBe(true);
    expect(Properties.KeyPolicy.Statement).toHaveLength(1);
  }
});
