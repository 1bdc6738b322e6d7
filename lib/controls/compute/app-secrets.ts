import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import {
  type Container,
  containersOf,
  fault,
  hasRole,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import { asList, asObject, type EnvironmentView, type Json, type Resource } from '../view';

const SECRET = 'AWS::SecretsManager::Secret';

/** Settings that every process of the app needs, with the field of the secret that holds each. */
const FIELDS: Readonly<Record<string, string>> = {
  PGUSER: 'username',
  PGPASSWORD: 'password',
  SECRET_KEY: 'current',
  SECRET_KEY_FALLBACKS: 'fallbacks',
  JWT_SECRET_KEY: 'current',
  JWT_SECRET_KEY_FALLBACKS: 'fallbacks',
};
const OPTIONAL: Readonly<Record<string, string>> = {
  REDIS_PASSWORD: 'password',
  MAIL_USERNAME: 'username',
  MAIL_PASSWORD: 'password',
};
const LOGIN = ['PGUSER', 'PGPASSWORD'];
/** Secrets of the kit by the end of their names; one of somebody else's bears the setting's own, or the first word of it. */
const NAMES: Readonly<Record<string, string>> = {
  SECRET_KEY: '/secret-key',
  SECRET_KEY_FALLBACKS: '/secret-key',
  JWT_SECRET_KEY: '/jwt-secret-key',
  JWT_SECRET_KEY_FALLBACKS: '/jwt-secret-key',
  REDIS_PASSWORD: '/cache',
};

const secret = { Type: SECRET };
const secrets = { App: secret, Migrate: secret, Session: secret, Token: secret };
const from = (Name: string, logicalId: string, field: string) => ({
  Name,
  ValueFrom: { 'Fn::Join': ['', [{ Ref: logicalId }, `:${field}::`]] },
});
const good = [
  ...LOGIN.map((name) => from(name, 'App', FIELDS[name] as string)),
  from('SECRET_KEY', 'Session', 'current'),
  from('SECRET_KEY_FALLBACKS', 'Session', 'fallbacks'),
  from('JWT_SECRET_KEY', 'Token', 'current'),
  from('JWT_SECRET_KEY_FALLBACKS', 'Token', 'fallbacks'),
];
const app = (Secrets: Json) => ({
  ...secrets,
  Task: sampleTask([sampleContainer('volumes'), sampleContainer('app', { Secrets })]),
});
const changed = (...changes: readonly { Name: string; ValueFrom: Json }[]) => [
  ...good.filter((each) => !changes.some(({ Name }) => Name === each.Name)),
  ...changes,
];

export const control: RuleControl = {
  id: 'app-secrets',
  title: 'Each secret setting of the app comes from its own field of its own secret of this environment',
  holds: ['K01/enforce', 'K10/enforce', 'D03/enforce'],
  tiers: everyTier,
  why: 'A secret in the wrong place works, until it leaks: a session key that is the token key, or the app logged in as the owner of its tables.',
  remedy: 'Leave secret settings to settingsOf(); name further ones under app.secrets.',
  protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.Secrets'] }],
  check: (environment) => [
    ...containersOf(environment)
      .filter(hasRole('app'))
      .flatMap((container) => faults(container, environment)),
    ...sharedLogins(environment),
  ],
  fixtures: {
    pass: [
      fixture('the settings of the kit', app(good)),
      fixture('and a key of another company', app([...good, { Name: 'STRIPE_KEY', ValueFrom: { Ref: 'Migrate' } }])),
    ],
    refuse: [
      fixture('a missing key', app(good.filter(({ Name }) => Name !== 'SECRET_KEY'))),
      fixture('earlier keys that nobody is told', app(good.filter(({ Name }) => Name !== 'SECRET_KEY_FALLBACKS'))),
      fixture('earlier keys of another keyring', app(changed(from('SECRET_KEY_FALLBACKS', 'Token', 'fallbacks')))),
      fixture('one key for sessions and tokens', app(changed(from('JWT_SECRET_KEY', 'Session', 'current')))),
      fixture('the login of something else', {
        ...app(good),
        App: { ...secret, Properties: { GenerateSecretString: { SecretStringTemplate: '{"username":"default"}' } } },
      }),
      fixture('the cache’s password for the keys of sessions', {
        ...app(good),
        Session: { ...secret, Properties: { Name: 'ums/prod/cache' } },
      }),
      fixture('a login from two secrets', app(changed(from('PGPASSWORD', 'Migrate', 'password')))),
      fixture('the place of the database', app([...good, from('PGHOST', 'App', 'host')])),
      fixture('another field', app(changed(from('PGPASSWORD', 'App', 'username')))),
      fixture('the whole secret as the password', app(changed({ Name: 'PGPASSWORD', ValueFrom: { Ref: 'App' } }))),
      fixture(
        'a secret of another account',
        app(changed({ Name: 'SECRET_KEY', ValueFrom: 'arn:aws:secretsmanager:us-east-1:999999999999:secret:x' })),
      ),
      fixture('a parameter', app(changed({ Name: 'SECRET_KEY', ValueFrom: '/app/secret-key' }))),
      fixture('migrations with the login of the app', {
        ...app(good),
        Migrations: sampleTask([sampleContainer('volumes'), sampleContainer('app', { Secrets: good })], {
          Family: 'ums-prod-migrate',
        }),
      }),
      fixture('the app with the login of migrations', {
        ...secrets,
        Task: sampleTask([
          sampleContainer('app', { Secrets: good.map((each) => ({ ...each, ValueFrom: moved(each.ValueFrom) })) }),
          sampleContainer('proxy'),
        ]),
        Migrations: sampleTask(
          [sampleContainer('app', { Secrets: good.map((each) => ({ ...each, ValueFrom: moved(each.ValueFrom) })) })],
          { Family: 'ums-prod-migrate' },
        ),
      }),
    ],
  },
};

function moved(value: Json): Json {
  return JSON.parse(JSON.stringify(value).replace('"App"', '"Migrate"')) as Json;
}

function faults(container: Container, environment: EnvironmentView): Finding[] {
  const sources = sourcesOf(container, environment);
  const missing = Object.keys(FIELDS).filter((name) => !sources.has(name));
  const wrong = [...sources].flatMap(([name, { secret: source, field }]): Finding[] => {
    const wanted = FIELDS[name] ?? OPTIONAL[name] ?? '';
    if (source?.type !== SECRET)
      return [fault(container, 'Secrets', `${name} from elsewhere`, 'a secret of this environment')];
    const called = environment.text(source.properties.Name);
    if (source.properties.Name !== undefined && !isNamedFor(name, called))
      return [fault(container, 'Secrets', `${name} from ${called}`, 'the secret that is named after it')];
    return field === wanted
      ? []
      : [fault(container, 'Secrets', `field '${field}' for ${name}`, wanted || 'the whole secret')];
  });
  const logins = new Set(LOGIN.map((name) => sources.get(name)?.secret));
  const keys = [sources.get('SECRET_KEY')?.secret, sources.get('JWT_SECRET_KEY')?.secret];
  const apart = ['SECRET_KEY', 'JWT_SECRET_KEY'].filter((name) => {
    const [key, fallbacks] = [sources.get(name)?.secret, sources.get(`${name}_FALLBACKS`)?.secret];
    return key !== undefined && fallbacks !== undefined && key !== fallbacks;
  });
  return [
    ...missing.map((name) => fault(container, 'Secrets', `no ${name}`, `${name} from a secret`)),
    ...wrong,
    ...(logins.size > 1 ? [fault(container, 'Secrets', 'a login put together from several secrets', 'one')] : []),
    ...apart.map((name) => fault(container, 'Secrets', `${name}_FALLBACKS from another secret`, `that of ${name}`)),
    ...(keys[0] !== undefined && keys[0] === keys[1]
      ? [fault(container, 'Secrets', 'one secret for SECRET_KEY and JWT_SECRET_KEY', 'two')]
      : []),
  ];
}

/** Whether a secret's name says what a setting is; who logs in at the database is told by the login itself. */
function isNamedFor(setting: string, secret: string): boolean {
  if (LOGIN.includes(setting)) return /\/database\/(app|migrate)$/.test(secret);
  const ending = NAMES[setting];
  if (ending !== undefined) return secret.endsWith(ending);
  const [, own] = /\/external\/([\w-]+)$/.exec(secret) ?? [];
  const words = setting.toLowerCase().replaceAll('_', '-');
  return own !== undefined && (words === own || words.startsWith(`${own}-`));
}

/** Where each secret setting comes from: the secret, and the field of its JSON. */
function sourcesOf(container: Container, environment: EnvironmentView) {
  return new Map(
    asList(container.body.Secrets)
      .map(asObject)
      .map((each) => {
        const value = each.ValueFrom as Json;
        const [secret] = environment.targets(value, container.task);
        const field = /:([^:}]*)::$/.exec(environment.text(value))?.[1] ?? '';
        return [String(each.Name), { secret, field }] as const;
      }),
  );
}

/** Migrations log in as somebody else than everything that serves or works for users. */
function sharedLogins(environment: EnvironmentView): Finding[] {
  const loginOf = (container: Container): Resource | undefined =>
    sourcesOf(container, environment).get('PGUSER')?.secret;
  const apps = containersOf(environment).filter(hasRole('app'));
  const migrates = ({ task }: Container) => /-migrate$/.test(environment.text(task.properties.Family));
  const named = apps.flatMap((each): Finding[] => {
    const template = asObject(loginOf(each)?.properties.GenerateSecretString).SecretStringTemplate;
    const [, user] = /"username":"([^"]*)"/.exec(environment.text(template)) ?? [];
    const wanted = migrates(each) ? 'migrate_' : 'app_';
    return user === undefined || user.startsWith(wanted)
      ? []
      : [fault(each, 'Secrets', `the login ${user}`, `a login ${wanted}…`)];
  });
  const owners = new Set(apps.filter(migrates).map(loginOf));
  const users = new Set(apps.filter((each) => !migrates(each)).map(loginOf));
  const shared = apps
    .filter((each) => (migrates(each) ? users : owners).has(loginOf(each)))
    .map((each) => fault(each, 'Secrets', 'one login for migrations and the app', 'a login of each'));
  return [...named, ...shared];
}
