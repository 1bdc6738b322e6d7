import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { actionsOf, isAllow, principalsOf, type Statement, statementsOf } from '../statements';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const ROLE = 'AWS::IAM::Role';

/** A property that hands a role to a service. */
interface Use {
  readonly type: string;
  readonly path: string;
  readonly service: string;
  /** Whether that service tells which account it works for, so that the trust can insist on ours. */
  readonly tellsAccount: boolean;
  /** A role without any right is what is wanted. */
  readonly mayBeIdle?: boolean;
}

const USES: readonly Use[] = [
  { type: 'AWS::EC2::FlowLog', path: 'DeliverLogsPermissionArn', service: 'vpc-flow-logs', tellsAccount: true },
  { type: 'AWS::ECS::TaskDefinition', path: 'ExecutionRoleArn', service: 'ecs-tasks', tellsAccount: true },
  { type: 'AWS::ECS::TaskDefinition', path: 'TaskRoleArn', service: 'ecs-tasks', tellsAccount: true, mayBeIdle: true },
  {
    type: 'AWS::ECS::Service',
    path: 'LoadBalancers.0.AdvancedConfiguration.RoleArn',
    service: 'ecs',
    tellsAccount: true,
  },
  { type: 'AWS::Lambda::Function', path: 'Role', service: 'lambda', tellsAccount: false },
  { type: 'AWS::RDS::DBInstance', path: 'MonitoringRoleArn', service: 'monitoring.rds', tellsAccount: false },
  { type: 'AWS::Scheduler::Schedule', path: 'Target.RoleArn', service: 'scheduler', tellsAccount: true },
];

const own = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
const trusting = (service: string, Condition: JsonObject | undefined = own): JsonObject => ({
  Statement: [
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: `${service}.amazonaws.com` },
      ...(Condition && { Condition }),
    },
  ],
});
const allowing = (Action: Json, Resource: Json) => ({
  PolicyName: 'Rights',
  PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] },
});
const task = (trust: JsonObject, ...policies: readonly JsonObject[]) => ({
  Secret: { Type: 'AWS::SecretsManager::Secret' },
  Other: { Type: 'AWS::SecretsManager::Secret' },
  Log: { Type: 'AWS::Logs::LogGroup' },
  Role: { Type: ROLE, Properties: { AssumeRolePolicyDocument: trust, Policies: policies } },
  Task: {
    Type: 'AWS::ECS::TaskDefinition',
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
const reading = (...secrets: string[]) =>
  allowing(
    'secretsmanager:GetSecretValue',
    secrets.map((Ref) => ({ Ref })),
  );
const logging = allowing(['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': ['Log', 'Arn'] });

export const control: RuleControl = {
  id: 'roles-fit',
  title:
    'Each role can be taken by the one service that it is handed to, and tasks start with exactly the rights they need',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A role that more can take is rights on loan; one that reads more secrets than its task needs leaks them with it.',
  remedy: "Give every part a role of its own, and its rights by the part's grant methods.",
  protects: [],
  check: (environment) => {
    const users = usersOf(environment);
    return [
      ...[...users].flatMap(([role, uses]) => trustFaults(role, uses, environment)),
      ...[...users].flatMap(([role, uses]) => idleFaults(role, uses, environment)),
      ...environment.ofType('AWS::ECS::TaskDefinition').flatMap((each) => startFaults(each, environment)),
    ];
  },
  fixtures: {
    pass: [
      fixture(
        'a task that reads its secret and writes its log',
        task(trusting('ecs-tasks'), reading('Secret'), logging),
      ),
    ],
    refuse: [
      fixture('another service', task(trusting('ec2'), reading('Secret'), logging)),
      fixture('whoever lets the service work for them', task(trusting('ecs-tasks', {}), reading('Secret'), logging)),
      fixture(
        'any account',
        task(trusting('ecs-tasks', { StringLike: { 'aws:SourceAccount': '*' } }), reading('Secret'), logging),
      ),
      fixture('nobody', task({ Statement: [] }, reading('Secret'), logging)),
      fixture('without the secret', task(trusting('ecs-tasks'), reading('Other'), logging)),
      fixture('with a secret too many', task(trusting('ecs-tasks'), reading('Secret', 'Other'), logging)),
      fixture('without the log', task(trusting('ecs-tasks'), reading('Secret'))),
      fixture('a function whose role may do nothing', {
        Role: { Type: ROLE, Properties: { AssumeRolePolicyDocument: trusting('lambda') } },
        Function: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      }),
    ],
  },
};

/** Which service each role is handed to. */
function usersOf(environment: EnvironmentView): ReadonlyMap<Resource, readonly Use[]> {
  const users = new Map<Resource, Use[]>();
  for (const use of USES) {
    for (const resource of environment.ofType(use.type)) {
      const role = environment.target(at(resource.properties, use.path), resource);
      if (role?.type === ROLE) users.set(role, [...(users.get(role) ?? []), use]);
    }
  }
  return users;
}

function trustFaults(role: Resource, uses: readonly Use[], environment: EnvironmentView): Finding[] {
  const services = [...new Set(uses.map((use) => `${use.service}.amazonaws.com`))];
  const trusted = statementsOf(role).filter(({ location }) => location.includes('AssumeRolePolicyDocument'));
  const allowed = trusted.filter(isAllow);
  const fault = (found: string, expected: string): Finding => ({
    resource: role,
    location: 'Properties.AssumeRolePolicyDocument',
    found,
    expected,
  });
  const principals = allowed.flatMap((each) => principalsOf(each, environment).map(([, who]) => who));
  const fits = principals.length === services.length && services.every((service) => principals.includes(service));
  if (!fits) return [fault(`trust in ${principals.join(', ') || 'nobody'}`, services.join(' and '))];
  return uses.some((use) => use.tellsAccount) && !allowed.every((each) => insistsOnAccount(each, environment))
    ? [fault('trust whoever the service works for', "StringEquals aws:SourceAccount with the environment's account")]
    : [];
}

function insistsOnAccount({ body }: Statement, environment: EnvironmentView): boolean {
  const equals = asObject(asObject(body.Condition).StringEquals);
  return /^(\$\{AWS::AccountId\}|\d{12})$/.test(environment.text(equals['aws:SourceAccount']));
}

function idleFaults(role: Resource, uses: readonly Use[], environment: EnvironmentView): Finding[] {
  const { ManagedPolicyArns: managed } = role.properties;
  const hasRights = asList(managed).length > 0 || grantsOf(role, environment).length > 0;
  return hasRights || uses.some((use) => use.mayBeIdle)
    ? []
    : [{ resource: role, location: 'Resource', found: 'a role without any right', expected: 'what its service calls' }];
}

/** What a role may do, by policies inside it and by those of the environment that stand on it. */
function grantsOf(role: Resource, environment: EnvironmentView): readonly Statement[] {
  const attached = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']
    .flatMap((type) => environment.ofType(type))
    .filter((each) => asList(each.properties.Roles).some((target) => environment.target(target, each) === role));
  const named = asList(role.properties.ManagedPolicyArns).flatMap((arn) => environment.target(arn, role) ?? []);
  return [...new Set([role, ...attached, ...named])]
    .flatMap((each) => statementsOf(each))
    .filter((each) => isAllow(each) && !each.location.includes('AssumeRolePolicyDocument'));
}

/** Secrets and logs that the containers name, against those that the execution role reaches. */
function startFaults(definition: Resource, environment: EnvironmentView): Finding[] {
  const role = environment.target(definition.properties.ExecutionRoleArn, definition);
  if (role?.type !== ROLE) return [];
  const grants = grantsOf(role, environment);
  const reach = (action: string) =>
    new Set(
      grants
        .filter((each) => actionsOf(each).includes(action))
        .flatMap((each) => environment.targets(each.body.Resource, each.resource)),
    );
  const tasks = environment
    .ofType('AWS::ECS::TaskDefinition')
    .filter((each) => environment.target(each.properties.ExecutionRoleArn, each) === role);
  const needed = new Set(tasks.flatMap((each) => secretsOf(each, environment)));
  const readable = reach('secretsmanager:GetSecretValue');
  const writable = reach('logs:PutLogEvents');
  const fault = (resource: Resource, found: string, expected: string): Finding => ({
    resource,
    location: 'Properties.ExecutionRoleArn',
    found,
    expected,
  });
  return [
    ...secretsOf(definition, environment)
      .filter((secret) => !readable.has(secret))
      .map((secret) =>
        fault(definition, `a role that can't read ${secret.path}`, 'a role that reads what the task names'),
      ),
    ...[...readable]
      .filter((secret) => !needed.has(secret))
      .map((secret) =>
        fault(role, `a right to read ${secret.path}, which no task of it names`, 'the secrets of its tasks'),
      ),
    ...logsOf(definition, environment)
      .filter((log) => !writable.has(log))
      .map((log) => fault(definition, `a role that can't write to ${log.path}`, "a role that writes the task's logs")),
  ];
}

const containersOf = (definition: Resource): readonly JsonObject[] =>
  asList(definition.properties.ContainerDefinitions).map(asObject);

const secretsOf = (definition: Resource, environment: EnvironmentView): readonly Resource[] =>
  containersOf(definition)
    .flatMap((each) => asList(each.Secrets))
    .flatMap((each) => environment.targets(asObject(each).ValueFrom, definition));

const logsOf = (definition: Resource, environment: EnvironmentView): readonly Resource[] =>
  containersOf(definition).flatMap((each) =>
    environment
      .targets(at(each, 'LogConfiguration.Options') as Json, definition)
      .filter(({ type }) => type === 'AWS::Logs::LogGroup'),
  );
