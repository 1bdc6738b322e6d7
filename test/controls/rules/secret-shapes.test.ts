import { literalSecret } from '../../../lib/controls/rules/secret-shapes';

/** Joined, so that no scanner of repositories takes an example for a leak. */
const joined = (...parts: readonly string[]): string => parts.join('');

it.each([
  ['an access key', 'NOTE', joined('AKIA', 'ABCDEFGHIJKLMNOP')],
  ['a private key', 'Value', joined('-----BEGIN RSA ', 'PRIVATE KEY-----')],
  ['a payment key', 'Value', joined('sk_', 'live_', 'abcdefghijklmnop1234')],
  ['a token of a repository', 'Value', joined('gh', 'p_', 'a'.repeat(36))],
  ['an address with a password', 'DATABASE', 'postgresql://app:word@db.example.com/app'],
  ['a cache address with a password', 'CACHE', 'rediss://:word@cache.example.com:6379'],
  ['an argument', 'Command', '--password=correct-horse'],
  ['a document', 'SecretStringTemplate', '{"password":"word"}'],
  ['a variable by its name', 'STRIPE_API_KEY', 'word'],
  ['a property by its name', 'MasterUserPassword', 'word'],
  ['hexadecimal digits', 'SALTED', '0123456789abcdef0123456789abcdef'],
  ['letters and digits at random', 'SETTING', 'f3Zk9QpL2xV7tB1nM8cR4wY6'],
])('finds %s', (_what, name, text) => {
  expect(literalSecret(name, text)).toBeDefined();
});

it.each([
  ['a setting about passwords', 'PASSWORD_MIN_LENGTH', '12'],
  ['a figure', 'ACCESS_TOKEN', '3600'],
  ['a switch', 'ManageMasterUserPassword', 'true'],
  ['the ARN of a secret', 'SECRET', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x'],
  ['a file', 'SECRET', '/run/secrets/key'],
  ['a reference', 'PGPASSWORD', '${Secret}:password::'],
  ['an address without a password', 'ALLOWED_ORIGINS', 'https://portal.example.com'],
  ['an address with a port', 'URL', 'https://portal.example.com:8443/path@2'],
  ['the digest of an image', 'Image', `sha256:${'0a'.repeat(32)}`],
  ['words', 'APP_TITLE', 'user-management-service-of-Example-2027'],
  ['a generated field', 'GenerateStringKey', 'password'],
])('passes %s', (_what, name, text) => {
  expect(literalSecret(name, text)).toBeUndefined();
});
