import { asObject, type EnvironmentView, type Json } from '../view';
import type { Statement } from './statements';

/** Operators that compare with what is written and let nothing through when the key is absent. */
const STRICT = new Set(['StringEquals', 'ArnEquals', 'ArnLike', 'StringLike']);
const OWN = '${AWS::AccountId}';

/**
 * Whether a statement holds only while a service acts for this account: the caller's account is compared with ours, or
 * the thing that it acts for is one of ours. Without that, any customer of AWS can have the service act here.
 *
 * @param by condition keys that count. @default - all that say for whom
 */
export function actsForUs(
  statement: Statement,
  environment: EnvironmentView,
  by: (key: string) => boolean = () => true,
): boolean {
  const conditions = Object.entries(asObject(statement.body.Condition));
  return conditions.some(
    ([operator, keys]) =>
      STRICT.has(operator) &&
      Object.entries(asObject(keys)).some(([key, value]) => by(key) && isOurs(key, value, statement, environment)),
  );
}

function isOurs(key: string, value: Json, { resource }: Statement, environment: EnvironmentView): boolean {
  if (Array.isArray(value))
    return value.length > 0 && value.every((each) => isOurs(key, each, { resource } as Statement, environment));
  const text = environment.text(value);
  const target = environment.target(value, resource);
  switch (key) {
    case 'aws:SourceAccount':
      return text === OWN || /^\d{12}$/.test(text);
    case 'aws:SourceArn':
      return target !== undefined || isArnOfOurs(text);
    case 'kms:EncryptionContext:aws:logs:arn':
      return isArnOfOurs(text);
    default:
      return false;
  }
}

/** Whether an ARN, or a pattern of one, is of this account. Another account's number is refused by `nothing-foreign`. */
const isArnOfOurs = (arn: string): boolean =>
  /^arn:(?:aws[\w-]*|\$\{AWS::Partition\}):[a-z0-9-]+:[^*]*:(?:\$\{AWS::AccountId\}|\d{12}):(?:[a-zA-Z]|\*$)/.test(arn);
