import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import {
  actionsOf,
  DOCUMENTS,
  isAllow,
  isPattern,
  namesAction,
  principalsOf,
  type Statement,
  statementsIn,
} from '../rules/statements';
import { asList, asObject, type EnvironmentView, type JsonObject } from '../view';

const policyOf = (statement: JsonObject) => ({
  Policy: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } },
  },
});
const READ = { Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Secret' } };

/** Endings that the CDK writes for one kind of call on a named resource. Any other wildcard is refused. */
const FAMILIES = new Set([
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
  's3:Abort*',
  's3:DeleteObject*',
  's3:GetBucket*',
  's3:GetObject*',
  's3:List*',
]);

/**
 * Calls that know no resource, so that IAM takes nothing but `*` for them, or that only read what every caller of the
 * account may know. Source: Service Authorization Reference, column "Resource types".
 */
const WITHOUT_RESOURCE = new Set([
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:GetMetricStatistics',
  'cloudwatch:PutMetricData',
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
  'ecr:GetAuthorizationToken',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTasks',
  'elasticloadbalancing:DescribeListeners',
  'elasticloadbalancing:DescribeRules',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'logs:DescribeLogGroups',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
]);

/** Policies that stand on a resource, where `*` is that resource. */
const OWN_RESOURCE = new Set(['AWS::KMS::Key', 'AWS::SecretsManager::ResourcePolicy']);

/** Its policy grants nothing: it filters what those who were granted something may reach through it. */
const FILTER = 'AWS::EC2::VPCEndpoint';

/** Calls that change who may do what, or destroy what nobody can bring back. No part of a running environment needs one. */
const NEVER =
  /^(iam:(Create|Put|Attach|Update|Add|Delete|Detach|Set|Upload)|organizations:|account:|kms:(ScheduleKeyDeletion|DisableKey|PutKeyPolicy)$|s3:(DeleteBucket|PutBucketPolicy)|logs:(DeleteLogGroup|DeleteLogStream|DeleteRetentionPolicy)$|secretsmanager:(DeleteSecret|PutResourcePolicy)$|rds:Delete|cloudtrail:(Stop|Delete)|sns:(SetTopicAttributes|DeleteTopic)$)/i;

export const control: RuleControl = {
  id: 'grants-are-narrow',
  title: 'Every grant names its calls, its resources and who may use it',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A wildcard grants what nobody thought of: whoever takes over one part holds the rest of the account.',
  remedy: 'Name the calls and the resources, with the grant methods of the CDK (`secret.grantRead(role)`).',
  protects: Object.entries(DOCUMENTS).map(([type, document]) => ({ type, properties: [`${document}.Statement`] })),
  check: (environment) =>
    statementsIn(environment)
      .filter(isAllow)
      .flatMap((statement) =>
        faultsOf(statement, environment).map(([found, expected]): Finding => {
          const { resource, location } = statement;
          return { resource, location, found, expected };
        }),
      ),
  fixtures: {
    pass: [
      fixture('one call on one resource', policyOf(READ)),
      fixture('a call that knows no resource', policyOf({ Action: 'ecr:GetAuthorizationToken', Resource: '*' })),
      fixture('a refusal may be as wide as it likes', policyOf({ Effect: 'Deny', Action: '*', Resource: '*' })),
      fixture("the account's own administrators on a key", {
        Key: {
          Type: 'AWS::KMS::Key',
          Properties: {
            KeyPolicy: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 'kms:*',
                  Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
                  Resource: '*',
                },
              ],
            },
          },
        },
      }),
    ],
    refuse: [
      fixture('every call', policyOf({ ...READ, Action: '*' })),
      fixture('a call by pattern', policyOf({ ...READ, Action: 'secretsmanager:GetSecretV?lue' })),
      fixture(
        'a resource by pattern',
        policyOf({ ...READ, Resource: 'arn:aws:secretsmanager:us-east-1:1:secret:???' }),
      ),
      fixture('a principal by pattern', policyOf({ ...READ, Principal: { AWS: 'arn:aws:iam::1:role/?' } })),
      fixture('a key for anything, in lower case', policyOf({ Action: 'kms:decrypt', Resource: { Ref: 'Key' } })),
      fixture('every call of a service', policyOf({ ...READ, Action: ['secretsmanager:*'] })),
      fixture('every call but some', policyOf({ NotAction: 'iam:*', Resource: { Ref: 'Secret' } })),
      fixture('every resource', policyOf({ ...READ, Resource: '*' })),
      fixture('every secret', policyOf({ ...READ, Resource: 'arn:aws:secretsmanager:us-east-1:1:secret:*' })),
      fixture('no resource at all', policyOf({ Action: 'secretsmanager:GetSecretValue' })),
      fixture('every resource but some', policyOf({ Action: 's3:GetObject', NotResource: { Ref: 'Secret' } })),
      fixture('everyone', policyOf({ ...READ, Principal: '*' })),
      fixture('everyone, as a list', policyOf({ ...READ, Principal: { AWS: ['*'] } })),
      fixture('a call that hands out rights', policyOf({ Action: 'iam:AttachRolePolicy', Resource: { Ref: 'Role' } })),
      fixture('a role for the whole account', {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 'sts:AssumeRole',
                  Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
                },
              ],
            },
          },
        },
      }),
      fixture('a way out to every bucket of everybody', {
        Endpoint: {
          Type: 'AWS::EC2::VPCEndpoint',
          Properties: {
            PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Principal: '*', Resource: '*' }] },
          },
        },
      }),
      fixture(
        'a condition that everybody meets',
        policyOf({ ...READ, Condition: { ArnLike: { 'aws:SourceArn': '*' } } }),
      ),
      fixture('a key for anything', policyOf({ Action: 'kms:Decrypt', Resource: { Ref: 'Key' } })),
      fixture('an effect that is neither', policyOf({ ...READ, Effect: 'Maybe' })),
    ],
  },
};

type Fault = readonly [found: string, expected: string];

function faultsOf(statement: Statement, environment: EnvironmentView): readonly Fault[] {
  const { body } = statement;
  const faults: Fault[] = [];
  for (const negation of ['NotAction', 'NotResource', 'NotPrincipal']) {
    if (negation in body) faults.push([negation, 'what is allowed, not what is left out']);
  }
  if (body.Effect !== 'Allow') faults.push([`Effect ${String(body.Effect)}`, 'Allow or Deny']);
  return [
    ...faults,
    ...actionFaults(statement, environment),
    ...resourceFaults(statement, environment),
    ...principalFaults(statement, environment),
    ...conditionFaults(statement, environment),
  ];
}

function actionFaults(statement: Statement, environment: EnvironmentView): readonly Fault[] {
  return actionsOf(statement).flatMap((action): Fault[] => {
    if (NEVER.test(action)) return [[action, 'no call that changes rights or destroys what is kept']];
    if (!isPattern(action) || FAMILIES.has(action) || isOwnKey(statement, action, environment)) return [];
    return [[`Action ${action}`, 'calls by name']];
  });
}

/** Without this statement nobody could ever change the key again: AWS tells everyone to keep it. */
function isOwnKey(statement: Statement, action: string, environment: EnvironmentView): boolean {
  const principals = principalsOf(statement, environment);
  return (
    statement.resource.type === 'AWS::KMS::Key' &&
    action === 'kms:*' &&
    principals.length === 1 &&
    principals.every(([kind, who]) => kind === 'AWS' && ROOT.test(who))
  );
}

const ROOT = /^arn:(?:aws[\w-]*|\$\{AWS::Partition\}):iam::(\$\{AWS::AccountId\}|\d{12}):root$/;
/** An ARN whose last part is nothing but a wildcard, perhaps after a kind: every resource of a service. */
const WHOLE_SERVICE = /^arn:[^:]*:(?!s3:)[^:]*:[^:]*:[^:]*:(?:[a-z-]+[/:])?\*$|^arn:[^:]*:s3:[^:]*:[^:]*:\*/;

function resourceFaults(statement: Statement, environment: EnvironmentView): readonly Fault[] {
  const { resource, body } = statement;
  if (resource.type === 'AWS::IAM::Role' && 'Principal' in body) return [];
  if ('NotResource' in body || OWN_RESOURCE.has(resource.type)) return [];
  if (resource.type === FILTER && staysInAccount(body, environment)) return [];
  const resources = asList(body.Resource).map((each) => environment.text(each));
  if (resources.length === 0) return [['no Resource', 'resources by name']];
  const wide = resources.filter(
    (each) =>
      each === '*' ||
      each.replaceAll(/\$\{[^}]*\}/g, 'X').includes('?') ||
      WHOLE_SERVICE.test(each.replaceAll(/\$\{[^}]*\}/g, 'X')),
  );
  if (wide.length === 0 || actionsOf(statement).every((action) => WITHOUT_RESOURCE.has(action))) return [];
  return wide.map((each): Fault => [`Resource ${each}`, 'resources by name']);
}

/**
 * Whether a condition holds callers to the environment's own account, and the buckets that they call as well: anybody's
 * bucket may let our callers in, which no other service of an endpoint knows.
 */
function staysInAccount(body: JsonObject, environment: EnvironmentView): boolean {
  const equals = asObject(asObject(body.Condition).StringEquals);
  const names = asList(body.Action).some((action) => /^s3:/i.test(String(action)))
    ? ['aws:PrincipalAccount', 'aws:ResourceAccount']
    : ['aws:PrincipalAccount'];
  return names.every((name) => /^(\$\{AWS::AccountId\}|\d{12})$/.test(environment.text(equals[name])));
}

function principalFaults(statement: Statement, environment: EnvironmentView): readonly Fault[] {
  const { resource } = statement;
  if (resource.type === FILTER) return [];
  return principalsOf(statement, environment).flatMap(([kind, who]): Fault[] => {
    if (isPattern(who)) return [[`Principal ${who}`, 'who may, by name']];
    if (kind === 'AWS' && ROOT.test(who) && resource.type === 'AWS::IAM::Role') {
      return [[`Principal ${who}`, 'a service or a role, not everybody in the account']];
    }
    return [];
  });
}

/** Policies of somebody, rather than on something. */
const IDENTITY = new Set(['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy', 'AWS::IAM::Role']);

/** A wildcard makes a condition none; and whoever may decrypt, may so only through the service that keeps the data. */
function conditionFaults(statement: Statement, environment: EnvironmentView): readonly Fault[] {
  const { resource, body } = statement;
  const condition = asObject(body.Condition);
  const faults = Object.values(condition)
    .flatMap((tests) => Object.entries(asObject(tests)))
    .filter(([, values]) => asList(values).some((each) => /^[*?]+$/.test(String(each))))
    .map(([name]): Fault => [`Condition ${name} *`, 'a value that not everybody has']);
  const decrypts = namesAction(statement, 'kms:Decrypt') && IDENTITY.has(resource.type);
  const via = environment.text(asObject(condition.StringEquals)['kms:ViaService']);
  return decrypts && !/^[a-z]+\.[^*?]+$/.test(via)
    ? [...faults, [`kms:Decrypt via ${via}`, 'StringEquals kms:ViaService with one service']]
    : faults;
}
