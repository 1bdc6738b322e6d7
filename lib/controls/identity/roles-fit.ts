import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { grantsOf, isAllow, principalsOf, type Statement, statementsOf } from '../rules/statements';
import { asList, asObject, at, type EnvironmentView, type JsonObject, type Resource } from '../view';

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
const rights = {
  PolicyName: 'Rights',
  PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'logs:PutLogEvents' }] },
};
const task = (trust: JsonObject) => ({
  Role: { Type: ROLE, Properties: { AssumeRolePolicyDocument: trust, Policies: [rights] } },
  Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { ExecutionRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
});

export const control: RuleControl = {
  id: 'roles-fit',
  title: 'Each role can be taken by the one service that it is handed to, and by nobody else',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A role that more can take is rights on loan, and one that its service can take no more stops it.',
  remedy: "Give every part a role of its own, and its rights by the part's grant methods.",
  protects: [
    { type: ROLE, properties: ['AssumeRolePolicyDocument'] },
    { type: 'AWS::IAM::ManagedPolicy', properties: [] },
    ...USES.map(({ type, path }) => ({ type, properties: [path] })),
  ],
  check: (environment) => {
    const users = usersOf(environment);
    return [
      ...[...users].flatMap(([role, uses]) => trustFaults(role, uses, environment)),
      ...[...users].flatMap(([role, uses]) => idleFaults(role, uses, environment)),
    ];
  },
  fixtures: {
    pass: [fixture('taken by tasks of this account', task(trusting('ecs-tasks')))],
    refuse: [
      fixture('another service', task(trusting('ec2'))),
      fixture('whoever lets the service work for them', task(trusting('ecs-tasks', {}))),
      fixture('any account', task(trusting('ecs-tasks', { StringLike: { 'aws:SourceAccount': '*' } }))),
      fixture('nobody', task({ Statement: [] })),
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
    ? [
        fault(
          'trust whoever the service works for',
          "aws:SourceAccount or aws:SourceArn with the environment's account",
        ),
      ]
    : [];
}

/** By the account itself, or by the ARN of what the service works for, which names the account. */
function insistsOnAccount({ body }: Statement, environment: EnvironmentView): boolean {
  const condition = asObject(body.Condition);
  const { 'aws:SourceAccount': account } = asObject(condition.StringEquals);
  const { 'aws:SourceArn': arn } = { ...asObject(condition.ArnLike), ...asObject(condition.ArnEquals) };
  return (
    /^(\$\{AWS::AccountId\}|\d{12})$/.test(environment.text(account)) ||
    /^arn:[^*?]+:(\$\{AWS::AccountId\}|\d{12}):/.test(environment.text(arn))
  );
}

function idleFaults(role: Resource, uses: readonly Use[], environment: EnvironmentView): Finding[] {
  const { ManagedPolicyArns: managed } = role.properties;
  const hasRights = asList(managed).length > 0 || grantsOf(role, environment).length > 0;
  return hasRights || uses.some((use) => use.mayBeIdle)
    ? []
    : [{ resource: role, location: 'Resource', found: 'a role without any right', expected: 'what its service calls' }];
}
