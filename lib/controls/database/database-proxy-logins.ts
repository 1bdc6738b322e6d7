import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { roleOfProxyLogin, SECRET, sampleProxyLogin } from '../rules/database/proxy-logins';
import { actionsOf, grantsOf } from '../rules/statements';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const PROXY = 'AWS::RDS::DBProxy';
const ROLE = 'AWS::IAM::Role';
/** The application's roles: one of them is current, the other's turn comes with the next rotation. */
const TWINS = ['app_a', 'app_b'];

const auth = (...logins: readonly string[]) => logins.map((Ref) => ({ AuthScheme: 'SECRETS', SecretArn: { Ref } }));
const reading = (...logins: readonly string[]): JsonObject => ({
  Effect: 'Allow',
  Action: 'secretsmanager:GetSecretValue',
  Resource: logins.map((Ref) => ({ Ref })),
});
const decrypting = (...logins: readonly string[]): readonly JsonObject[] =>
  logins.map((Ref) => ({
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: { 'Fn::GetAtt': ['Key', 'Arn'] },
    Condition: { StringEquals: { 'kms:EncryptionContext:SecretARN': { Ref } } },
  }));
const both = ['LoginA', 'LoginB'];
const proxied = (changes: { readonly auth?: Json; readonly rights?: readonly JsonObject[] } = {}) => ({
  Key: { Type: 'AWS::KMS::Key' },
  App: { Type: SECRET, Properties: { Name: 'ums/prod/database/app' } },
  LoginA: sampleProxyLogin('a'),
  LoginB: sampleProxyLogin('b'),
  Role: { Type: ROLE },
  Rights: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: { Statement: changes.rights ?? [reading(...both), ...decrypting(...both)] },
    },
  },
  Proxy: {
    Type: PROXY,
    Properties: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, Auth: changes.auth ?? auth(...both) },
  },
});

export const control: RuleControl = {
  id: 'database-proxy-logins',
  title:
    'The proxy of the database knows both logins of the application, and its role reads these two and nothing else',
  holds: ['D03/enforce', 'G02/enforce'],
  tiers: everyTier,
  why: 'A proxy refuses a user whose secret it can’t read: after the next rotation that is the whole application. One that knows another login lets the application become somebody else.',
  remedy: 'Leave the logins and the role of DatabaseProxy as they are.',
  protects: [
    { type: PROXY, properties: ['Auth', 'RoleArn'] },
    { type: 'AWS::IAM::ManagedPolicy', properties: [] },
    { type: 'AWS::IAM::ManagedPolicy', properties: ['PolicyDocument'] },
  ],
  check: (environment) => environment.ofType(PROXY).flatMap((proxy) => faults(proxy, environment)),
  fixtures: {
    pass: [fixture('both logins', proxied()), fixture('no proxy', {})],
    refuse: [
      fixture('one of them', proxied({ auth: auth('LoginA') })),
      fixture('one of them twice', proxied({ auth: auth('LoginA', 'LoginA') })),
      fixture('another login as well', proxied({ auth: auth('LoginA', 'LoginB', 'App') })),
      fixture('none', proxied({ auth: [] })),
      fixture('a role that reads one', proxied({ rights: [reading('LoginA'), ...decrypting(...both)] })),
      fixture('a role that reads another', proxied({ rights: [reading(...both, 'App'), ...decrypting(...both)] })),
      fixture('a role that can not decrypt one', proxied({ rights: [reading(...both), ...decrypting('LoginB')] })),
      fixture('a role of nobody', {
        ...proxied(),
        Proxy: { Type: PROXY, Properties: { RoleArn: 'arn', Auth: auth(...both) } },
      }),
    ],
  },
};

function faults(proxy: Resource, environment: EnvironmentView): Finding[] {
  const logins = asList(proxy.properties.Auth).map((each) => environment.target(asObject(each).SecretArn, proxy));
  const known = logins.map((each) => each && roleOfProxyLogin(each, environment)).sort();
  const role = environment.target(proxy.properties.RoleArn, proxy);
  const finding = (property: string, found: string, expected: string): Finding => ({
    resource: proxy,
    location: `Properties.${property}`,
    found,
    expected,
  });
  return [
    ...(known.join() === TWINS.join()
      ? []
      : [finding('Auth', `logins of ${known.map(String).join(', ') || 'nobody'}`, TWINS.join(' and '))]),
    ...(role?.type === ROLE && readsExactly(role, logins, environment)
      ? []
      : [
          finding(
            'RoleArn',
            'a role that reads less or more',
            'one that reads the logins named under Auth, and decrypts them',
          ),
        ]),
  ];
}

/** Whether a role may read and decrypt these secrets and no others. */
function readsExactly(
  role: Resource,
  logins: readonly (Resource | undefined)[],
  environment: EnvironmentView,
): boolean {
  const reached = (action: string, where: 'Resource' | 'Condition'): string =>
    grantsOf(role, environment)
      .filter((each) => actionsOf(each).includes(action))
      .flatMap((each) => environment.targets(each.body[where], each.resource))
      .map(({ path }) => path)
      .sort()
      .join();
  const wanted = logins
    .map((each) => each?.path)
    .sort()
    .join();
  return (
    reached('secretsmanager:GetSecretValue', 'Resource') === wanted && reached('kms:Decrypt', 'Condition') === wanted
  );
}
