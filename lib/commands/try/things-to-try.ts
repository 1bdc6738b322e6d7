import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_APP } from './flask';
import type { Trial } from './trial';

/** A command to type into a shell, and what must come of it. */
export interface Thing {
  readonly shows: string;
  readonly command: string;
  /** In words. */
  readonly expected: string;
  /** Whether this output is what was expected. */
  readonly judge: (output: string) => boolean;
}

/** Where a request under the environment's name, but no page of an app, is sent. */
const ABSENT = 'breakwater-trial-absent';
const FOREIGN = 'https://stranger.example.com';
/** A documentation address: nobody's. */
const FORGED = '198.51.100.1';

/** What can be tried with this environment and this app, harmless things first: limits stay used up for a minute. */
export function thingsToTry(trial: Trial): readonly Thing[] {
  return [
    ...answers(trial),
    ...refusals(trial),
    ...crossOrigin(trial),
    ...(trial.sample ? sampleOnly(trial) : []),
    ...limits(trial),
  ];
}

const curl = ({ curlFile }: Trial, ...words: string[]): string => ['curl', '-K', curlFile, ...words].join(' ');
const at = ({ nginx }: Trial, path: string): string => `${nginx.url}${path}`;

/** Statuses of all answers in the output, in order. */
const statuses = (output: string): number[] =>
  [...output.matchAll(/^HTTP\/\S+ (\d{3})/gm)].map(([, code]) => Number(code));
const answered = (status: number) => (output: string) => statuses(output).at(-1) === status;
const header = (output: string, name: string): string | undefined =>
  new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(output)?.[1];

const HEADERS = {
  'strict-transport-security': /^max-age=\d{8,}/,
  'content-security-policy': /default-src 'self'/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /./,
  'permissions-policy': /./,
} as const;

const hasSecurityHeaders = (output: string): boolean =>
  Object.entries(HEADERS).every(([name, value]) => value.test(header(output, name) ?? ''));

function answers(trial: Trial): Thing[] {
  const { health } = trial.environment.app;
  return [
    {
      shows: 'security headers of every answer',
      command: curl(trial, '-i', at(trial, '/')),
      expected: 'HSTS, CSP, nosniff, frame, referrer and permissions headers; no version of nginx',
      judge: (output) => statuses(output).length > 0 && hasSecurityHeaders(output) && !/nginx\/\d/i.test(output),
    },
    {
      shows: 'the same of an error',
      command: curl(trial, '-i', at(trial, `/${ABSENT}/.git/config`)),
      expected: '404 with the same headers',
      judge: (output) => answered(404)(output) && hasSecurityHeaders(output),
    },
    {
      shows: 'readiness of the app',
      command: curl(trial, '-i', at(trial, health.readiness)),
      expected: '200, or 503 while it is not ready',
      judge: (output) => [200, 503].includes(statuses(output).at(-1) ?? 0),
    },
  ];
}

function refusals(trial: Trial): Thing[] {
  const { adminPaths } = trial.environment.app;
  const { bodyKiB } = trial.environment.limits;
  const refused = (shows: string, status: number, ...words: string[]): Thing => ({
    shows,
    command: curl(trial, '-i', ...words),
    expected: String(status),
    judge: answered(status),
  });
  return [
    refused('deployment debris', 404, at(trial, '/.env')),
    refused('the same, encoded', 404, '--path-as-is', at(trial, '//%2egit/HEAD')),
    refused('a way out of the folder', 400, '--path-as-is', at(trial, '/static/..%2f..%2fetc/passwd')),
    refused('another host name', 421, '-H', "'Host: stranger.example.com'", at(trial, '/')),
    ...adminPaths
      .slice(0, 1)
      .map((path) => refused('an admin path, from outside the admin networks', 403, at(trial, path))),
    {
      shows: 'a body over the limit',
      command: `head -c ${bodyKiB * 1024 + 1} /dev/zero | ${curl(trial, '-i', '--data-binary', '@-', at(trial, '/'))}`,
      expected: '413',
      judge: answered(413),
    },
  ];
}

function crossOrigin(trial: Trial): Thing[] {
  const { apiPaths, corsOrigins } = trial.environment.app;
  const [path] = apiPaths;
  const [origin] = corsOrigins;
  if (path === undefined || origin === undefined) return [];
  const preflight = (from: string) =>
    curl(
      trial,
      '-i',
      ...['-X', 'OPTIONS', '-H', `'Origin: ${from}'`, '-H', "'Access-Control-Request-Method: POST'"],
      at(trial, `${path}notes`),
    );
  const ALLOWED = 'access-control-allow-origin';
  return [
    {
      shows: 'CORS preflight of a named origin',
      command: preflight(origin),
      expected: `Access-Control-Allow-Origin: ${origin}`,
      judge: (output) => header(output, ALLOWED) === origin,
    },
    {
      shows: 'CORS preflight of a stranger',
      command: preflight(FOREIGN),
      expected: 'no Access-Control-Allow-Origin',
      judge: (output) => statuses(output).length > 0 && header(output, ALLOWED) === undefined,
    },
  ];
}

function sampleOnly(trial: Trial): Thing[] {
  const { app } = trial.environment;
  const api = app.apiPaths[0] ?? '/api/';
  const files = app.staticFiles[0]?.path ?? '/static/';
  const stylesheet = readdirSync(join(SAMPLE_APP, 'sample_app', 'static')).find((name) => name.endsWith('.css'));
  return [
    {
      shows: 'a cookie that the app set without attributes',
      command: curl(trial, '-i', at(trial, '/')),
      expected: 'Set-Cookie: visited=1 with Secure, HttpOnly and SameSite=Lax',
      judge: (output) =>
        [/;\s*secure/i, /;\s*httponly/i, /;\s*samesite=lax/i].every((attribute) =>
          attribute.test(/^set-cookie: *(visited=.*)$/im.exec(output)?.[1] ?? ''),
        ),
    },
    {
      shows: 'a forged client address',
      command: curl(trial, '-H', `'X-Forwarded-For: ${FORGED}'`, at(trial, `${api}whoami`)),
      expected: '"client": "127.0.0.1"',
      judge: (output) => /"client": "127\.0\.0\.1"/.test(output) && !output.includes(FORGED),
    },
    {
      shows: 'a file with a fingerprint',
      command: curl(trial, '-i', at(trial, `${files.replace(/\/$/, '')}/${stylesheet}`)),
      expected: 'Cache-Control with a year and immutable',
      judge: (output) =>
        answered(200)(output) && /max-age=31536000.*immutable/.test(header(output, 'cache-control') ?? ''),
    },
    {
      shows: 'an error of the API',
      command: curl(trial, '-i', at(trial, `${api}${ABSENT}`)),
      expected: '404 as JSON',
      judge: (output) => answered(404)(output) && /json/.test(header(output, 'content-type') ?? ''),
    },
    {
      shows: 'a failure in the app',
      command: curl(trial, '-i', at(trial, '/fail')),
      expected: '500 with nothing internal; the trace is in the log',
      judge: (output) => answered(500)(output) && !/traceback|RuntimeError/i.test(output),
    },
  ];
}

function limits(trial: Trial): Thing[] {
  const { app, limits: quotas } = trial.environment;
  const [login] = app.loginPaths;
  const [api] = app.apiPaths;
  return [
    ...(login === undefined ? [] : [limited(trial, 'the login limit', quotas.loginsPerMinute, login)]),
    ...(api === undefined ? [] : [limited(trial, 'the limit of API writes', quotas.writesPerMinute, `${api}notes`)]),
  ];
}

function limited(trial: Trial, shows: string, quota: number, path: string): Thing {
  const times = Array.from({ length: quota + 1 }, (_, index) => index + 1).join(' ');
  const call = curl(trial, '-i', '-d', 'x=1', at(trial, path));
  return {
    shows,
    command: `for i in ${times}; do ${call} | grep -iE '^(HTTP|Retry-After|RateLimit)'; done`,
    expected: `${quota} answers of the app, then 429 with Retry-After and RateLimit`,
    judge: (output) => {
      const codes = statuses(output);
      const within = codes.slice(0, quota);
      const told = header(output, 'retry-after') !== undefined && header(output, 'ratelimit') !== undefined;
      return codes.length === quota + 1 && !within.includes(429) && codes.at(-1) === 429 && told;
    },
  };
}
