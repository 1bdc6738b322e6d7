import { Hidden, type Path } from './mistake';

const SECRET_WORDS =
  'key|keys|apikey|secret|secrets|password|passwords|passwd|pass|pwd|passcode|passphrase|token|tokens|credential|credentials|dsn|salt|pin';

/** Names that hold secrets wherever they stand: a word at the end decides, as in `SECRET_KEY` or `SMTP_PASSWORD_2`. */
const SECRET_NAME = new RegExp(`(^|_)(${SECRET_WORDS})(_v?\\d+|_base|_old|_new|_fallbacks?)?$`, 'i');
/** The same in camel case: `apiKey`. */
const SECRET_FIELD = /[a-z](Key|Keys|Secret|Secrets|Password|Token|Tokens|Credential|Credentials)$/;

/** Names that end like a secret and hold none: what is published anyway, and settings about secrets. */
const PUBLIC_NAME = /(public|publishable|site|cache|primary|foreign|sort|partition)_?key$/i;

/** Formats that only secrets have. */
const SECRET_FORMAT: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(ghp|gho|ghs|ghu|github_pat|glpat|xox[abprs]|sk_live|sk_test|rk_live|whsec|SG|pypi|npm)[-_.][A-Za-z0-9_.-]{16,}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
  /^[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i,
];

/** Fields whose values look generated and are public. */
const PUBLIC_FIELDS = new Set(['id', 'digest', 'certificateArn']);

const LEAST_LENGTH = 20;
const MOST_ORDINARY_ENTROPY = 3.5;

/** Whether a variable of this name is meant to hold a secret. */
export const namesSecret = (name: string): boolean =>
  (SECRET_NAME.test(name) || SECRET_FIELD.test(name)) && !PUBLIC_NAME.test(name);

/** Whether a value is a secret whatever it is called: a known format. */
export const hasSecretFormat = (value: string): boolean => SECRET_FORMAT.some((format) => format.test(value));

/**
 * Whether a value looks generated: one long word of mixed characters with more than 3.5 bits for each, which
 * English words, paths and host names stay below and 32 random characters exceed.
 */
export function looksGenerated(value: string): boolean {
  const word = /^[A-Za-z0-9_+=-]+$/.test(value) && !/^sha\d+[-:]/.test(value);
  const mixed = /[0-9]/.test(value) && /[A-Za-z]/.test(value);
  return value.length >= LEAST_LENGTH && word && mixed && entropy(value) > MOST_ORDINARY_ENTROPY;
}

/** Bits for each character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / value.length) * Math.log2(n / value.length), 0);
}

/** A value fit to be printed: anything in it that may be a secret is hidden. */
export function withoutSecrets(value: unknown, path: Path): unknown {
  const name = [...path].reverse().find((key): key is string => typeof key === 'string') ?? '';
  if (typeof value === 'string') {
    const secret = namesSecret(name) || hasSecretFormat(value) || (looksGenerated(value) && !PUBLIC_FIELDS.has(name));
    return secret ? new Hidden() : value;
  }
  if (typeof value === 'number' && namesSecret(name)) return new Hidden();
  if (Array.isArray(value)) return value.map((item, index) => withoutSecrets(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner, [...path, key])]));
}
