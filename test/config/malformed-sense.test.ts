import { shown } from '../../lib/config/mistakes/mistake';
import type { Mistake } from '../../lib/config/parse';
import { mistakesIn, prodWith } from '../support/configuration';

type Malformed = readonly [name: string, file: unknown, mistakes: readonly string[]];

const files: readonly Malformed[] = [
  [
    'secrets in plain text',
    prodWith({
      'app.variables': {
        SMTP_PASSWORD: 'correct-horse-battery',
        STRIPE: 'sk_live_' + '4eC39HqLyjWDarjtT1zdp7dc',
        BLOB: 'dZlitGXRwFyM-_FgM7gBWPIhnOsxUmAJNOnbjB4b5yM',
        QUEUE: 'amqp://ums:hunter2@mq.example.com',
      },
    }),
    [
      'app.variables.SMTP_PASSWORD | (hidden, it looks like a secret) | no secret in plain text: name it under app.secrets and store its value in the secret…',
      'app.variables.STRIPE | (hidden, it looks like a secret) | no secret in plain text: name it under app.secrets and store its value in the secret store',
      'app.variables.BLOB | (hidden, it looks like a secret) | no secret in plain text: name it under app.secrets and store its value in the secret store',
      'app.variables.QUEUE | (hidden, it looks like a secret) | no secret in plain text: name it under app.secrets and store its value in the secret store',
    ],
  ],
  [
    "the laptop's settings",
    prodWith({
      'app.logLevel': 'DEBUG',
      'app.variables': {
        SQLALCHEMY_ECHO: '1',
        APP_SETTINGS: 'config.DevelopmentConfig',
        DATABASE_URL: 'sqlite:///dev.db',
        LIMITER_STORAGE: 'redis://localhost:6379',
        UPLOADS: 'change-me',
      },
    }),
    [
      "app.logLevel | 'DEBUG' | INFO, WARNING or ERROR in production: DEBUG logs personal data",
      "app.variables.SQLALCHEMY_ECHO | '1' | SQLALCHEMY_ECHO off or absent in production",
      "app.variables.APP_SETTINGS | 'config.DevelopmentConfig' | production's own settings, not those of another environment",
      "app.variables.DATABASE_URL | 'sqlite:///dev.db' | no SQLite: the container's disk is read-only and each copy would have data of its own",
      "app.variables.LIMITER_STORAGE | 'redis://localhost:6379' | no address of this machine: nothing else runs beside the app",
      "app.variables.UPLOADS | 'change-me' | a real value: this one stands for a value that nobody filled in",
    ],
  ],
  [
    'settings that the kit sets',
    prodWith({
      'app.variables': { FLASK_DEBUG: '0', PGHOST: 'db', SECRET_KEY: 'x' },
      'app.secrets': [{ name: 'JWT_SECRET_KEY', purpose: 'Ours' }],
    }),
    [
      "app.variables.FLASK_DEBUG | '0' | no FLASK_DEBUG here: the kit sets it from the rest of this file",
      "app.variables.PGHOST | 'db' | no PGHOST here: the kit sets it from the rest of this file",
      'app.variables.SECRET_KEY | (hidden, it looks like a secret) | no SECRET_KEY here: the kit sets it from the rest of this file',
      "app.secrets[0].name | 'JWT_SECRET_KEY' | no JWT_SECRET_KEY here: the kit sets it from the rest of this file",
    ],
  ],
  [
    'settings that nobody provides',
    prodWith({
      cache: { enabled: false, reason: 'Sessions are kept in signed cookies' },
      'app.requiredSettings': ['SECRET_KEY', 'REDIS_URL', 'MAIL_SERVER', 'SENTRY_DSN'],
    }),
    [
      "app.requiredSettings[1] | 'REDIS_URL' | a setting that the app gets: add REDIS_URL to app.variables, or to app.secrets when it is a secret; REDIS_… c…",
      "app.requiredSettings[2] | 'MAIL_SERVER' | a setting that the app gets: add MAIL_SERVER to app.variables, or to app.secrets when it is a secret; MAIL_…",
      "app.requiredSettings[3] | 'SENTRY_DSN' | a setting that the app gets: add SENTRY_DSN to app.variables, or to app.secrets when it is a secret",
    ],
  ],
  [
    'processes',
    prodWith({
      processes: {
        workers: [
          { name: 'Mailer', command: 'celery worker' },
          { name: 'jobs', command: ['celery'], cpu: 512, memory: 512 },
        ],
        scheduled: [
          { name: 'jobs', command: ['x'], schedule: 'every day' },
          { name: 'nightly', command: ['x'], schedule: 'cron(0 3 * * * *)' },
        ],
      },
    }),
    [
      "processes.workers[0].name | 'Mailer' | up to 24 lower-case letters and digits, with single hyphens between them",
      "processes.workers[0].command | 'celery worker' | a command as a list of words",
      "processes.scheduled[0].schedule | 'every day' | rate(…) or cron(…) with six fields, in UTC",
      'processes.workers[1].memory | 512 | 1024 to 4096 MiB in steps of 1024, which is what Fargate sells with 512 CPU units',
      "processes.scheduled[0].name | 'jobs' | another name than 'jobs', which stands above already",
      "processes.scheduled[1].schedule | 'cron(0 3 * * * *)' | a cron with '?' for either day of month or day of week, so that one of them decides",
    ],
  ],
  [
    'an upside-down ladder',
    prodWith({
      limits: {
        loadBalancerSeconds: 30,
        proxySeconds: 60,
        workerSeconds: 60,
        statementSeconds: 90,
        gracefulStopSeconds: 90,
        deregistrationSeconds: 30,
      },
    }),
    [
      'limits.proxySeconds | 60 | less than limits.loadBalancerSeconds (30 s), else the load balancer gives up before the proxy can say what happened',
      'limits.workerSeconds | 60 | less than limits.proxySeconds (60 s), else the proxy gives up before the worker can say what happened',
      'limits.statementSeconds | 90 | less than limits.workerSeconds (60 s), else the worker gives up before the statement can say what happened',
      'limits.deregistrationSeconds | 30 | at least limits.gracefulStopSeconds (90 s), else requests in flight are cut off',
    ],
  ],
  [
    'values that do not fit each other',
    prodWith({
      backupRegion: 'us-east-1',
      'app.copies': { min: 8, max: 4 },
      'app.memory': 1024,
      'database.storageGiB': 100,
      'database.maxStorageGiB': 105,
      'domain.name': 'ums.example.org',
    }),
    [
      "backupRegion | 'us-east-1' | another region than region (us-east-1), so that losing one loses no data",
      'app.copies.max | 4 | at least app.copies.min (8)',
      'app.memory | 1024 | 2048 to 8192 MiB in steps of 1024, which is what Fargate sells with 1024 CPU units',
      "domain.name | 'ums.example.org' | example.com or a name below it, since that is the hosted zone",
      'database.maxStorageGiB | 105 | at least 110 GiB, a tenth more than database.storageGiB: RDS refuses less',
    ],
  ],
  [
    'exceptions',
    prodWith({
      exceptions: [
        { finding: 'AwsSolutions-S1', reason: 'later', owner: 'me', expires: 'next year', resource: 'prod' },
        { finding: 'AwsSolutions-S1' },
      ],
    }),
    [
      "exceptions[0].reason | 'later' | a sentence of at least 12 characters",
      "exceptions[0].owner | 'me' | a person or team that can be reached",
      "exceptions[0].expires | 'next year' | the last day that it holds, as YYYY-MM-DD",
      'exceptions[1].reason | nothing | a sentence of at least 12 characters',
      'exceptions[1].owner | nothing | a person or team that can be reached',
      'exceptions[1].expires | nothing | the last day that it holds, as YYYY-MM-DD',
      'exceptions[1].resource | nothing | the construct path that the refusal prints',
    ],
  ],
  [
    'shape and sense at once',
    prodWith({
      'app.cpu': 1000,
      'limits.proxySeconds': 90,
      'contacts.critical': 'oncall@example.com',
      region: 'us-west-2',
    }),
    [
      'app.cpu | 1000 | 256, 512, 1024, 2048, 4096 or 8192 CPU units (1024 are one vCPU)',
      "contacts.critical | 'oncall@example.com' | a list of one or more e-mail addresses",
      "backupRegion | 'us-west-2' | another region than region (us-west-2), so that losing one loses no data",
      'limits.proxySeconds | 90 | less than limits.loadBalancerSeconds (75 s), else the load balancer gives up before the proxy can say what happened',
    ],
  ],
];

const MOST = 150;
const line = ({ path, value, expected }: Mistake): string => {
  const text = `${path || 'the file'} | ${shown(value)} | ${expected}`;
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
};

describe('files whose fields do not make sense together', () => {
  it.each(files)('%s: tells every mistake at once', (_name, file, mistakes) => {
    expect(mistakesIn(file).map(line)).toEqual(mistakes);
  });

  it.each(files)('%s: gives an example for each', (_name, file) => {
    for (const { example } of mistakesIn(file)) expect(example).toBeDefined();
  });
});
