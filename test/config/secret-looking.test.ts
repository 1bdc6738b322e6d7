import { hasSecretFormat, looksGenerated, namesSecret } from '../../lib/config/mistakes/secret-looking';
import { formatMistakes } from '../../lib/config/parse';
import { mistakesIn, prodWith } from '../support/configuration';

describe('what looks like a secret', () => {
  it.each([
    'SECRET_KEY',
    'SECRET_KEY_BASE',
    'SMTP_PASSWORD_2',
    'ADMIN_PASS',
    'API_TOKEN',
    'apiKey',
    'DB_PWD',
    'SENTRY_DSN',
    'AWS_CREDENTIALS',
    'token',
  ])('by name: %s', (name) => expect(namesSecret(name)).toBe(true));

  it.each([
    'RECAPTCHA_SITE_KEY',
    'STRIPE_PUBLISHABLE_KEY',
    'KEYBOARD',
    'TOKEN_LIFETIME',
    'PASSWORD_MIN_LENGTH',
    'MONKEY',
    'COMPASS',
    'CACHE_KEY_PREFIX',
  ])('not by name: %s', (name) => expect(namesSecret(name)).toBe(false));

  it.each([
    `AKIA${'IOSFODNN7EXAMPLE'}`,
    `ghp_${'a1B2'.repeat(9)}`,
    `sk_live_${'4eC39HqLyjWDarjtT1zdp7dc'}`,
    `${'eyJhbGciOiJIUzI1NiJ9'}.eyJzdWIiOiIxMjM0NTY3ODkwIn0.x`,
    'postgresql://app:hunter2@db.example.com/app',
    'redis://:hunter2@cache.example.com',
    `-----BEGIN RSA ${'PRIVATE'} KEY-----`,
  ])('by format: %s', (value) => expect(hasSecretFormat(value)).toBe(true));

  it.each(['https://portal.example.com/login', 'postgresql+psycopg://', 'mailto:oncall@example.com', 'SG'])(
    'not by format: %s',
    (value) => expect(hasSecretFormat(value)).toBe(false),
  );

  it.each(['dZlitGXRwFyM-_FgM7gBWPIhnOsxUmAJNOnbjB4b5yM', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c'])(
    'by its letters: %s',
    (value) => expect(looksGenerated(value)).toBe(true),
  );

  it.each([
    'config.ProductionConfig',
    'https://portal.example.com',
    'celery@worker-1',
    'en_GB.UTF-8',
    'aaaaaaaaaaaaaaaaaaaaaaaa1',
  ])('not by its letters: %s', (value) => expect(looksGenerated(value)).toBe(false));
});

describe('a secret that stands where it must not', () => {
  const secret = 'hunter2-hunter2-hunter2';
  const generated = 'dZlitGXRwFyM-_FgM7gBWPIhnOsxUmAJNOnbjB4b5yM';
  const files: readonly (readonly [string, unknown])[] = [
    ['in a variable', prodWith({ 'app.variables': { SMTP_PASSWORD: secret } })],
    ['in a variable of another type', prodWith({ 'app.variables': { SMTP_PIN: 4711 } })],
    ['in a field that does not exist', prodWith({ 'database.password': secret })],
    ['in a section that does not exist', prodWith({ credentials: { user: 'ums', apiKey: secret } })],
    ['in a field of another kind', prodWith({ 'app.wsgi': generated })],
    ['in a list', prodWith({ 'app.requiredSettings': [generated] })],
    ['in a command', prodWith({ 'app.migrate': ['flask', `postgresql://app:${secret}@db/app`] })],
    [
      'in the command of a process',
      prodWith({ 'processes.workers': [{ name: 'jobs', command: ['celery', '-b', `redis://:${secret}@cache`] }] }),
    ],
  ];

  it.each(files)('%s: is refused and never repeated', (_where, file) => {
    const mistakes = mistakesIn(file);
    const printed = formatMistakes(mistakes) + JSON.stringify(mistakes) + String(mistakes.map(String));
    for (const word of [secret, generated, '4711']) expect(printed).not.toContain(word);
    expect(printed).toContain('(hidden, it looks like a secret)');
  });
});
