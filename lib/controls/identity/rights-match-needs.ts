import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { CALLS_OF_EVERY_FUNCTION, FUNCTIONS, functionOf } from '../rules/functions';
import { actionsOf, grantsOf, namesAction, reach, type Statement } from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const ROLE = 'AWS::IAM::Role';
const TASK = 'AWS::ECS::TaskDefinition';
const FUNCTION = 'AWS::Lambda::Function';
const SCHEDULE = 'AWS::Scheduler::Schedule';
const LOG = 'AWS::Logs::LogGroup';

/** Without these ECS can't fetch an image, whatever the repository. */
const PULL = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

const allowing = (Action: Json, Resource: Json): JsonObject => ({ Effect: 'Allow', Action, Resource });
const pulling = allowing(PULL, '*');
const reading = (...secrets: string[]) =>
  allowing(
    'secretsmanager:GetSecretValue',
    secrets.map((Ref) => ({ Ref })),
  );
const logging = allowing('logs:PutLogEvents', { 'Fn::GetAtt': ['Log', 'Arn'] });
const task = (...statements: readonly JsonObject[]) => ({
  Secret: { Type: 'AWS::SecretsManager::Secret' },
  Other: { Type: 'AWS::SecretsManager::Secret' },
  Log: { Type: LOG },
  Role: {
    Type: ROLE,
    Properties: { Policies: [{ PolicyName: 'Rights', PolicyDocument: { Statement: statements } }] },
  },
  Task: {
    Type: TASK,
    Properties: {
      ExecutionRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      ContainerDefinitions: [
        {
          Secrets: [{ Name: 'SECRET_KEY', ValueFrom: { Ref: 'Secret' } }],
          LogConfiguration: { Options: { 'awslogs-group': { Ref: 'Log' } } },
        },
      ],
    },
  },
});
const tagging = (cluster: Json = { Ref: 'Cluster' }): JsonObject => ({
  ...allowing('ecs:TagResource', { 'Fn::Join': ['', ['arn:aws:ecs:us-east-1:1:task/', cluster, '/*']] }),
  Condition: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
});
const scheduled = (tags?: JsonObject, ecs: JsonObject = { PropagateTags: 'TASK_DEFINITION' }) => ({
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Task: { Type: TASK },
  Role: {
    Type: ROLE,
    Properties: {
      Policies: [
        {
          PolicyName: 'Rights',
          PolicyDocument: { Statement: [allowing('ecs:RunTask', { Ref: 'Task' }), ...(tags ? [tags] : [])] },
        },
      ],
    },
  },
  Schedule: {
    Type: SCHEDULE,
    Properties: {
      Target: {
        Arn: { 'Fn::GetAtt': ['Cluster', 'Arn'] },
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        EcsParameters: { TaskDefinitionArn: { Ref: 'Task' }, ...ecs },
      },
    },
  },
});

export const control: RuleControl = {
  id: 'rights-match-needs',
  title: 'Tasks and functions may do what they must, and read no secret that they do not name',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A right too few stops the next start, at night; a secret too many leaks with the first hole in the app.',
  remedy: "Give rights by the part's grant methods, to the role of the part that needs them.",
  protects: [
    { type: 'AWS::IAM::ManagedPolicy', properties: [] },
    { type: 'AWS::IAM::ManagedPolicy', properties: ['PolicyDocument'] },
    { type: TASK, properties: ['ExecutionRoleArn', 'ContainerDefinitions.Secrets'] },
    { type: SCHEDULE, properties: ['Target.RoleArn'] },
    { type: FUNCTION, properties: ['Role', 'LoggingConfig.LogGroup', 'DeadLetterConfig.TargetArn'] },
  ],
  check: (environment) => [
    ...environment.ofType(TASK).flatMap((each) => taskFaults(each, environment)),
    ...environment.ofType(FUNCTION).flatMap((each) => functionFaults(each, environment)),
    ...environment.ofType(SCHEDULE).flatMap((each) => scheduleFaults(each, environment)),
  ],
  fixtures: {
    pass: [
      fixture('an image, a secret and a log', task(pulling, reading('Secret'), logging)),
      fixture('a schedule that tags what it starts', scheduled(tagging())),
      fixture('a schedule that hands on no tags', scheduled(undefined, {})),
    ],
    refuse: [
      fixture('no secret', task(pulling, reading('Other'), logging)),
      fixture('a secret too many', task(pulling, reading('Secret', 'Other'), logging)),
      fixture('no log', task(pulling, reading('Secret'))),
      fixture('no image', task(reading('Secret'), logging)),
      fixture('a schedule that may not start its task', {
        Task: { Type: TASK },
        Role: { Type: ROLE },
        Schedule: {
          Type: SCHEDULE,
          Properties: {
            Target: {
              RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
              EcsParameters: { TaskDefinitionArn: { Ref: 'Task' } },
            },
          },
        },
      }),
      fixture('a schedule that may not tag what it starts', scheduled()),
      fixture('a schedule that may tag tasks elsewhere', scheduled(tagging('x'))),
      fixture('a schedule that may tag at any time', scheduled({ ...tagging(), Condition: {} })),
      fixture('a function that can write no log', {
        Log: { Type: LOG },
        Role: { Type: ROLE },
        Function: {
          Type: FUNCTION,
          Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, LoggingConfig: { LogGroup: { Ref: 'Log' } } },
        },
      }),
    ],
  },
};

const faultAt =
  (location: string) =>
  (resource: Resource, found: string, expected: string): Finding => ({ resource, location, found, expected });

/** Secrets and logs that the containers name, against those that the execution role reaches. */
function taskFaults(definition: Resource, environment: EnvironmentView): Finding[] {
  const role = environment.target(definition.properties.ExecutionRoleArn, definition);
  if (role?.type !== ROLE) return [];
  const fault = faultAt('Properties.ExecutionRoleArn');
  const tasks = environment
    .ofType(TASK)
    .filter((each) => environment.target(each.properties.ExecutionRoleArn, each) === role);
  const grants = grantsOf(role, environment);
  const allowed = new Set(grants.flatMap(actionsOf));
  const needed = new Set(
    environment
      .ofType(TASK)
      .filter((each) => environment.target(each.properties.ExecutionRoleArn, each) === role)
      .flatMap((each) => secretsOf(each, environment)),
  );
  const readable = reach(grants, 'secretsmanager:GetSecretValue', environment);
  const writable = reach(grants, 'logs:PutLogEvents', environment);
  const written = new Set(tasks.flatMap((each) => logsOf(each, environment)));
  return [
    ...PULL.filter((action) => !allowed.has(action)).map((action) =>
      fault(definition, `a role without ${action}`, 'a role that can pull images'),
    ),
    ...secretsOf(definition, environment)
      .filter((secret) => !readable.has(secret))
      .map((secret) => fault(definition, `a role that can't read ${secret.path}`, 'what the task names')),
    ...[...readable]
      .filter((secret) => !needed.has(secret))
      .map((secret) => fault(role, `a right to ${secret.path}, which no task of it names`, 'the secrets of its tasks')),
    ...logsOf(definition, environment)
      .filter((log) => !writable.has(log))
      .map((log) => fault(definition, `a role that can't write to ${log.path}`, "a role that writes the task's logs")),
    ...pullFaults(definition, grants, environment),
    ...[...writable]
      .filter((log) => log.type === LOG && !written.has(log))
      .map((log) => fault(role, `a right to write to ${log.path}, which no task of it does`, 'the logs of its tasks')),
    ...secretsOf(definition, environment)
      .filter((secret) => !canDecrypt(secret, grants, environment))
      .map((secret) => fault(definition, `a role that can't decrypt ${secret.path}`, 'kms:Decrypt on its key, for it')),
  ];
}

/** Whether a role may use a secret's key for that secret; one under no key of ours needs no right. */
function canDecrypt(secret: Resource, grants: readonly Statement[], environment: EnvironmentView): boolean {
  const key = environment.target(secret.properties.KmsKeyId, secret);
  return (
    !key ||
    grants
      .filter((each) => namesAction(each, 'kms:Decrypt'))
      .filter(({ body, resource }) => environment.targets(body.Resource, resource).includes(key))
      .some(({ body, resource }) => {
        const bound = asObject(at(body, 'Condition.StringEquals'))['kms:EncryptionContext:SecretARN'];
        return bound === undefined || environment.targets(bound, resource).includes(secret);
      })
  );
}

/** Repositories from which a role may pull, against those of the images that it starts. */
const pullFaults = (definition: Resource, grants: readonly Statement[], environment: EnvironmentView): Finding[] => {
  const allowed = grants
    .filter((each) => namesAction(each, 'ecr:BatchGetImage'))
    .flatMap(({ body }) => asList(body.Resource).map((each) => environment.text(each)));
  return containersOf(definition).flatMap(({ Image }): Finding[] => {
    const [, repository] = /\.dkr\.ecr\.[^/]+\/([^@]+?)(?:@|:[^:}/]+$)/.exec(environment.text(Image)) ?? [];
    if (!repository || allowed.some((each) => each === '*' || each.endsWith(`:repository/${repository}`))) return [];
    const found = `a role that can't pull ${repository}`;
    return [faultAt('Properties.ExecutionRoleArn')(definition, found, 'a role that can pull its images')];
  });
};

/** Where a function writes and leaves its failures, against what its role reaches. */
function functionFaults(lambda: Resource, environment: EnvironmentView): Finding[] {
  const role = environment.target(lambda.properties.Role, lambda);
  if (role?.type !== ROLE) return [];
  const grants = grantsOf(role, environment);
  const needs = FUNCTIONS[functionOf(lambda, environment) ?? ''];
  const granted = new Set(grants.flatMap(actionsOf));
  const calls = needs ? [...needs.calls, ...CALLS_OF_EVERY_FUNCTION] : [];
  const missing = calls
    .filter((call) => !granted.has(call))
    .map((call) => faultAt('Properties.Role')(lambda, `a role without ${call}`, 'the calls that it is listed with'));
  const places = [
    ['LoggingConfig.LogGroup', 'logs:PutLogEvents'] as const,
    ['DeadLetterConfig.TargetArn', 'sqs:SendMessage'] as const,
  ].flatMap(([path, action]) => {
    const target = environment.target(at(lambda.properties, path), lambda);
    return !target || reach(grants, action, environment).has(target)
      ? []
      : [
          faultAt(`Properties.${path}`)(
            lambda,
            `a role without ${action} on ${target.path}`,
            'a place that it may use',
          ),
        ];
  });
  return [...missing, ...places];
}

/** What a schedule starts, against what its role may start. */
function scheduleFaults(schedule: Resource, environment: EnvironmentView): Finding[] {
  const role = environment.target(at(schedule.properties, 'Target.RoleArn'), schedule);
  const task = environment.target(at(schedule.properties, 'Target.EcsParameters.TaskDefinitionArn'), schedule);
  if (role?.type !== ROLE || !task) return [];
  const grants = grantsOf(role, environment);
  const fault = faultAt('Properties.Target.RoleArn');
  const starts = reach(grants, 'ecs:RunTask', environment).has(task);
  const passed = reach(grants, 'iam:PassRole', environment);
  const kept = [task.properties.ExecutionRoleArn, task.properties.TaskRoleArn]
    .flatMap((each) => environment.target(each, task) ?? [])
    .filter((each) => !passed.has(each))
    .map((each) => fault(schedule, `a role that can't hand on ${each.path}`, 'iam:PassRole on both roles of its task'));
  return [
    ...kept,
    ...(starts ? [] : [fault(schedule, `a role that can't start ${task.path}`, 'the role of this schedule')]),
    ...(tagsTasks(schedule, grants, environment)
      ? []
      : [
          fault(
            schedule,
            "a role that can't tag what it starts, or tags more",
            'ecs:TagResource on tasks of the cluster, when ecs:CreateAction is RunTask',
          ),
        ]),
  ];
}

/** Who starts a task with tags must be allowed to tag it, or ECS refuses the start. That right ends with the start. */
function tagsTasks(schedule: Resource, grants: readonly Statement[], environment: EnvironmentView): boolean {
  const { PropagateTags, Tags } = asObject(at(schedule.properties, 'Target.EcsParameters'));
  const cluster = environment.target(at(schedule.properties, 'Target.Arn'), schedule);
  const tagging = grants.filter((each) => actionsOf(each).includes('ecs:TagResource'));
  const isOurs = ({ body, resource }: Statement): boolean =>
    asObject(at(body, 'Condition.StringEquals'))['ecs:CreateAction'] === 'RunTask' &&
    asList(body.Resource).every(
      (each) =>
        /:task\/[^/]+\/\*$/.test(environment.text(each)) &&
        cluster !== undefined &&
        environment.targets(each, resource).includes(cluster),
    );
  const tagged = PropagateTags !== undefined || Tags !== undefined;
  return tagging.every(isOurs) && (tagging.length > 0 || !tagged);
}

const containersOf = (definition: Resource): readonly JsonObject[] =>
  asList(definition.properties.ContainerDefinitions).map(asObject);

const secretsOf = (definition: Resource, environment: EnvironmentView): readonly Resource[] =>
  containersOf(definition)
    .flatMap((each) => asList(each.Secrets))
    .flatMap((each) => environment.targets(asObject(each).ValueFrom, definition));

const logsOf = (definition: Resource, environment: EnvironmentView): readonly Resource[] =>
  containersOf(definition).flatMap((each) =>
    environment.targets(at(each, 'LogConfiguration.Options'), definition).filter(({ type }) => type === LOG),
  );
