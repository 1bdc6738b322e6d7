import { everyTier, fixture, type RuleControl } from '../control';
import { absent, type Expectation, guard, is, satisfies } from '../expect';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject } from '../view';

const TYPE = 'AWS::KMS::Key';
/** AWS rotates yearly by default; oftener is allowed, seldomer is not. */
const LONGEST_PERIOD = 365;
/** Days in which a deletion can be taken back; 30 is the most and the default. */
const LEAST_WINDOW = 30;

const nothingOr = (expected: string, holds: (value: Json) => boolean): Expectation =>
  satisfies(`nothing, or ${expected}`, (value) => value === undefined || holds(value));

const retained = (...policies: readonly string[]): Expectation =>
  satisfies(
    `${policies.join(' or ')} in production`,
    (value, _resource, view) => view.tier !== 'production' || policies.includes(String(value)),
  );

/** Whether a statement lets in the account's own IAM, or one AWS service under a condition. */
function isKnown(statement: Json, view: EnvironmentView): boolean {
  const { Effect, Principal, Condition, NotAction, NotPrincipal, Action } = asObject(statement);
  if (NotAction !== undefined || NotPrincipal !== undefined) return false;
  if (!asList(Action).every((action) => String(action).startsWith('kms:'))) return false;
  if (Effect === 'Deny') return true;
  const { AWS: accounts, Service: services, ...others } = asObject(Principal);
  if (Principal === '*' || Object.keys(others).length > 0) return false;
  const isOwnAccount = asList(accounts).every((each) =>
    /^arn:(aws[\w-]*|\$\{AWS::Partition\}):iam::(\$\{AWS::AccountId\}|\d{12}):root$/.test(view.text(each)),
  );
  const isBounded =
    services === undefined || (Object.keys(asObject(Condition)).length > 0 && !asList(Action).includes('kms:*'));
  return isOwnAccount && isBounded && (accounts !== undefined || services !== undefined);
}

/** Accounts that any key of the environment lets in: one, its own. */
const accountsOf = (view: EnvironmentView): ReadonlySet<string> =>
  new Set(
    view
      .ofType(TYPE)
      .flatMap((key) => asList(at(key.properties, 'KeyPolicy.Statement')))
      .flatMap((statement) => asList(at(statement, 'Principal.AWS')))
      .map((principal) => view.text(principal)),
  );

const root = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] };
const owner: JsonObject = { Effect: 'Allow', Action: 'kms:*', Principal: { AWS: root }, Resource: '*' };
const logs: JsonObject = {
  Effect: 'Allow',
  Action: 'kms:Decrypt',
  Principal: { Service: 'logs.us-east-1.amazonaws.com' },
  Resource: '*',
  Condition: {
    ArnLike: { 'kms:EncryptionContext:aws:logs:arn': 'arn:aws:logs:us-east-1:123456789012:log-group:/ums/*' },
  },
};
const key = (changed: JsonObject = {}, statements: readonly JsonObject[] = [owner], deletion = 'Retain') => ({
  Key: {
    Type: TYPE,
    DeletionPolicy: deletion,
    UpdateReplacePolicy: deletion,
    Properties: { EnableKeyRotation: true, KeyPolicy: { Version: '2012-10-17', Statement: statements }, ...changed },
  },
});

export const control: RuleControl = {
  id: 'keys-rotate',
  title: 'Every key rotates yearly or oftener, is ours alone, and can not vanish with a stack',
  holds: ['D11/enforce'],
  tiers: everyTier,
  why: 'A lost key loses everything under it, for ever; a key that somebody else may use protects from nobody.',
  remedy:
    'Make keys with enableKeyRotation and removalPolicyOf(environment), and let services in by name and under a condition.',
  ...guard(TYPE, {
    EnableKeyRotation: is(true),
    RotationPeriodInDays: nothingOr(`${LONGEST_PERIOD} at most`, (value) => Number(value) <= LONGEST_PERIOD),
    PendingWindowInDays: nothingOr(`${LEAST_WINDOW}`, (value) => Number(value) >= LEAST_WINDOW),
    Enabled: nothingOr('true', (value) => String(value) === 'true'),
    KeySpec: nothingOr('SYMMETRIC_DEFAULT', (value) => value === 'SYMMETRIC_DEFAULT'),
    Origin: absent,
    BypassPolicyLockoutSafetyCheck: nothingOr('false', (value) => String(value) === 'false'),
    KeyPolicy: satisfies("this account's IAM, and AWS services under a condition", (value, _resource, view) => {
      const statements = asList(at(value, 'Statement'));
      return (
        at(value, 'Version') === '2012-10-17' &&
        statements.length > 0 &&
        statements.every((statement) => isKnown(statement, view)) &&
        accountsOf(view).size === 1
      );
    }),
    '^DeletionPolicy': retained('Retain', 'RetainExceptOnCreate'),
    '^UpdateReplacePolicy': retained('Retain'),
  }),
  fixtures: {
    pass: [
      fixture('ours, rotating', key()),
      fixture('with a service under a condition', key({}, [owner, logs])),
      fixture('of development', key({}, [owner], 'Delete'), 'development'),
    ],
    refuse: [
      fixture('no rotation', key({ EnableKeyRotation: false })),
      fixture('rotation every five years', key({ RotationPeriodInDays: 1825 })),
      fixture('gone in a week', key({ PendingWindowInDays: 7 })),
      fixture('switched off', key({ Enabled: false })),
      fixture('deleted with its stack', key({}, [owner], 'Delete')),
      fixture('replaced by a policy that only creation knows', key({}, [owner], 'RetainExceptOnCreate')),
      fixture('open to everybody', key({}, [owner, { ...owner, Principal: '*' }])),
      fixture('open to every principal of AWS', key({}, [owner, { ...owner, Principal: { AWS: '*' } }])),
      fixture('another account', key({}, [owner, { ...owner, Principal: { AWS: 'arn:aws:iam::999999999999:root' } }])),
      fixture('a service for anybody', key({}, [owner, { ...logs, Condition: {} }])),
      fixture('everything for a service', key({}, [owner, { ...logs, Action: 'kms:*' }])),
      fixture('no policy', key({}, [])),
    ],
  },
};
