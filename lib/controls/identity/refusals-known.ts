import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { DOCUMENTS, principalsOf, type Statement, statementsOf } from '../rules/statements';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject } from '../view';

const OWN = '${AWS::AccountId}';

/** What a resource refuses everybody: nothing that the kit or an AWS service does in its name fulfils one of these. */
const REFUSED: Readonly<Record<string, (condition: JsonObject, environment: EnvironmentView) => boolean>> = {
  'calls in plain text': ({ Bool, ...others }) => isEmpty(others) && is(Bool, { 'aws:SecureTransport': ['false'] }),
  'TLS before 1.2': ({ NumericLessThan, ...others }) =>
    isEmpty(others) && is(NumericLessThan, { 's3:TlsVersion': ['1.2'] }),
  'callers of other accounts': ({ Bool, StringNotEquals, ...others }, environment) => {
    const { 'aws:PrincipalAccount': account, ...more } = asObject(StringNotEquals);
    return (
      isEmpty(others) &&
      isEmpty(more) &&
      (environment.text(account) === OWN || /^\d{12}$/.test(environment.text(account))) &&
      is(Bool, { 'aws:PrincipalIsAWSService': ['false'] })
    );
  },
};

const isEmpty = (value: JsonObject): boolean => Object.keys(value).length === 0;
const is = (value: Json | undefined, wanted: Readonly<Record<string, readonly string[]>>): boolean => {
  const given = asObject(value);
  return (
    Object.keys(given).join() === Object.keys(wanted).join() &&
    Object.entries(wanted).every(([key, texts]) => asList(given[key]).map(String).join() === texts.join())
  );
};

/** What a role may do is said by what it is granted: the kit takes no right back. */
const OF_ROLES = new Set(['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy', 'AWS::IAM::Role']);

const everybody: JsonObject = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: '*' };
const plain: JsonObject = { Bool: { 'aws:SecureTransport': 'false' } };
const bucket = (statement: JsonObject) => ({
  Policy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: { PolicyDocument: { Statement: [{ ...everybody, ...statement }] } },
  },
});

export const control: RuleControl = {
  id: 'refusals-known',
  title: 'Policies refuse plain text, old TLS and other accounts, and nothing that the environment lives on',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'One Deny outweighs every grant: logs are no longer delivered, alarms no longer published, secrets no longer read.',
  remedy:
    'Grant less instead of refusing. If a refusal is meant, write its condition into lib/controls/identity/refusals-known.ts.',
  protects: Object.entries(DOCUMENTS).map(([type, document]) => ({ type, properties: [`${document}.Statement`] })),
  check: (environment) =>
    Object.keys(DOCUMENTS)
      .flatMap((type) => environment.ofType(type))
      .flatMap((resource) => statementsOf(resource))
      .filter((statement) => statement.body.Effect !== 'Allow' && !isKnown(statement, environment))
      .map(({ resource, location, body }): Finding => {
        return { resource, location, found: shown(body), expected: `a refusal of ${Object.keys(REFUSED).join(', ')}` };
      }),
  fixtures: {
    pass: [
      fixture('plain text', bucket({ Condition: plain })),
      fixture('old TLS', bucket({ Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } })),
      fixture(
        'other accounts',
        bucket({
          Condition: {
            StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } },
            Bool: { 'aws:PrincipalIsAWSService': 'false' },
          },
        }),
      ),
    ],
    refuse: [
      fixture('everybody', bucket({})),
      fixture('a service that delivers', bucket({ Principal: { Service: 'logging.s3.amazonaws.com' } })),
      fixture('whoever uses TLS', bucket({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })),
      fixture('everybody but one', bucket({ Condition: { StringNotEquals: { 'aws:PrincipalArn': 'arn:x' } } })),
      fixture('every TLS', bucket({ Condition: { NumericLessThan: { 's3:TlsVersion': 9 } } })),
      fixture('neither allowed nor denied', bucket({ Effect: 'deny', Condition: {} })),
      fixture('a right that a role was given', {
        Rights: {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            PolicyDocument: { Statement: [{ Effect: 'Deny', Action: 'logs:PutLogEvents', Resource: '*' }] },
          },
        },
      }),
    ],
  },
};

/** A refusal of everybody, for a reason that is known; to whom and to what it applies must not be turned around. */
function isKnown(statement: Statement, environment: EnvironmentView): boolean {
  const { body, resource } = statement;
  const all = principalsOf(statement, environment);
  return (
    !OF_ROLES.has(resource.type) &&
    body.Effect === 'Deny' &&
    all.length === 1 &&
    all[0]?.[1] === '*' &&
    !('NotPrincipal' in body || 'NotAction' in body || 'NotResource' in body) &&
    Object.values(REFUSED).some((holds) => holds(asObject(body.Condition), environment))
  );
}
