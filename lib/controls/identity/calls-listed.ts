import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { CALLS_OF_EVERY_FUNCTION, FUNCTIONS, functionOfRole, MASTER_READERS } from '../rules/functions';
import {
  actionsOf,
  grantsOf,
  isPattern,
  namesAction,
  principalsOf,
  type Statement,
  statementsOf,
} from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const ROLE = 'AWS::IAM::Role';
const POLICY = 'AWS::IAM::ManagedPolicy';
const TASK = 'AWS::ECS::TaskDefinition';
const FUNCTION = 'AWS::Lambda::Function';
const SECRET = 'AWS::SecretsManager::Secret';
const READ = 'secretsmanager:GetSecretValue';
/** The secret that RDS makes for the database's master. */
const MASTER = /^\$\{\w+\.MasterUserSecret\.SecretArn\}$/;
const DECRYPT = 'kms:Decrypt';
/** Keys are used through Secrets Manager, for secrets that are named, and for nothing else. */
const BOUNDS = 'kms:EncryptionContext:SecretARN,kms:ViaService';

/**
 * Every call that a role of an environment makes, by who takes the role; spelled as AWS spells it. Each was read with
 * the part that needs it, and each is bound to resources by other controls. What functions call is listed for each of
 * them in rules/functions.ts.
 */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  // What ECS does before a container starts: the image, its secrets, its log. The app itself calls nothing.
  'ecs-tasks.amazonaws.com, to start tasks': [
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:GetAuthorizationToken',
    'ecr:GetDownloadUrlForLayer',
    'kms:Decrypt',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    READ,
  ],
  // Blue/green deployments: traffic is moved, and hooks are asked.
  'ecs.amazonaws.com': [
    'elasticloadbalancing:DeregisterTargets',
    'elasticloadbalancing:DescribeListeners',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
    'elasticloadbalancing:ModifyRule',
    'elasticloadbalancing:RegisterTargets',
    'lambda:InvokeFunction',
  ],
  // The proxy between app and database reads their logins.
  'rds.amazonaws.com': ['kms:Decrypt', READ],
  // A command is started with the tags of its service, by the role of its task, and kept when that fails.
  'scheduler.amazonaws.com': ['ecs:RunTask', 'ecs:TagResource', 'iam:PassRole', 'sqs:SendMessage'],
  'vpc-flow-logs.amazonaws.com': ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
  // The pipeline takes the roles of `cdk bootstrap`; deploy-role-bounded says which.
  workflows: ['sts:AssumeRole'],
};

/** What those calls are made on, where it is named by text: everything else is named by reference, whole. */
const BY_TEXT: Readonly<Record<string, RegExp>> = {
  'ecs-tasks.amazonaws.com, to start tasks':
    /^arn:(aws[\w-]*|\$\{AWS::Partition\}):ecr:[^:]+:(\$\{AWS::AccountId\}|\d{12}):repository\/([a-z0-9._/-]|\$\{AWS::AccountId\})+$/,
  'scheduler.amazonaws.com':
    /^arn:(aws[\w-]*|\$\{AWS::Partition\}):ecs:[^:]+:(\$\{AWS::AccountId\}|\d{12}):task\/\$\{\w+\}\/\*$/,
  workflows: /^arn:(aws[\w-]*|\$\{AWS::Partition\}):iam::(\$\{AWS::AccountId\}|\d{12}):role\/cdk-[^*?]+$/,
};

const HERE = 'lib/controls/identity/calls-listed.ts';
const OF_FUNCTIONS = 'lib/controls/rules/functions.ts';

const allowing = (Action: Json, Resource: Json): JsonObject => ({ Effect: 'Allow', Action, Resource });
const role = (Service: string, ...statements: readonly JsonObject[]) => ({
  Secret: { Type: SECRET },
  Queue: { Type: 'AWS::SQS::Queue' },
  Role: {
    Type: ROLE,
    Properties: {
      AssumeRolePolicyDocument: { Statement: [{ ...allowing('sts:AssumeRole', '*'), Principal: { Service } }] },
    },
  },
  Rights: { Type: POLICY, Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } } },
});
const calling = (action: string, resource: Json = { Ref: 'Queue' }, FunctionName = 'ums-fixture-watch-deployment') => ({
  ...role('lambda.amazonaws.com', allowing(action, resource)),
  Function: { Type: FUNCTION, Properties: { FunctionName, Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
});
const shared = {
  ...calling('ecs:ListTasks'),
  Other: {
    Type: FUNCTION,
    Properties: { FunctionName: 'ums-fixture-other', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
  },
};
const startingTasks = (...statements: readonly JsonObject[]) => ({
  ...role('ecs-tasks.amazonaws.com', ...statements),
  Task: { Type: TASK, Properties: { ExecutionRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
});

export const control: RuleControl = {
  id: 'calls-listed',
  title: 'Roles make the calls that their kind is known to need, and read secrets of this environment only',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A grant on one named resource looks narrow, and may still hand over a role, code, alarms or a secret of somebody else.',
  remedy: `Drop the grant. If a part of the kit does need the call, list it in ${HERE} under who takes the role, or for a function in ${OF_FUNCTIONS}, with the reason.`,
  protects: [{ type: POLICY, properties: ['PolicyDocument.Statement'] }],
  check: (environment) =>
    environment
      .ofType(ROLE)
      .flatMap((each) => grantsOf(each, environment).flatMap((grant) => faultsOf(grant, each, environment))),
  fixtures: {
    pass: [
      fixture('a function that writes its log', calling('logs:PutLogEvents')),
      fixture('a function that makes a call of its own', calling('ecs:ListTasks')),
      fixture("the function that rotates, with the master's login", {
        Db: { Type: 'AWS::RDS::DBInstance' },
        ...calling(
          READ,
          { 'Fn::GetAtt': ['Db', 'MasterUserSecret.SecretArn'] },
          'ums-fixture-rotate-database-password',
        ),
      }),
      fixture('a task that gets its secret', startingTasks(allowing(READ, [{ Ref: 'Secret' }]))),
    ],
    refuse: [
      ...[
        'cloudwatch:DeleteAlarms',
        'ecs:ExecuteCommand',
        'iam:P?ssRole',
        'lambda:UpdateFunctionCode',
        'logs:DeleteDataProtectionPolicy',
        'logs:putlogevents',
        'rds:ModifyDBInstance',
        'sts:AssumeRole',
      ].map((action) => fixture(`a function that calls ${action}`, calling(action))),
      fixture(
        'a function that makes the calls of another',
        calling('ecs:ListTasks', { Ref: 'Queue' }, 'ums-fixture-other'),
      ),
      fixture('two functions with one role', shared),
      fixture('a thing by its name', calling('logs:PutLogEvents', 'arn:aws:logs:us-east-1:111111111111:log-group:x')),
      fixture('all that begin so', calling('logs:PutLogEvents', { 'Fn::Join': ['', [{ Ref: 'Queue' }, '*']] })),
      fixture("a function that reads the master's login", {
        Db: { Type: 'AWS::RDS::DBInstance' },
        ...calling(READ, { 'Fn::GetAtt': ['Db', 'MasterUserSecret.SecretArn'] }, 'ums-fixture-redeploy-service'),
      }),
      fixture('a function that reads a secret', calling(READ, { Ref: 'Secret' })),
      fixture('an app that calls something', role('ecs-tasks.amazonaws.com', allowing('logs:PutLogEvents', 'arn:x'))),
      fixture('a service that nobody listed', role('states.amazonaws.com', allowing('ecs:RunTask', 'arn:x'))),
      ...(
        [
          'arn:aws:secretsmanager:us-east-1:111111111111:secret:ums/prod/*',
          'arn:aws:secretsmanager:us-east-1:111111111111:secret:other-AbCdEf',
          { 'Fn::Join': ['', [{ Ref: 'Secret' }, '*']] },
          { Ref: 'Task' },
        ] as Json[]
      ).map((secret) =>
        fixture(`a secret by ${JSON.stringify(secret)}`, startingTasks(allowing(READ, [{ Ref: 'Secret' }, secret]))),
      ),
      fixture('a secret by pattern of calls', startingTasks(allowing('secretsmanager:Get*', { Ref: 'Secret' }))),
    ],
  },
};

function faultsOf(grant: Statement, role: Resource, environment: EnvironmentView): Finding[] {
  const { resource, location, body } = grant;
  const { kind, listed, where, on, master = false } = needsOf(role, environment);
  const unlisted = actionsOf(grant).filter((action) => !listed.includes(action));
  const foreign = namesAction(grant, READ)
    ? asList(body.Resource).filter(
        (each) =>
          !(master && MASTER.test(environment.text(each))) &&
          (environment.target(each, resource)?.type !== SECRET || isPattern(environment.text(each))),
      )
    : [];
  const unnamed = asList(body.Resource).filter(
    (each) => each !== '*' && !environment.target(each, resource) && !on?.test(environment.text(each)),
  );
  const { StringEquals: equals, ...others } = asObject(body.Condition);
  const bounds = [...Object.keys(others), ...Object.keys(asObject(equals)).sort()].join();
  const unbound = namesAction(grant, DECRYPT) && bounds !== BOUNDS;
  return [
    ...(unbound
      ? [
          {
            resource,
            location,
            found: `${DECRYPT} bound by ${bounds || 'nothing'}`,
            expected: `StringEquals of ${BOUNDS}`,
          },
        ]
      : []),
    ...unnamed.map((each) => ({
      resource,
      location,
      found: `a grant on ${environment.text(each)}`,
      expected: `a part of this environment by reference, or a text that is listed (${where})`,
    })),
    ...unlisted.map((action) => ({
      resource,
      location,
      found: `${action} for a role of ${kind}`,
      expected: `one of ${listed.join(', ') || 'no calls'} (${where})`,
    })),
    ...foreign.map((each) => ({
      resource,
      location,
      found: `${READ} on ${environment.text(each)}`,
      expected: 'a secret of this environment, by reference',
    })),
  ];
}

/** Who takes a role, and the calls that are listed for them. */
function needsOf(
  role: Resource,
  environment: EnvironmentView,
): { kind: string; listed: readonly string[]; where: string; on?: RegExp; master?: boolean } {
  const kind = kindOf(role, environment);
  if (kind !== 'lambda.amazonaws.com') return { kind, listed: CALLS[kind] ?? [], where: HERE, on: BY_TEXT[kind] };
  // A role of two functions would let each make the other's calls.
  const name = functionOfRole(role, environment);
  const own = name === undefined ? [] : (FUNCTIONS[name]?.calls ?? []);
  return {
    kind: name === undefined ? 'no one function of the kit' : `the function ${name}`,
    listed: [...CALLS_OF_EVERY_FUNCTION, ...own],
    where: OF_FUNCTIONS,
    on: name === undefined ? undefined : FUNCTIONS[name]?.on,
    master: name !== undefined && MASTER_READERS.has(name),
  };
}

/** Who takes a role. Tasks have two: with one ECS starts them, with the other the app calls AWS. */
function kindOf(role: Resource, environment: EnvironmentView): string {
  const trusted = statementsOf(role)
    .filter(({ location }) => location.includes('AssumeRolePolicyDocument'))
    .flatMap((each) => principalsOf(each, environment));
  if (trusted.some(([kind]) => kind === 'Federated')) return 'workflows';
  const who = [...new Set(trusted.map(([, name]) => name))].sort().join(' and ');
  const tasks = environment.ofType(TASK);
  const uses = (path: string) => tasks.some((each) => environment.target(at(each.properties, path), each) === role);
  return who === 'ecs-tasks.amazonaws.com' && uses('ExecutionRoleArn') && !uses('TaskRoleArn')
    ? `${who}, to start tasks`
    : who;
}
