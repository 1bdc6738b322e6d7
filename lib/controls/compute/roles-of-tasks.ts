import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { sampleContainer, sampleTask, TASK_DEFINITION } from '../rules/compute/containers';
import { actionsOf, policyStatementsOf, type Statement } from '../rules/statements';
import { asList, asObject, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const ROLE = 'AWS::IAM::Role';
const SECRET = 'AWS::SecretsManager::Secret';

/** What ECS needs to start a task, and on what. */
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const ALLOWED = [...PULL, ...LOG, 'ecr:GetAuthorizationToken', 'kms:Decrypt', 'secretsmanager:GetSecretValue'];

const trust = (Condition: Json = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }) => ({
  Statement: [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Condition },
  ],
});
const role = (changes: JsonObject = {}) => ({
  Type: ROLE,
  Properties: { AssumeRolePolicyDocument: trust(), ...changes },
});
const policy = (Statement: Json, roles: Json) => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { PolicyDocument: { Statement }, Roles: roles },
});
const via = {
  'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com',
  'kms:EncryptionContext:SecretARN': { Ref: 'Login' },
};
const RIGHTS: readonly JsonObject[] = [
  {
    Effect: 'Allow',
    Action: [...PULL],
    Resource: { 'Fn::Sub': 'arn:aws:ecr:us-east-1:${AWS::AccountId}:repository/ums/web' },
  },
  { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
  { Effect: 'Allow', Action: [...LOG], Resource: { 'Fn::GetAtt': ['Group', 'Arn'] } },
  { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Login' } },
  {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: { 'Fn::GetAtt': ['Key', 'Arn'] },
    Condition: { StringEquals: via },
  },
];
const environment = (
  rights: readonly JsonObject[],
  changes: Readonly<Record<string, { readonly Type: string }>> = {},
) => ({
  Login: { Type: SECRET },
  Other: { Type: SECRET },
  Key: { Type: 'AWS::KMS::Key' },
  Group: { Type: 'AWS::Logs::LogGroup' },
  Execution: role(),
  Task: role(),
  Rights: policy(rights as Json, [{ Ref: 'Execution' }]),
  Definition: sampleTask([
    sampleContainer('app', {
      Secrets: [{ Name: 'PGPASSWORD', ValueFrom: { 'Fn::Join': ['', [{ Ref: 'Login' }, ':password::']] } }],
      LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': { Ref: 'Group' } } },
    }),
  ]),
  ...changes,
});
const without = (action: string) => RIGHTS.filter(({ Action }) => !asList(Action).includes(action));

export const control: RuleControl = {
  id: 'roles-of-tasks',
  title: 'The app’s code may do nothing at AWS, and ECS may fetch only what the app’s tasks name',
  holds: ['K01/enforce', 'C05/enforce', 'G02/enforce'],
  tiers: everyTier,
  why: 'Whoever breaks into the app has the rights of its task role; whoever starts a task with the execution role, those of that one.',
  remedy: 'Leave the roles of tasks to TaskRoles; give a new need a Lambda function of its own.',
  protects: [
    { type: ROLE, properties: ['AssumeRolePolicyDocument'] },
    { type: TASK_DEFINITION, properties: ['ExecutionRoleArn', 'TaskRoleArn'] },
  ],
  check: (view) => {
    const named = (property: string) =>
      new Set(view.ofType(TASK_DEFINITION).map((task) => view.target(task.properties[property], task)));
    const execution = [...named('ExecutionRoleArn')].filter((each) => each?.type === ROLE) as Resource[];
    const code = [...named('TaskRoleArn')].filter((each) => each?.type === ROLE) as Resource[];
    return [
      ...[...execution, ...code].flatMap((each) => trustFaults(each, view)),
      ...code.flatMap((each) =>
        policyStatementsOf(each, view).map((statement) =>
          tooMuch(statement, actionsOf(statement).join(', '), 'nothing'),
        ),
      ),
      ...execution.flatMap((each) => executionFaults(each, view)),
    ];
  },
  fixtures: {
    pass: [fixture('pull, log, and one secret', environment(RIGHTS))],
    refuse: [
      fixture('rights for the code', environment(RIGHTS, { More: policy([RIGHTS[3] as Json], [{ Ref: 'Task' }]) })),
      fixture(
        'a foreign call',
        environment([...RIGHTS, { Effect: 'Allow', Action: 's3:GetObject', Resource: { Ref: 'Bucket' } }]),
      ),
      fixture(
        'a secret that no task names',
        environment([
          ...RIGHTS,
          { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Other' } },
        ]),
      ),
      fixture(
        'decrypts anything',
        environment([...without('kms:Decrypt'), { ...RIGHTS[4], Condition: undefined as never }]),
      ),
      fixture(
        'decrypts any secret',
        environment([
          ...without('kms:Decrypt'),
          { ...RIGHTS[4], Condition: { StringEquals: { ...via, 'kms:EncryptionContext:SecretARN': '*' } } },
        ]),
      ),
      fixture('can’t fetch the secret', environment(without('secretsmanager:GetSecretValue'))),
      fixture('can’t log', environment(without('logs:PutLogEvents'))),
      fixture('can’t pull', environment(without('ecr:BatchGetImage'))),
      fixture('for another service', environment(RIGHTS, { Task: role({ AssumeRolePolicyDocument: trust({}) }) })),
      fixture(
        'for any account',
        environment(RIGHTS, {
          Task: role({ AssumeRolePolicyDocument: trust({ StringEquals: { 'aws:SourceAccount': '*' } }) }),
        }),
      ),
    ],
  },
};

const tooMuch = ({ resource, location }: Statement, found: string, expected: string): Finding => ({
  resource,
  location,
  found,
  expected,
});

/** ECS, for this account's tasks, and nobody else. */
function trustFaults(role: Resource, view: EnvironmentView): Finding[] {
  const statements = asList(asObject(role.properties.AssumeRolePolicyDocument).Statement).map(asObject);
  const fine = statements.every(({ Principal: principal, Condition: condition, Action: action }) => {
    const account = view.text(asObject(asObject(condition).StringEquals)['aws:SourceAccount']);
    return (
      action === 'sts:AssumeRole' &&
      JSON.stringify(principal) === '{"Service":"ecs-tasks.amazonaws.com"}' &&
      /^(\$\{AWS::AccountId\}|\d{12})$/.test(account)
    );
  });
  return fine && statements.length === 1
    ? []
    : [
        {
          resource: role,
          location: 'Properties.AssumeRolePolicyDocument',
          found: 'another trust',
          expected: 'ecs-tasks.amazonaws.com for this account',
        },
      ];
}

function executionFaults(role: Resource, view: EnvironmentView): Finding[] {
  const statements = policyStatementsOf(role, view);
  const tasks = view
    .ofType(TASK_DEFINITION)
    .filter((task) => view.target(task.properties.ExecutionRoleArn, task) === role);
  const containers = tasks.flatMap((task) =>
    asList(task.properties.ContainerDefinitions).map((each) => ({ task, body: asObject(each) })),
  );
  const needed = (type: string, pick: (body: JsonObject) => Json | undefined) =>
    new Set(
      containers.flatMap(({ task, body }) => view.targets(pick(body), task).filter((each) => each.type === type)),
    );
  const secrets = needed(SECRET, (body) => body.Secrets);
  const groups = needed('AWS::Logs::LogGroup', (body) => body.LogConfiguration);
  const granted = (action: string) =>
    new Set(
      statements
        .filter((each) => each.body.Effect === 'Allow' && actionsOf(each).includes(action))
        .flatMap(({ body, resource }) => [...view.targets(body.Resource, resource)]),
    );
  const lacks = (action: string, what: ReadonlySet<Resource>) =>
    [...what].filter((each) => !granted(action).has(each)).map((each) => `${action} on ${each.logicalId}`);
  const missing = [
    ...[...PULL, 'ecr:GetAuthorizationToken'].filter(
      (action) => !statements.some((each) => actionsOf(each).includes(action)),
    ),
    ...lacks('secretsmanager:GetSecretValue', secrets),
    ...LOG.flatMap((action) => lacks(action, groups)),
  ];
  return [
    ...missing.map((each) => ({
      resource: role,
      location: 'Rights',
      found: `no ${each}`,
      expected: 'what its tasks need to start',
    })),
    ...statements.flatMap((each) => statementFaults(each, secrets, view)),
  ];
}

function statementFaults(statement: Statement, secrets: ReadonlySet<Resource>, view: EnvironmentView): Finding[] {
  const { body, resource } = statement;
  const foreign = actionsOf(statement).filter((action) => !ALLOWED.includes(action));
  const extra = actionsOf(statement).includes('secretsmanager:GetSecretValue')
    ? view.targets(body.Resource, resource).filter((each) => !secrets.has(each))
    : [];
  const faults = [
    ...foreign.map((each) => tooMuch(statement, each, 'what ECS needs to start a task')),
    ...extra.map((each) => tooMuch(statement, `the secret ${each.logicalId}`, 'secrets that its tasks name')),
  ];
  return actionsOf(statement).includes('kms:Decrypt') && !isForSecret(body, resource, view)
    ? [...faults, tooMuch(statement, 'kms:Decrypt without its bounds', 'through Secrets Manager, for one secret')]
    : faults;
}

/** Decrypting is allowed to Secrets Manager only, and for secrets that are named. */
function isForSecret(body: JsonObject, from: Resource, view: EnvironmentView): boolean {
  const equals = asObject(asObject(body.Condition).StringEquals);
  const contexts = asList(equals['kms:EncryptionContext:SecretARN']);
  return (
    /^secretsmanager\.[a-z0-9-]+\.(\$\{AWS::URLSuffix\}|amazonaws\.com(\.cn)?)$/.test(
      view.text(equals['kms:ViaService']),
    ) &&
    contexts.length > 0 &&
    contexts.every((each) => view.target(each, from)?.type === SECRET)
  );
}
