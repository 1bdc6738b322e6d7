import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import {
  type Container,
  containersOf,
  fault,
  hasRole,
  plainSettings,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import { safeSettings, soundSettings } from '../rules/compute/safe-settings';
import { steers } from '../rules/compute/steering-settings';
import { asObject, type EnvironmentView, type Json } from '../view';

/** Where the database is, which app-database judges, and the login there; libpq's other variables would lead elsewhere. */
const PLACE = ['PGHOST', 'PGPORT', 'PGDATABASE'];
const LOGIN = ['PGUSER', 'PGPASSWORD'];
const CACHE = 'AWS::ElastiCache::ReplicationGroup';

/** Settings that only say how much is shown when something fails; a value that switches it on is refused. */
const SHOWS_INTERNALS = /^(.*_)?(DEBUG|TESTING|EXPLAIN_TEMPLATE_LOADING|PROPAGATE_EXCEPTIONS|DEVELOPMENT)$/;
const ON = /^(1|true|yes|on)$/i;

const MAIL = {
  MAIL_SERVER: 'smtp.example.com',
  MAIL_PORT: '587',
  MAIL_USE_TLS: '1',
  MAIL_USE_SSL: '0',
  MAIL_TIMEOUT: '10',
  MAIL_DEFAULT_SENDER: 'app@example.com',
};
const MAIL_SECRETS = ['SECRET_KEY', 'JWT_SECRET_KEY', 'MAIL_USERNAME', 'MAIL_PASSWORD'];
const app = (changes: Readonly<Record<string, Json | undefined>>, secrets = ['SECRET_KEY', 'JWT_SECRET_KEY']) => ({
  Task: sampleTask([
    sampleContainer('volumes'),
    sampleContainer('app', {
      Environment: Object.entries({ ...soundSettings, ...changes }).flatMap(([Name, Value]) =>
        Value === undefined ? [] : [{ Name, Value }],
      ),
      Secrets: secrets.map((Name) => ({ Name, ValueFrom: 'arn' })),
    }),
  ]),
});

export const control: RuleControl = {
  id: 'app-settings',
  title: 'The app runs with production settings: no debugger, secure cookies, a verified database, named origins',
  holds: [
    'C06/enforce',
    'C08/enforce',
    'C12/enforce',
    'C13/enforce',
    'C15/enforce',
    'D02/enforce',
    'E04/enforce',
    'E07/enforce',
    'E08/enforce',
  ],
  tiers: everyTier,
  why: 'One variable turns a guarded app into one that shows its source, sends its cookies in clear text, or believes any database server.',
  remedy:
    'Leave these settings to the kit; choose what is yours in the environment’s file (app.logLevel, app.pool, app.corsOrigins).',
  protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.Environment'] }],
  check: (environment) =>
    containersOf(environment).flatMap((container) =>
      hasRole('app')(container)
        ? [
            ...settingFaults(container, environment),
            ...requiredFaults(container),
            ...cacheFaults(container, environment),
            ...mailFaults(container),
          ]
        : foreignSettings(container),
    ),
  fixtures: {
    pass: [
      fixture('production settings', app({})),
      fixture('another driver', app({ DATABASE_URL: 'postgresql+psycopg://' })),
      fixture('mail over TLS', app(MAIL, MAIL_SECRETS)),
      fixture('a cache over TLS', {
        Cache: { Type: CACHE },
        ...app({ REDIS_HOST: { Ref: 'Cache' }, REDIS_PORT: '6379', REDIS_TLS: '1' }, [
          'SECRET_KEY',
          'JWT_SECRET_KEY',
          'REDIS_PASSWORD',
        ]),
      }),
    ],
    refuse: [
      fixture('debug on', app({ FLASK_DEBUG: '1' })),
      fixture("debug on by another framework's name", app({ DJANGO_DEBUG: 'True' })),
      ...Object.entries({
        PGOPTIONS: '-c statement_timeout=0',
        LD_PRELOAD: '/tmp/x.so',
        PYTHONPATH: '/tmp',
        PYTHONBREAKPOINT: 'ipdb.set_trace',
        GUNICORN_CMD_ARGS: '--reload',
        WEB_CONCURRENCY: '50',
        FORWARDED_ALLOW_IPS: '*',
        https_proxy: 'http://proxy.example.com',
        REQUESTS_CA_BUNDLE: '/tmp/ca.pem',
        SSL_CERT_FILE: '/tmp/ca.pem',
        AWS_ENDPOINT_URL: 'https://aws.example.com',
        NODE_OPTIONS: '--inspect',
        WTF_CSRF_ENABLED: 'False',
        CORS_ORIGINS: '*',
        REMEMBER_COOKIE_SECURE: '0',
        OAUTHLIB_INSECURE_TRANSPORT: '1',
      }).map(([name, value]) => fixture(`steered by ${name}`, app({ [name]: value }))),
      fixture('a database by a secret', app({}, ['SECRET_KEY', 'JWT_SECRET_KEY', 'PGHOST'])),
      fixture('steered by a secret', app({}, ['SECRET_KEY', 'JWT_SECRET_KEY', 'LD_PRELOAD'])),
      fixture('development mode', app({ FLASK_ENV: 'development' })),
      fixture('the settings of another tier', app({ APP_ENV: 'staging' })),
      fixture('talkative in production', app({ LOG_LEVEL: 'DEBUG' })),
      fixture('cookies over plain HTTP', app({ SESSION_COOKIE_SECURE: '0' })),
      fixture('cookies for scripts', app({ SESSION_COOKIE_HTTPONLY: undefined })),
      fixture('links over plain HTTP', app({ PREFERRED_URL_SCHEME: 'http' })),
      fixture('every origin', app({ ALLOWED_ORIGINS: '*' })),
      fixture('an origin over plain HTTP', app({ ALLOWED_ORIGINS: 'http://portal.example.com' })),
      fixture('an unverified database', app({ PGSSLMODE: 'require' })),
      fixture('other authorities', app({ PGSSLROOTCERT: '/tmp/rds.pem' })),
      fixture('SQLite', app({ DATABASE_URL: 'sqlite:///app.db' })),
      fixture('a password in the address', app({ DATABASE_URL: 'postgresql://app:pw@db.example/app' })),
      fixture('a pool beyond the ceiling', app({ SQLALCHEMY_POOL_SIZE: '50' })),
      fixture('stale connections', app({ SQLALCHEMY_POOL_PRE_PING: '0' })),
      fixture('a required setting that nobody gives', app({ REQUIRED_SETTINGS: 'SECRET_KEY,STRIPE_KEY' })),
      fixture('a cache without TLS', {
        Cache: { Type: CACHE },
        ...app({ REDIS_HOST: { Ref: 'Cache' }, REDIS_TLS: '0' }),
      }),
      fixture('mail in clear text', {
        Task: sampleTask([
          sampleContainer('app', {
            Environment: Object.entries({ ...soundSettings, ...MAIL, MAIL_USE_TLS: '0' }).map(([Name, Value]) => ({
              Name,
              Value,
            })),
            Secrets: MAIL_SECRETS.map((Name) => ({ Name, ValueFrom: 'arn' })),
          }),
        ]),
      }),
      fixture('nothing required', app({ REQUIRED_SETTINGS: undefined })),
      fixture('a setting twice', {
        Task: sampleTask([
          sampleContainer('app', {
            Environment: [...Object.entries(soundSettings), ['FLASK_DEBUG', '0'] as const].map(([Name, Value]) => ({
              Name,
              Value,
            })),
            Secrets: ['SECRET_KEY', 'JWT_SECRET_KEY'].map((Name) => ({ Name, ValueFrom: 'arn' })),
          }),
        ]),
      }),
      fixture('settings for a helper', {
        Task: sampleTask([sampleContainer('volumes', { Environment: [{ Name: 'LD_PRELOAD', Value: '/tmp/x.so' }] })]),
      }),
    ],
  },
};

function settingFaults(container: Container, environment: EnvironmentView): Finding[] {
  const given = plainSettings(container);
  const names = namesIn(container, 'Environment');
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const wrong = Object.entries(safeSettings).filter(([name, value]) => {
    const pattern = typeof value === 'function' ? value(environment.tier) : value;
    return !(typeof given[name] === 'string' && pattern.test(given[name]));
  });
  const shows = Object.entries(given).filter(([name, value]) => SHOWS_INTERNALS.test(name) && ON.test(String(value)));
  const steered = [
    ...Object.entries(given).filter(
      ([name, value]) => !(name in safeSettings) && !PLACE.includes(name) && steers(name, String(value)),
    ),
    ...namesIn(container, 'Secrets')
      .filter((name) => !LOGIN.includes(name) && steers(name))
      .map((name) => [name, 'a secret'] as const),
  ];
  return [
    ...steered.map(([name, value]) =>
      fault(container, 'Environment', `${name} ${shown(value)}`, 'only what steers nothing around the app'),
    ),
    ...wrong.map(([name]) =>
      fault(container, 'Environment', `${name} ${shown(given[name])}`, `the kit’s value of ${name}`),
    ),
    ...shows.map(([name, value]) => fault(container, 'Environment', `${name} ${shown(value)}`, 'nothing switched on')),
    ...twice.map((name) => fault(container, 'Environment', `${name} twice`, 'each setting once')),
  ];
}

/** What the app needs stands there, as a variable or a secret. */
function requiredFaults(container: Container): Finding[] {
  const required = String(plainSettings(container).REQUIRED_SETTINGS ?? '')
    .split(',')
    .filter((name) => name !== '');
  // REDIS_URL is put together when the container starts.
  const given = new Set([...namesIn(container, 'Environment'), ...namesIn(container, 'Secrets'), 'REDIS_URL']);
  return required
    .filter((name) => !given.has(name))
    .map((name) => fault(container, 'Environment', `no ${name}, which the app requires`, 'a variable or a secret'));
}

/** Where there is a cache, the app knows it by reference and speaks TLS with it. */
function cacheFaults(container: Container, environment: EnvironmentView): Finding[] {
  if (environment.ofType(CACHE).length === 0) return [];
  const given = plainSettings(container);
  const cache = environment.target(given.REDIS_HOST, container.task);
  const right =
    cache?.type === CACHE &&
    String(given.REDIS_PORT) === String(cache.properties.Port ?? 6379) &&
    given.REDIS_TLS === '1' &&
    hasPassword(container);
  return right
    ? []
    : [
        fault(
          container,
          'Environment',
          `REDIS_HOST ${shown(given.REDIS_HOST)}, REDIS_PORT ${shown(given.REDIS_PORT)}, REDIS_TLS ${shown(given.REDIS_TLS)}`,
          'the cache of this environment over TLS, with its password as a secret',
        ),
      ];
}

/** Mail goes out over TLS, by a login whose password is a secret, and never keeps a request waiting. */
function mailFaults(container: Container): Finding[] {
  const given = plainSettings(container);
  const names = [...namesIn(container, 'Environment'), ...namesIn(container, 'Secrets')];
  if (!names.some((name) => name.startsWith('MAIL_'))) return [];
  const secrets = namesIn(container, 'Secrets');
  const [startTls, tls] = [given.MAIL_USE_TLS, given.MAIL_USE_SSL];
  const submission = /^(587|2587)$/.test(String(given.MAIL_PORT));
  const right =
    /^[a-z0-9.-]+$/.test(String(given.MAIL_SERVER)) &&
    (submission
      ? startTls === '1' && tls === '0'
      : /^(465|2465)$/.test(String(given.MAIL_PORT)) && startTls === '0' && tls === '1') &&
    /^([1-9]|[12]\d|30)$/.test(String(given.MAIL_TIMEOUT)) &&
    /^[^\s@]+@[^\s@]+$/.test(String(given.MAIL_DEFAULT_SENDER)) &&
    ['MAIL_USERNAME', 'MAIL_PASSWORD'].every((name) => secrets.includes(name));
  return right
    ? []
    : [
        fault(
          container,
          'Environment',
          `mail by ${shown(given.MAIL_SERVER)}`,
          'server, TLS, time-out, and a login as a secret',
        ),
      ];
}

const hasPassword = (container: Container): boolean => namesIn(container, 'Secrets').includes('REDIS_PASSWORD');

/** The proxy and the containers that end before it are configured by their images. */
function foreignSettings(container: Container): Finding[] {
  const names = [...namesIn(container, 'Environment'), ...namesIn(container, 'Secrets')];
  return names.length === 0 ? [] : [fault(container, 'Environment', names.join(', '), 'no settings')];
}

const namesIn = ({ body }: Container, list: 'Environment' | 'Secrets'): readonly string[] =>
  ((body[list] ?? []) as readonly Json[]).map((each) => String(asObject(each).Name));
