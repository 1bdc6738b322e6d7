import { z } from 'zod';
import {
  command,
  emailAddress,
  expecting,
  hostName,
  pattern,
  some,
  type Tier,
  text,
  unique,
  urlPath,
  variableName,
  whole,
} from './fields';

const TASK_MEMORY_EXAMPLE = 2048;

/** Fargate's CPU units: 1024 are one vCPU. */
export const cpuUnits = expecting(
  z.union([z.literal(256), z.literal(512), z.literal(1024), z.literal(2048), z.literal(4096), z.literal(8192)]),
  '256, 512, 1024, 2048, 4096 or 8192 CPU units (1024 are one vCPU)',
  1024,
);

export const memoryMiB = whole(512, 61_440, 'MiB', TASK_MEMORY_EXAMPLE);

const image = expecting(
  z.union([
    z.strictObject({
      /** ECR repository in the environment's account and region. */
      repository: pattern(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, 'an ECR repository name', 'ums/web'),
      /** What runs, by content: a tag can be moved, a digest can't. */
      digest: pattern(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 hexadecimal digits', `sha256:${'0'.repeat(64)}`),
    }),
    z.strictObject({
      /** Folder with a Dockerfile, relative to the project; built and pushed by `cdk deploy`. */
      dockerfile: pattern(
        /^(?!\/)(?!.*(^|\/)\.\.(\/|$))[A-Za-z0-9/_. -]{1,200}$/,
        'a folder inside the project, without a leading slash',
        'app',
      ),
    }),
  ]),
  '{ repository, digest } or { dockerfile: folder }',
  { repository: 'ums/web', digest: `sha256:${'0'.repeat(64)}` },
);

const variableValue = expecting(z.string().max(2048), 'text in quotes, at most 2048 characters', 'json');

const staticFiles = z.strictObject({
  /** URL prefix that the proxy answers from disk. */
  path: urlPath('/static/'),
  /** Folder in the image; copied to the proxy when a task starts. */
  folder: pattern(/^\/(?!.*\.\.)[A-Za-z0-9/_.-]{1,200}$/, 'an absolute folder in the image', '/app/static'),
});

const mail = z.strictObject({
  /** SMTP server. */
  host: hostName('email-smtp.us-east-1.amazonaws.com'),
  /** SMTP port: STARTTLS on 587 or TLS on 465. */
  port: expecting(
    z.union([z.literal(587), z.literal(465), z.literal(2587), z.literal(2465)]),
    '587, 465, 2587 or 2465',
    587,
  ).default(587),
  /** Sender address. */
  from: emailAddress,
  /** Seconds after which the app gives up on the server. */
  timeoutSeconds: whole(1, 30, 'seconds', 10).default(10),
});

const thirdPartySecret = z.strictObject({
  /** The variable in which the app finds it. */
  name: variableName('SENTRY_DSN'),
  /** Whose it is and what it opens: read during an incident. */
  purpose: text(4, 200, 'whose key it is and what it opens', 'Sentry: sends error reports'),
  /** Days after which an unrotated value raises an alarm. */
  rotateDays: whole(1, 365, 'days', 90).default(90),
});

/** Directives of the Content-Security-Policy that may be widened, each by naming sources. */
const cspDirectives = [
  'script-src',
  'style-src',
  'img-src',
  'font-src',
  'connect-src',
  'media-src',
  'frame-src',
  'form-action',
  'worker-src',
  'manifest-src',
] as const;
const cspDirective = expecting(z.enum(cspDirectives), `one of ${cspDirectives.join(', ')}`, 'img-src');
const cspSource = pattern(
  /^('self'|'none'|'nonce'|data:|blob:|'sha(256|384|512)-[A-Za-z0-9+/=]+'|https:\/\/(\*\.)?[a-z0-9.-]+(:\d+)?)$/,
  "'self', 'none', 'nonce', data:, blob:, a hash or an https:// origin",
  'https://images.example.com',
);

export const origin = pattern(
  /^https:\/\/([a-z0-9-]+\.)+[a-z]{2,}(:\d{1,5})?$/,
  'an https:// origin without a path',
  'https://portal.example.com',
);

export const app = (tier: Tier) =>
  z.strictObject({
    /** The application's name: part of every physical name, so that two applications can share an account. */
    name: pattern(
      /^(?!.*--)[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
      '2 to 20 lower-case letters and digits, with single hyphens between them',
      'ums',
    ),
    /** What to run. */
    image,
    /** WSGI entry point that gunicorn loads. */
    wsgi: pattern(/^[A-Za-z_][\w.]*:[A-Za-z_]\w*(\(\))?$/, 'module:callable', 'run:app'),
    /** Port on loopback where gunicorn listens; only the proxy in the same task can reach it. */
    port: whole(1024, 65_535, '', 8000).default(8000),
    /** CPU units of one copy (app and proxy together). */
    cpu: cpuUnits.default(tier === 'production' ? 1024 : tier === 'staging' ? 512 : 256),
    /** Memory of one copy (app and proxy together), MiB. */
    memory: memoryMiB.default(tier === 'production' ? 2048 : tier === 'staging' ? 1024 : 512),
    /** How many copies run. @default - production 2 to 6, staging 1 to 3, development 1 */
    copies: z
      .strictObject({
        /** Never fewer; at least 2 in production (row C02). */
        min: whole(1, 100, 'copies', 2),
        /** Never more; the connection budget counts with these. */
        max: whole(1, 200, 'copies', 6),
      })
      .default({ production: { min: 2, max: 6 }, staging: { min: 1, max: 3 }, development: { min: 1, max: 1 } }[tier]),
    /** gunicorn workers of one copy, never more than the default. @default - 2 × vCPU + 1, from the task's CPU (row C01) */
    workers: whole(1, 33, 'workers', 5).optional(),
    /** gunicorn threads of one worker. */
    threads: whole(1, 32, 'threads', 2).default(2),
    /** Health addresses: status only, nothing internal. */
    health: z
      .strictObject({
        /** 503 when the database is down, "degraded" when the cache is. */
        path: urlPath('/health').default('/health'),
        /** Without dependencies: an outage of the database must not restart every copy. */
        liveness: urlPath('/health/liveness').default('/health/liveness'),
        /** Ready to serve: with the database. */
        readiness: urlPath('/health/readiness').default('/health/readiness'),
      })
      .prefault({}),
    /**
     * Login forms and endpoints, one at least; the proxy limits attempts at them by `limits.loginsPerMinute` (row W04). An
     * app that nobody logs in to leaves the default.
     */
    loginPaths: unique(urlPath('/api/auth/login'))
      .refine((paths) => paths.length > 0, { message: 'one path or more: each is limited in its attempts' })
      .default(['/login']),
    /**
     * Prefixes of the API. The proxy limits writes below them by `limits.writesPerMinute` (row W05), answers errors in
     * JSON, and lets `corsOrigins` call them.
     */
    apiPaths: unique(urlPath('/api/')).default(['/api/']),
    /** Prefixes for admins, which the proxy opens to `adminNetworks` alone (row W07). */
    adminPaths: unique(urlPath('/admin/')).default(['/admin/']),
    /** Files that the proxy serves itself. */
    staticFiles: z.array(staticFiles).default([]),
    /** Origins that a browser may call the API from (row E08). */
    corsOrigins: unique(origin).default([]),
    /**
     * Content-Security-Policy is `default-src 'self'`; widen a directive by naming sources (row E06). `'nonce'` admits
     * what carries the nonce that the app's own policy names in the same answer.
     */
    contentSecurityPolicy: z
      .partialRecord(cspDirective, some(cspSource, 'a list of one or more sources', 'https://images.example.com'))
      .default({}),
    /** Plain settings. Secrets are refused here; name them under `secrets`. */
    variables: z.record(variableName('LOG_FORMAT'), variableValue).default({}),
    /** Settings that must be present, as a variable or a secret; a missing one is named (row C12). */
    requiredSettings: unique(variableName('SECRET_KEY')).default([]),
    /** Verbosity of the application's log. */
    logLevel: expecting(z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']), 'DEBUG, INFO, WARNING or ERROR', 'INFO').default(
      tier === 'development' ? 'DEBUG' : 'INFO',
    ),
    /** SQLAlchemy's pool in each worker; the connection budget governs (row C08). */
    pool: z
      .strictObject({
        /** Connections kept open. */
        size: whole(1, 20, 'connections', 5).default(tier === 'production' ? 4 : 2),
        /** Further ones under load. */
        overflow: whole(0, 30, 'connections', 2).default(tier === 'production' ? 2 : 1),
        /** Seconds after which a connection is replaced. */
        recycleSeconds: whole(60, 3600, 'seconds', 3600).default(3600),
      })
      .prefault({}),
    /** Keys of other companies' services that the app needs; their values are set by hand or rotated by a hook. */
    secrets: z.array(thirdPartySecret).default([]),
    /** Outgoing mail. Its credentials are a secret of their own. @default - the app sends no mail */
    mail: mail.optional(),
    /** Command that migrates the database, run as the migration role before a new version takes traffic. */
    migrate: command.default(['flask', 'db', 'upgrade']),
  });
