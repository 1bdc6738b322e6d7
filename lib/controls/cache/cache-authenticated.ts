import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { asList, asObject, type EnvironmentView, type JsonObject, type Resource } from '../view';

const GROUP = 'AWS::ElastiCache::ReplicationGroup';
const USERS = 'AWS::ElastiCache::UserGroup';
const USER = 'AWS::ElastiCache::User';

/** Commands of administrators, which no application needs. */
const REFUSED = ['-@admin', '-@dangerous'];
/** Of those, what may be given back: reading figures and listing keys. */
const GIVEN_BACK = ['+info', '+keys', '+sort', '+@connection'];

function faults(cache: Resource, view: EnvironmentView): Finding[] {
  const groups = asList(cache.properties.UserGroupIds).map((id) => view.target(id, cache));
  const [group] = groups;
  if (groups.length !== 1 || group?.type !== USERS) {
    const found = shown(cache.properties.UserGroupIds);
    return [
      { resource: cache, location: 'Properties.UserGroupIds', found, expected: 'one user group of this environment' },
    ];
  }
  const users = asList(group.properties.UserIds).map((id) => view.target(id, group));
  if (users.length === 0 || users.some((user) => user?.type !== USER)) {
    const found = shown(group.properties.UserIds);
    return [{ resource: group, location: 'Properties.UserIds', found, expected: 'users of this environment' }];
  }
  const named = users.some((user) => user?.properties.UserName === 'default');
  return [
    ...(group.properties.Engine === 'valkey'
      ? []
      : [
          { resource: group, location: 'Properties.Engine', found: shown(group.properties.Engine), expected: 'valkey' },
        ]),
    ...(named
      ? []
      : [
          {
            resource: group,
            location: 'Properties.UserIds',
            found: 'no user named default',
            expected: 'one that replaces the default user, which needs no password',
          },
        ]),
    ...(users as Resource[]).flatMap((user) => userFaults(user, view)),
  ];
}

function userFaults(user: Resource, view: EnvironmentView): Finding[] {
  const { properties } = user;
  const fault = (location: string, found: string, expected: string): Finding => ({
    resource: user,
    location,
    found,
    expected,
  });
  const mode = asObject(properties.AuthenticationMode);
  const passwords = asList(mode.Passwords ?? properties.Passwords);
  const access = String(properties.AccessString ?? '').split(/\s+/);
  const withdrawn = access.indexOf('-@dangerous');
  const widened = access
    .slice(withdrawn + 1)
    .filter((word) => /^\+|^(allcommands|on)$/.test(word) && !GIVEN_BACK.includes(word));
  const found: Finding[] = [];
  if (String(properties.NoPasswordRequired ?? 'false') !== 'false')
    found.push(fault('Properties.NoPasswordRequired', shown(properties.NoPasswordRequired), 'false or nothing'));
  if (properties.Engine !== 'valkey') found.push(fault('Properties.Engine', shown(properties.Engine), 'valkey'));
  if (mode.Type !== 'iam' && !(passwords.length > 0 && mode.Type === 'password'))
    found.push(fault('Properties.AuthenticationMode', shown(properties.AuthenticationMode), 'a password or IAM'));
  if (
    passwords.some(
      (password) => !/^\{\{resolve:secretsmanager:\$\{\w+\}:SecretString:\w+(::)?\}\}$/.test(view.text(password)),
    )
  )
    found.push(
      fault('Properties.AuthenticationMode.Passwords', 'a literal', 'a reference to a secret of this environment'),
    );
  const logins = passwords.flatMap((password) => view.targets(password, user));
  const known = logins.map(({ properties: { GenerateSecretString: generate } }) =>
    view.text(asObject(generate).SecretStringTemplate),
  );
  if (
    known.some((template) => template !== '${?}' && !template.includes(`"username":"${String(properties.UserName)}"`))
  )
    found.push(
      fault('Properties.AuthenticationMode.Passwords', known.join(', '), `the login of ${String(properties.UserName)}`),
    );
  if (!REFUSED.every((word) => access.includes(word)) || widened.length > 0)
    found.push(fault('Properties.AccessString', shown(properties.AccessString), 'no commands of administrators'));
  return found;
}

const user: JsonObject = {
  Engine: 'valkey',
  UserName: 'default',
  AccessString: 'on ~* &* +@all -@admin -@dangerous +info +keys',
  AuthenticationMode: {
    Type: 'password',
    Passwords: [{ 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Login' }, ':SecretString:password::}}']] }],
  },
};
const cache = (changedUser: JsonObject = {}, changedCache: JsonObject = {}) => ({
  Login: { Type: 'AWS::SecretsManager::Secret' },
  User: { Type: USER, Properties: { ...user, ...changedUser } },
  Users: { Type: USERS, Properties: { Engine: 'valkey', UserIds: [{ Ref: 'User' }] } },
  Cache: { Type: GROUP, Properties: { UserGroupIds: [{ Ref: 'Users' }], ...changedCache } },
});

export const control: RuleControl = {
  id: 'cache-authenticated',
  title: 'The cache asks for a password out of a secret, and its user can do nothing that an administrator does',
  holds: ['C09/enforce'],
  tiers: everyTier,
  why: 'Without it everything that reaches the port reads every session, and one request can empty the cache or rewrite its settings.',
  remedy: 'Leave the user and the user group of the Cache construct as they are.',
  protects: [
    { type: GROUP, properties: ['UserGroupIds'] },
    { type: USERS, properties: ['UserIds', 'Engine'] },
    { type: USER, properties: ['AccessString', 'AuthenticationMode', 'Engine'] },
  ],
  check: (view) => view.ofType(GROUP).flatMap((each) => faults(each, view)),
  fixtures: {
    pass: [fixture('a user with a password', cache())],
    refuse: [
      fixture('no users', cache({}, { UserGroupIds: [] })),
      fixture('users from elsewhere', cache({}, { UserGroupIds: ['other'] })),
      fixture('no password', cache({ NoPasswordRequired: true })),
      fixture('a mode without one', cache({ AuthenticationMode: { Type: 'no-password-required' } })),
      fixture(
        'a password in the template',
        cache({ AuthenticationMode: { Type: 'password', Passwords: ['x'.repeat(16)] } }),
      ),
      fixture('the login of somebody else', {
        ...cache(),
        Login: {
          Type: 'AWS::SecretsManager::Secret',
          Properties: { GenerateSecretString: { SecretStringTemplate: '{"username":"app_a"}' } },
        },
      }),
      fixture('of another engine', cache({ Engine: 'redis' })),
      fixture('every command', cache({ AccessString: 'on ~* &* +@all' })),
      fixture('given back afterwards', cache({ AccessString: 'on ~* &* +@all -@admin -@dangerous +flushall' })),
      fixture('the default user left open', cache({ UserName: 'app' })),
    ],
  },
};
