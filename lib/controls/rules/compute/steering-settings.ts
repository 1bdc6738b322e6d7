/** A variable that steers what stands around the app: the loader, Python, gunicorn, libpq, proxies, trust, AWS. */
interface Steering {
  readonly name: RegExp;
  /** Values that are refused. @default - every value */
  readonly value?: RegExp;
}

const OFF = /^\s*(0|no|off|false|none|)\s*$/i;

/** The configuration has the same table in lib/config/checks/steering-variables.ts; a test compares the two. */
export const steering: readonly Steering[] = [
  { name: /^PG/i },
  { name: /^LD_/i },
  { name: /^(PATH|BASH_ENV|GCONV_PATH|LOCPATH|NLSPATH|GLIBC_TUNABLES|NODE_PATH)$/i },
  { name: /^ENV$/i, value: /\// },
  { name: /^OPENSSL_/i },
  { name: /^(HOSTALIASES|LOCALDOMAIN|RES_OPTIONS)$/i },
  { name: /^PYTHON(?!BREAKPOINT$)/i },
  { name: /^PYTHONBREAKPOINT$/i, value: /^(?!0?$)/ },
  { name: /^(GUNICORN_|WEB_CONCURRENCY$|FORWARDED_ALLOW_IPS$)/i },
  { name: /_PROXY$/i },
  { name: /(_CA_BUNDLE$|^SSL_CERT_|^SSLKEYLOGFILE$)/i },
  { name: /^AWS_/i },
  { name: /^NODE_OPTIONS$/i },
  { name: /^OAUTHLIB_(INSECURE_TRANSPORT|RELAX_TOKEN_SCOPE)$/i, value: /^(?!\s*$)/ },
  { name: /CSRF/i, value: OFF },
  { name: /COOKIE_(SECURE|HTTPONLY)$/i, value: OFF },
  { name: /CORS.*ORIGINS?/i, value: /\*/ },
];

/** Whether a setting steers what is not the app's own. A secret's value is not known, so its name alone decides. */
export const steers = (setting: string, given?: string): boolean =>
  steering.some(({ name, value }) => name.test(setting) && (!value || (given !== undefined && value.test(given))));
