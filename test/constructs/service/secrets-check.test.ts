import { Match, type Template } from 'aws-cdk-lib/assertions';
import { environmentOf } from '../../support/environments';
import { serviceTemplateOf } from '../../support/service-template';

const FUNCTION = 'AWS::Lambda::Function';
const CHECK = { Properties: { FunctionName: 'ums-prod-check-secrets' } };
const app = {
  mail: { host: 'smtp.example.com', from: 'app@example.com' },
  secrets: [{ name: 'STRIPE_KEY', purpose: 'Payments at Stripe', rotateDays: 90 }],
};

describe('an environment with secrets that a person fills', () => {
  const template: Template = serviceTemplateOf(environmentOf('production', { app: app as never }));

  it('asks before the first task of a version', () => {
    const [check] = Object.keys(template.findResources(FUNCTION, CHECK));
    template.hasResourceProperties('AWS::ECS::Service', {
      ServiceName: 'ums-prod-web',
      DeploymentConfiguration: {
        LifecycleHooks: [
          Match.objectLike({ HookTargetArn: { 'Fn::GetAtt': [check, 'Arn'] }, LifecycleStages: ['PRE_SCALE_UP'] }),
        ],
      },
    });
  });

  it('says what is missing where it outlives a stack that is rolled back', () => {
    const [check] = Object.values(template.findResources(FUNCTION, CHECK));
    expect(JSON.stringify(check?.Properties.LoggingConfig.LogGroup)).toMatch(/Import.*foundation.*[Aa]udit/);
  });

  it('may see whether these two have a value, and read none', () => {
    const rights = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) =>
      id.startsWith('SecretsCheckRole'),
    );
    const statements = rights.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement) as {
      Action: string | string[];
      Resource: unknown;
    }[];
    const ofSecrets = statements.filter(({ Action }) => String(Action).includes('secretsmanager'));
    expect(ofSecrets.map(({ Action }) => Action)).toEqual(['secretsmanager:DescribeSecret']);
    expect(ofSecrets[0]?.Resource).toHaveLength(2);
    expect(JSON.stringify(statements)).not.toContain('GetSecretValue');
  });
});

it('costs nothing where there are none', () => {
  const template = serviceTemplateOf(environmentOf('production'));
  expect(template.findResources(FUNCTION, CHECK)).toEqual({});
});
