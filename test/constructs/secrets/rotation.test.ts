import { Match } from 'aws-cdk-lib/assertions';
import { dataStackOf } from '../../support/data-stack';
import { environmentOf } from '../../support/environments';

const SCHEDULE = 'AWS::SecretsManager::RotationSchedule';
const changes = {
  rotation: { passwordDays: 30, keyDays: 200 },
  app: {
    secrets: [{ name: 'SENTRY_DSN', purpose: 'Sentry: sends error reports', rotateDays: 45 }],
    mail: { host: 'smtp.example.com', from: 'app@example.com', port: 587, timeoutSeconds: 10 },
  },
} as const;
const rendered = (settings: object = changes, tier: 'production' | 'development' = 'production') =>
  dataStackOf(environmentOf(tier, settings)).template;
const template = rendered();

it('rotates logins and keyrings as often as the file says, and not in the middle of the deployment', () => {
  template.resourceCountIs(SCHEDULE, 4);
  for (const days of [30, 200])
    template.resourcePropertiesCountIs(
      SCHEDULE,
      { RotationRules: { AutomaticallyAfterDays: days }, RotateImmediatelyOnUpdate: false },
      2,
    );
});

it('lets Secrets Manager call each function for its secret and this account alone', () => {
  const permissions = Object.values(
    template.findResources('AWS::Lambda::Permission', {
      Properties: { Principal: 'secretsmanager.amazonaws.com' },
    }),
  );
  expect(permissions).toHaveLength(4);
  const sources = permissions.map(({ Properties }) => JSON.stringify(Properties.SourceArn));
  expect(new Set(sources).size).toBe(4);
  for (const { Properties } of permissions) expect(Properties.SourceAccount).toEqual({ Ref: 'AWS::AccountId' });
});

it('makes the roles of the database before anything rotates', () => {
  const [[id = ''] = []] = Object.entries(template.findResources('Custom::DatabaseRoles'));
  const logins = template.findResources(SCHEDULE, {
    Properties: { RotationLambdaARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PasswordRotation'), 'Arn'] } },
  });
  expect(Object.keys(logins)).toHaveLength(2);
  for (const { DependsOn } of Object.values(logins)) expect(DependsOn).toContain(id);
});

it('audits every other secret by the days of its own', () => {
  const [audit] = Object.values(
    template.findResources('AWS::Lambda::Function', {
      Properties: { FunctionName: Match.stringLikeRegexp('audit-secrets$') },
    }),
  );
  const text = (name: string) => JSON.stringify(audit?.Properties.Environment.Variables[name]);
  expect(text('ROTATING_SECRETS').match(/=\d+/g)).toEqual(['=30', '=30', '=200', '=200']);
  // The cache's password, the mail login, the key of another company.
  expect(text('SECRETS_BY_HAND').match(/=\d+/g)).toEqual(['=30', '=30', '=45']);
});

it('has no alarm for what persons change where there is nothing of the kind', () => {
  const without = rendered({ cache: { enabled: false, reason: 'Sessions are kept in signed cookies' } }, 'development');
  const named = (part: string) => ({ AlarmName: Match.stringLikeRegexp(part) });
  without.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', named('secret-due'), 0);
  without.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', named('rotation-late'), 1);
});

it('tells RDS Proxy the new password of whichever twin', () => {
  const proxied = rendered({ database: { proxy: true } });
  const [rotate] = Object.values(
    proxied.findResources('AWS::Lambda::Function', {
      Properties: { FunctionName: Match.stringLikeRegexp('rotate-database-password$') },
    }),
  );
  const { PROXY_HOST, PROXY_SECRETS } = rotate?.Properties.Environment.Variables ?? {};
  expect(PROXY_HOST).toEqual({ 'Fn::GetAtt': [expect.stringContaining('Proxy'), 'Endpoint'] });
  expect(JSON.stringify(PROXY_SECRETS)).toMatch(/LoginA.*LoginB/);
});
