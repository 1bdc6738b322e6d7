import { asList, asObject, type Json, type JsonObject } from '../../../lib/controls/view';
import { added, append, change, type HandMade, made, remove, type Step, set } from '../../support/sabotage/hand-made';

const RIGHTS = 'service/TasksAppRolesExecutionRights';
const TASK = 'service/TasksAppRolesTask';
const DEPLOYER = 'pipeline/deployer/Role';
const OWN_ROOT = { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' };
const TOKEN = 'token.actions.githubusercontent.com';

/** Changes the first statement of a part that names a call. */
const statement = (part: string, document: string, call: string, to: (statement: JsonObject) => JsonObject): Step =>
  change(part, `${document}.Statement`, (list) =>
    asList(list).map((each) => (asList(asObject(each).Action).includes(call) ? to(asObject(each)) : each)),
  );
const right = (call: string, to: (statement: JsonObject) => JsonObject): Step =>
  statement(RIGHTS, 'PolicyDocument', call, to);
const trust = (to: (statement: JsonObject) => JsonObject): Step =>
  statement(TASK, 'AssumeRolePolicyDocument', 'sts:AssumeRole', to);
const subject = (operator: string, to: Json): Step =>
  set(DEPLOYER, 'AssumeRolePolicyDocument.Statement.0.Condition', {
    [operator]: { [`${TOKEN}:aud`]: 'sts.amazonaws.com', [`${TOKEN}:sub`]: to },
  });
const beside = (part: string, document: string, body: JsonObject): Step => append(part, `${document}.Statement`, body);
const attached = (role: string, body: JsonObject): Step =>
  added('service', (ref) => ({
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Description: 'x',
      Path: '/',
      Roles: [ref(role)],
      PolicyDocument: { Version: '2012-10-17', Statement: [body] },
    },
  }));
const conditions = ({ Condition }: JsonObject): JsonObject => asObject(asObject(Condition).StringEquals);

/** Who may do what, and who may take whose place. */
export const identity: readonly HandMade[] = [
  made(
    'a pattern inside a call',
    'iam:P?ssRole is iam:PassRole.',
    attached(TASK, { Effect: 'Allow', Action: 'iam:P?ssRole', Resource: '*' }),
  ),
  made(
    'rights for the app’s code',
    'Whoever breaks into the app has them.',
    attached(TASK, {
      Effect: 'Allow',
      Action: 'logs:PutLogEvents',
      Resource: { 'Fn::Sub': 'arn:aws:logs:us-east-1:${AWS::AccountId}:log-group:/ums/prod/audit:*' },
    }),
  ),
  made(
    'secrets by their verb',
    'Every call that begins with Get.',
    right('secretsmanager:GetSecretValue', (body) => ({ ...body, Action: 'secretsmanager:Get*' })),
  ),
  made(
    'secrets by their names',
    'All of the environment, those of tomorrow too.',
    right('secretsmanager:GetSecretValue', (body) => ({
      ...body,
      Resource: [
        ...asList(body.Resource),
        { 'Fn::Sub': 'arn:aws:secretsmanager:us-east-1:${AWS::AccountId}:secret:ums/prod/*' },
      ],
    })),
  ),
  made(
    'all secrets but one',
    'NotResource.',
    right('secretsmanager:GetSecretValue', ({ Resource: _resource, ...body }) => ({ ...body, NotResource: 'arn:x' })),
  ),
  made(
    'the login of migrations',
    'The app could change its tables.',
    change(RIGHTS, 'PolicyDocument.Statement', (list, ref) =>
      asList(list).map((each) =>
        asList(asObject(each).Action).includes('secretsmanager:GetSecretValue')
          ? { ...asObject(each), Resource: [...asList(asObject(each).Resource), ref('data/SecretsDatabaseMigrate')] }
          : each,
      ),
    ),
  ),
  made(
    'decryption of everything under the key',
    'The secret is no longer named.',
    right('kms:Decrypt', (body) => ({
      ...body,
      Condition: { StringEquals: { 'kms:ViaService': conditions(body)['kms:ViaService'] as Json } },
    })),
  ),
  made(
    'decryption that compares only what is there',
    'ForAllValues is true when the key is absent.',
    right('kms:Decrypt', (body) => ({ ...body, Condition: { 'ForAllValues:StringEquals': conditions(body) } })),
  ),
  made(
    'decryption under another key',
    'Its own secrets can’t be read.',
    change(RIGHTS, 'PolicyDocument.Statement', (list, ref) =>
      asList(list).map((each) =>
        asList(asObject(each).Action).includes('kms:Decrypt')
          ? { ...asObject(each), Resource: ref('data/DataKey', 'Arn') }
          : each,
      ),
    ),
  ),
  made(
    'writes into a log of others',
    'The trail can be filled with lies.',
    change(RIGHTS, 'PolicyDocument.Statement', (list, ref) =>
      asList(list).map((each) =>
        asList(asObject(each).Action).includes('logs:PutLogEvents')
          ? { ...asObject(each), Resource: [...asList(asObject(each).Resource), ref('foundation/LogsSecurity', 'Arn')] }
          : each,
      ),
    ),
  ),
  made(
    'a right taken back',
    'One Deny outweighs the grants: no more logs.',
    beside(RIGHTS, 'PolicyDocument', { Effect: 'Deny', Action: 'logs:PutLogEvents', Resource: '*' }),
  ),
  made('rights for a role by its name', 'Nobody here reviews that role.', append(RIGHTS, 'Roles', 'Admin')),
  made('rights for a user', 'Users have keys that last.', set(RIGHTS, 'Users', ['somebody'])),
  made(
    'read-only on everything',
    'The app reads every table and bucket of the account.',
    set(TASK, 'ManagedPolicyArns', ['arn:aws:iam::aws:policy/ReadOnlyAccess']),
  ),
  made(
    'images of any repository',
    'A repository that somebody else pushes to.',
    statement('service/TasksImagePull', 'PolicyDocument', 'ecr:BatchGetImage', (body) => ({
      ...body,
      Resource: { 'Fn::Sub': 'arn:aws:ecr:us-east-1:${AWS::AccountId}:repository/*' },
    })),
  ),
  made(
    'images may be pushed, in lower case',
    'IAM knows no case.',
    statement('service/TasksImagePull', 'PolicyDocument', 'ecr:BatchGetImage', (body) => ({
      ...body,
      Action: [...asList(body.Action), 'ecr:putimage'],
    })),
  ),
  made(
    'any rule of any load balancer',
    'Traffic of others can be moved.',
    statement('service/WebLoadBalancerRoleRights', 'PolicyDocument', 'elasticloadbalancing:ModifyRule', (body) => ({
      ...body,
      Resource: '*',
    })),
  ),
  made(
    'the watchdog changes services',
    'It may put other code into place.',
    statement('service/WatchdogWatchRoleRights', 'PolicyDocument', 'ecs:StopServiceDeployment', (body) => ({
      ...body,
      Action: [...asList(body.Action), 'ecs:UpdateService'],
    })),
  ),
  made(
    'taken by the account as well',
    'Everybody with sts:AssumeRole.',
    trust((body) => ({ ...body, Principal: { ...asObject(body.Principal), AWS: OWN_ROOT } })),
  ),
  made(
    'taken for any account',
    'A service can be talked into it.',
    trust(({ Condition: _condition, ...body }) => body),
  ),
  made(
    'taken for whoever says nothing',
    'IfExists is true when the key is absent.',
    trust((body) => ({ ...body, Condition: { StringEqualsIfExists: conditions(body) } })),
  ),
  made(
    'taken for another account too',
    'One of two is enough.',
    trust((body) => ({
      ...body,
      Condition: { StringEquals: { 'aws:SourceAccount': [{ Ref: 'AWS::AccountId' }, '999999999999'] } },
    })),
  ),
  made(
    'deployed from any branch',
    'A pull request deploys to production.',
    subject('StringLike', 'repo:example/ums-deployment:*'),
  ),
  made(
    'deployed from two repositories',
    'The second one is not ours.',
    subject('StringEquals', ['repo:example/ums-deployment:environment:prod', 'repo:evil/x:environment:prod']),
  ),
  made(
    'the role that CloudFormation acts with',
    'It may do everything.',
    append('pipeline/deployer/RoleRights', 'PolicyDocument.Statement.0.Resource', {
      'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-us-east-1',
    }),
  ),
  made(
    'tokens from a name that looks alike',
    'Whoever owns it signs tokens.',
    set('pipeline/provider/GitHub', 'Url', `https://${TOKEN}.evil.example`),
  ),
  made(
    'a secret for the whole account',
    'Roles of others read it.',
    beside('data/SecretsSecretKeyAccess', 'ResourcePolicy', {
      Effect: 'Allow',
      Principal: { AWS: OWN_ROOT },
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
    }),
  ),
  made(
    'a secret that refuses the account',
    'The next start finds no secret.',
    beside('data/SecretsSecretKeyAccess', 'ResourcePolicy', {
      Effect: 'Deny',
      Principal: { AWS: OWN_ROOT },
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
    }),
  ),
  made(
    'other accounts refused, save one call',
    'NotAction.',
    change('data/SecretsSecretKeyAccess', 'ResourcePolicy.Statement.1', (value) => {
      const { Action: _action, ...body } = asObject(value);
      return { ...body, NotAction: 'secretsmanager:GetSecretValue' };
    }),
  ),
  made(
    'a key for a service of anybody',
    'Decrypts for another customer.',
    beside('data/DataKey', 'KeyPolicy', {
      Effect: 'Allow',
      Principal: { Service: 'rds.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:CreateGrant'],
      Resource: '*',
    }),
  ),
  made(
    'a key for everybody, by a condition',
    'Everybody of the account, policies or not.',
    beside('data/DataKey', 'KeyPolicy', {
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringEquals: { 'kms:CallerAccount': { Ref: 'AWS::AccountId' } } },
    }),
  ),
  made(
    'a key that refuses everybody',
    'Logs, topics and data are lost.',
    beside('data/DataKey', 'KeyPolicy', { Effect: 'Deny', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*' }),
  ),
  made('a key turned every seven years', 'Row K02 says one.', set('data/DataKey', 'RotationPeriodInDays', 2560)),
  made(
    'a bucket that refuses its deliveries',
    'Access logs end without a word.',
    beside('foundation/AccessLogsPolicy', 'PolicyDocument', {
      Effect: 'Deny',
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: '*',
    }),
  ),
  made(
    'a bucket for logs of anybody',
    'Others write into it.',
    change('foundation/AccessLogsPolicy', 'PolicyDocument.Statement.3.Condition', () => ({
      StringLike: { 'aws:SourceAccount': '*' },
    })),
  ),
  made(
    'a call that is spelled otherwise',
    'Objects get other rights.',
    set('foundation/AccessLogsPolicy', 'PolicyDocument.Statement.2.Action', 's3:putobjectacl'),
  ),
  made(
    'TLS 1.0 is enough',
    'The refusal stands, and refuses nothing.',
    set('foundation/AccessLogsPolicy', 'PolicyDocument.Statement.1.Condition.NumericLessThan', {
      's3:TlsVersion': 1.0,
    }),
  ),
  made(
    'a queue may be emptied',
    'What failed is gone before anybody looks.',
    change('service/FailureEventsQueuePolicy', 'PolicyDocument.Statement.1.Action', (value) => [
      ...asList(value),
      'sqs:PurgeQueue',
    ]),
  ),
  made(
    'a queue that refuses events',
    'Failures reach nobody.',
    beside('service/FailureEventsQueuePolicy', 'PolicyDocument', {
      Effect: 'Deny',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: '*',
    }),
  ),
  made(
    'one alarm may publish',
    'All others are silent.',
    change('foundation/TopicsCriticalPolicy', 'PolicyDocument.Statement.1.Condition', () => ({
      ArnLike: { 'aws:SourceArn': { 'Fn::Sub': 'arn:aws:cloudwatch:us-east-1:${AWS::AccountId}:alarm:other' } },
    })),
  ),
  made(
    'publishing to another topic',
    'The policy stands, and lets nothing in.',
    set('foundation/TopicsCriticalPolicy', 'PolicyDocument.Statement.1.Resource', (ref) =>
      ref('foundation/TopicsWarning'),
    ),
  ),
  made(
    'started before its rights',
    'The first deployment fails, or not, by chance.',
    remove('service/WebService', '^DependsOn'),
  ),
  made('sessions of twelve hours', 'A stolen token works for half a day.', set(DEPLOYER, 'MaxSessionDuration', 43200)),
];
