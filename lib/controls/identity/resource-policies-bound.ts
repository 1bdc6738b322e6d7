import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { actsForUs } from '../rules/bound';
import { actionsOf, isAllow, principalsOf, type Statement, statementsOf } from '../rules/statements';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const PERMISSION = 'AWS::Lambda::Permission';

/** Policies that stand on a resource: the only ones, beside trust and endpoints, that name who may. */
const POLICIES = [
  'AWS::Backup::BackupVault',
  'AWS::ECR::Repository',
  'AWS::Events::EventBusPolicy',
  'AWS::KMS::Key',
  'AWS::Logs::ResourcePolicy',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::ResourcePolicy',
] as const;

/** Services of AWS that come to a resource of the environment. */
const SERVICES = new Set([
  'backup.amazonaws.com',
  'budgets.amazonaws.com',
  'cloudtrail.amazonaws.com',
  'cloudwatch.amazonaws.com',
  'delivery.logs.amazonaws.com',
  'ecs.amazonaws.com',
  'elasticloadbalancing.amazonaws.com',
  'events.amazonaws.com',
  'events.rds.amazonaws.com',
  'logdelivery.elasticloadbalancing.amazonaws.com',
  'logging.s3.amazonaws.com',
  'logs.amazonaws.com',
  'scheduler.amazonaws.com',
  'secretsmanager.amazonaws.com',
  'sns.amazonaws.com',
]);
/** What a service calls there, spelled as AWS spells it. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'AWS::KMS::Key': ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
  'AWS::S3::BucketPolicy': ['s3:GetBucketAcl', 's3:PutObject'],
  'AWS::SNS::TopicPolicy': ['sns:Publish'],
  'AWS::SQS::QueuePolicy': ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
};
const BUCKET_POLICY = 'AWS::S3::BucketPolicy';
const SOURCE = 'aws:SourceAccount or aws:SourceArn';
const ROOT = /^arn:(?:aws[\w-]*|\$\{AWS::Partition\}):iam::(?:\$\{AWS::AccountId\}|\d{12}):root$/;

const queue = (statement: JsonObject) => ({
  Queue: { Type: 'AWS::SQS::Queue' },
  Rule: { Type: 'AWS::Events::Rule' },
  Role: { Type: 'AWS::IAM::Role' },
  Policy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Queue' }],
      PolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { Ref: 'Queue' }, ...statement }],
      },
    },
  },
});
const fromRule: Json = { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Rule', 'Arn'] } } };
const events: JsonObject = { Principal: { Service: 'events.amazonaws.com' } };
const permission = (properties: JsonObject) => ({
  Rule: { Type: 'AWS::Events::Rule' },
  Permission: {
    Type: PERMISSION,
    Properties: {
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
      ...properties,
    },
  },
});

export const control: RuleControl = {
  id: 'resource-policies-bound',
  title:
    'Keys, buckets, topics, queues, secrets and functions admit roles of this environment, and services that act for it',
  holds: ['G02/enforce', 'K02/enforce'],
  tiers: everyTier,
  why: 'A policy on a resource lets somebody in whom no role of ours names: an account, everybody, or a service in their name.',
  remedy: 'Grant to a role. For a service, add aws:SourceAccount or aws:SourceArn of this account.',
  protects: [
    ...POLICIES.map((type) => ({ type, properties: [] })),
    { type: PERMISSION, properties: ['Action', 'Principal', 'SourceArn'] },
  ],
  check: (environment) => [
    ...POLICIES.flatMap((type) =>
      environment
        .ofType(type)
        .flatMap((resource) => statementsOf(resource).filter(isAllow))
        .flatMap((statement) => faultsOf(statement, environment)),
    ),
    ...environment.ofType(PERMISSION).flatMap((resource) => permissionFaults(resource, environment)),
  ],
  fixtures: {
    pass: [
      fixture('a rule of this environment', queue({ ...events, Condition: fromRule })),
      fixture('a role of this environment', queue({ Principal: { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } } })),
      fixture('a refusal of everybody', queue({ Effect: 'Deny', Principal: '*' })),
      fixture('a function that a rule calls', permission({})),
      fixture('the account on its key', {
        Key: {
          Type: 'AWS::KMS::Key',
          Properties: {
            KeyPolicy: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 'kms:*',
                  Resource: '*',
                  Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
                },
                {
                  Effect: 'Allow',
                  Action: 'kms:Decrypt',
                  Resource: '*',
                  Principal: { Service: { 'Fn::Sub': 'logs.${AWS::Region}.amazonaws.com' } },
                  Condition: {
                    ArnLike: {
                      'kms:EncryptionContext:aws:logs:arn': {
                        'Fn::Sub': 'arn:aws:logs:us-east-1:${AWS::AccountId}:log-group:*',
                      },
                    },
                  },
                },
              ],
            },
          },
        },
      }),
    ],
    refuse: [
      fixture('everybody', queue({ Principal: '*' })),
      fixture('everybody, under a condition', queue({ Principal: { AWS: '*' }, Condition: fromRule })),
      fixture('everybody but one', queue({ NotPrincipal: { AWS: 'arn:aws:iam::111111111111:root' } })),
      fixture(
        'the account, where a role will do',
        queue({ Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } } }),
      ),
      fixture('a service for anybody', queue(events)),
      fixture(
        'a service for any account',
        queue({ ...events, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/*' } } }),
      ),
      fixture(
        'a service that does not say for whom',
        queue({ ...events, Condition: { ArnLikeIfExists: { 'aws:SourceArn': { 'Fn::GetAtt': ['Rule', 'Arn'] } } } }),
      ),
      fixture(
        'a service that has no business here',
        queue({ Principal: { Service: 'ec2.amazonaws.com' }, Condition: fromRule }),
      ),
      fixture('more than a service needs', queue({ ...events, Action: 'sqs:PurgeQueue', Condition: fromRule })),
      fixture(
        'a call that AWS does not know by that name',
        queue({ ...events, Action: 'sqs:sendmessage', Condition: fromRule }),
      ),
      fixture(
        'another queue besides',
        queue({ ...events, Resource: [{ Ref: 'Queue' }, 'arn:x'], Condition: fromRule }),
      ),
      fixture(
        'all that begin so',
        queue({ ...events, Resource: { 'Fn::Join': ['', [{ Ref: 'Queue' }, '*']] }, Condition: fromRule }),
      ),
      fixture('a user pool', queue({ Principal: { Federated: 'cognito-identity.amazonaws.com' } })),
      fixture('a function for everybody', permission({ Principal: '*' })),
      fixture('a function for a service of anybody', permission({ SourceArn: undefined as unknown as Json })),
      fixture('a function for another account', permission({ Principal: '999999999999' })),
      fixture('more than a call of the function', permission({ Action: 'lambda:*' })),
      fixture('a function at a public address', permission({ FunctionUrlAuthType: 'NONE' })),
    ],
  },
};

function faultsOf(statement: Statement, environment: EnvironmentView): Finding[] {
  const { resource, location, body } = statement;
  const finding = (found: string, expected: string): Finding => ({ resource, location, found, expected });
  const principals = principalsOf(statement, environment);
  const own = ownerOf(resource, environment);
  const astray = asList(body.Resource).filter((each) => own && !isWithin(each, own, statement, environment));
  if (astray.length > 0 || (own && body.Resource === undefined)) {
    return [finding(shown(body.Resource), `${own?.logicalId}, or a folder of it`)];
  }
  if ('NotPrincipal' in body || principals.length === 0) return [finding(shown(body), 'who may, by name')];
  return principals.flatMap(([kind, who]): Finding[] => {
    if (kind === 'AWS') {
      if (isOwnRole(statement, environment)) return [];
      const isKey = resource.type === 'AWS::KMS::Key' && ROOT.test(who);
      return isKey ? [] : [finding(`Principal ${who}`, 'a role of this environment')];
    }
    if (kind !== 'Service' || !isKnown(who)) return [finding(`Principal ${who}`, 'a service that the kit uses')];
    const known = CALLS[resource.type];
    const unknown = actionsOf(statement).filter((action) => known && !known.includes(action));
    if (unknown.length > 0) return [finding(`${unknown.join(', ')} for ${who}`, `one of ${known?.join(', ')}`)];
    // S3 itself can't tell whose bucket a log comes from by the ARN, which has no account: both are asked for.
    const asked = resource.type === BUCKET_POLICY ? ['aws:SourceAccount', 'aws:SourceArn'] : [undefined];
    if (asked.every((key) => actsForUs(statement, environment, (each) => key === undefined || each === key))) return [];
    return [
      finding(`${who} for anybody`, `a condition on ${asked.filter(Boolean).join(' and ') || SOURCE} of this account`),
    ];
  });
}

/** Whose policy it is; nothing for one that stands in the resource itself. */
function ownerOf(policy: Resource, environment: EnvironmentView): Resource | undefined {
  const [owner] = ['Bucket', 'Topics', 'Queues'].flatMap((name) => asList(policy.properties[name]));
  return environment.target(owner, policy);
}

/** The resource itself, or for a bucket what is in one of its folders: a policy on one thing says nothing of another. */
function isWithin(value: Json, owner: Resource, { resource }: Statement, environment: EnvironmentView): boolean {
  if (environment.target(value, resource) === owner) return true;
  const folder = /^\$\{(\w+)\.Arn\}(\/([\w-]|\$\{AWS::AccountId\})+)*\/\*$/.exec(environment.text(value));
  return resource.type === BUCKET_POLICY && folder?.[1] === owner.logicalId;
}

/** Some services have a name for each region. */
const isKnown = (service: string): boolean =>
  SERVICES.has(service.replace(/^([a-z]+)\.(?:\$\{AWS::Region\}|[a-z0-9-]+-\d)\./, '$1.'));

function isOwnRole({ resource, body }: Statement, environment: EnvironmentView): boolean {
  const named = asList(asObject(body.Principal).AWS);
  return named.length > 0 && named.every((each) => environment.target(each, resource)?.type === 'AWS::IAM::Role');
}

function permissionFaults(resource: Resource, environment: EnvironmentView): Finding[] {
  const { Action, Principal, SourceArn, FunctionUrlAuthType } = resource.properties;
  const faults: Finding[] = [];
  const fault = (property: string, found: Json | undefined, expected: string) =>
    faults.push({ resource, location: `Properties.${property}`, found: shown(found), expected });
  if (Action !== 'lambda:InvokeFunction') fault('Action', Action, 'lambda:InvokeFunction');
  if (!isKnown(environment.text(Principal))) fault('Principal', Principal, 'a service that the kit uses');
  if (!environment.target(SourceArn, resource)) fault('SourceArn', SourceArn, 'what calls it, in this environment');
  if (FunctionUrlAuthType !== undefined) fault('FunctionUrlAuthType', FunctionUrlAuthType, 'nothing');
  return faults;
}
