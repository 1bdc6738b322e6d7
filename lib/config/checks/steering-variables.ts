import { eachOf } from '../mistakes/guarded';
import { kitSettings } from '../provided-settings';
import type { Check } from './check';

/** A variable that steers what stands around the app, why that is refused, and with which values. */
interface Steering {
  readonly name: RegExp;
  readonly because: string;
  /** Values that are refused. @default - every value */
  readonly value?: RegExp;
}

const OFF = /^\s*(0|no|off|false|none|)\s*$/i;

/** The control app-settings has the same table for what is rendered; a test compares the two. */
export const steering: readonly Steering[] = [
  { name: /^PG/i, because: 'libpq takes the database and its verification from it' },
  { name: /^LD_/i, because: 'the loader takes foreign code from it' },
  {
    name: /^(PATH|BASH_ENV|GCONV_PATH|LOCPATH|NLSPATH|GLIBC_TUNABLES|NODE_PATH)$/i,
    because: 'programs, libraries or scripts would be taken from another folder',
  },
  { name: /^ENV$/i, because: 'a shell runs the file that it names', value: /\// },
  { name: /^OPENSSL_/i, because: 'OpenSSL takes modules and settings from it' },
  { name: /^(HOSTALIASES|LOCALDOMAIN|RES_OPTIONS)$/i, because: 'names of hosts would lead elsewhere' },
  { name: /^PYTHON(?!BREAKPOINT$)/i, because: 'Python takes foreign code or another mode from it' },
  { name: /^PYTHONBREAKPOINT$/i, because: 'a breakpoint opens a debugger', value: /^(?!0?$)/ },
  {
    name: /^(GUNICORN_|WEB_CONCURRENCY$|FORWARDED_ALLOW_IPS$)/i,
    because: 'gunicorn takes workers, flags and trusted addresses from it; app.workers and app.threads are yours',
  },
  { name: /_PROXY$/i, because: 'outgoing requests would pass somebody else' },
  { name: /(_CA_BUNDLE$|^SSL_CERT_|^SSLKEYLOGFILE$)/i, because: 'TLS would trust others, or tell its keys' },
  { name: /^AWS_/i, because: 'the AWS SDK would act as somebody else or elsewhere; the task has a role' },
  { name: /^NODE_OPTIONS$/i, because: 'Node.js takes foreign code from it' },
  {
    name: /^OAUTHLIB_(INSECURE_TRANSPORT|RELAX_TOKEN_SCOPE)$/i,
    because: 'logins would cross the network in clear text or widen their scope',
    value: /^(?!\s*$)/,
  },
  { name: /CSRF/i, because: 'forms would be accepted from foreign pages', value: OFF },
  { name: /COOKIE_(SECURE|HTTPONLY)$/i, because: 'cookies could be read on the way or by scripts', value: OFF },
  { name: /CORS.*ORIGINS?/i, because: 'every page could call the API; name origins in app.corsOrigins', value: /\*/ },
];

/** The first entry that refuses a setting; a secret's value is not known, so its name alone decides. */
export const steeringOf = (setting: string, given?: string): Steering | undefined =>
  steering.find(({ name, value }) => name.test(setting) && (!value || (given !== undefined && value.test(given))));

/** Variables are the app's own settings; what runs, protects and connects it is set by the kit (rows C06 and D02). */
export const steeringVariables: Check = (environment) => {
  const { app } = environment;
  const own = new Set(kitSettings(environment));
  return [
    ...eachOf(Object.keys(app.variables), (name) =>
      refused(name, ['app', 'variables', name], own, String(app.variables[name])),
    ),
    ...eachOf(app.secrets, ({ name }, index) => refused(name, ['app', 'secrets', index, 'name'], own)),
  ];
};

function refused(name: string, path: readonly PropertyKey[], own: ReadonlySet<string>, value?: string) {
  // What the kit sets is refused by its own check.
  const found = own.has(name) ? undefined : steeringOf(name, value);
  return found
    ? [
        {
          path,
          expected: `no ${name}${found.value ? ` with this value` : ''}: ${found.because}`,
          example: value === undefined ? 'SENTRY_DSN' : { LOG_FORMAT: 'json' },
        },
      ]
    : [];
}
