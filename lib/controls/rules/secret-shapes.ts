/** Text that is a secret by its form, wherever it stands. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, 'an AWS access key'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY/, 'a private key'],
  [/\b(sk|rk)_(live|test)_[A-Za-z0-9]{16,}/, 'a payment key'],
  [/\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{30,}/, 'a GitHub token'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, 'a chat token'],
  [/\bSG\.[\w-]{16,}\.[\w-]{16,}/, 'a mail key'],
  [/\bAIza[\w-]{35}/, 'a Google key'],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./, 'a signed token'],
  [/[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@$]+@/i, 'an address with a password'],
  [/(^|\s)--?(password|passwd|secret|token|api[-_]?key)[= ]\S{4,}/i, 'a secret as an argument'],
  [/"(password|passwd|secret|token|api_?key|private_?key)"\s*:\s*"[^"$]+"/i, 'a secret in a document'],
];

/** A variable that ends in these words holds a secret; `PASSWORD_MIN_LENGTH` and `SECRET_ARN` do not. */
const SECRET_VARIABLE =
  /(PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|DSN|SALT|PEPPER|(SECRET|API|PRIVATE|ACCESS|SIGNING|ENCRYPTION|MASTER|AUTH)_?KEY)$/;

/** Properties of CloudFormation that hold one. */
const SECRET_PROPERTY =
  /(Passwords?|Passphrase|ClientSecret|AuthToken|OAuthToken|PrivateKey|ApiKey|SecretString|SecretAccessKey|AccessToken)$/;

/** A switch, a figure or a name of a place is no secret whatever its name is. */
const HARMLESS = /^(true|false|[\d.]*|arn:.*|\/[\w./-]*)$/i;

/** Bits for each character above which letters and digits are drawn at random, not written. */
const RANDOM_BITS = 3.9;
const RANDOM = /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9+/]{24,}={0,2}$/;
const HEX = /^(?=.*\d)(?=.*[a-f])[0-9a-f]{32,}$/;

/**
 * What secret a literal is, in words; nothing when it is none.
 *
 * @param name property or variable that holds it
 * @param text its text, with `${…}` where a reference stands
 */
export function literalSecret(name: string, text: string): string | undefined {
  const shape = SHAPES.find(([pattern]) => pattern.test(text));
  if (shape) return shape[1];
  if (text.includes('${') || HARMLESS.test(text)) return undefined;
  if (SECRET_PROPERTY.test(name)) return `a literal in ${name}`;
  if (!isVariable(name)) return undefined;
  if (SECRET_VARIABLE.test(name)) return `a literal in ${name}`;
  if (HEX.test(text) || (RANDOM.test(text) && bitsOf(text) >= RANDOM_BITS)) return `a random value in ${name}`;
  return undefined;
}

/** Environment variables are written in capitals; CloudFormation's properties are not. */
const isVariable = (name: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(name);

/** Shannon entropy of a text, bits for each character. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
