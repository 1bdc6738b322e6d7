import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { asList, asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const ROLE = 'AWS::IAM::Role';
const POLICIES = ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'] as const;
const SERVICE = 'AWS::ECS::Service';

/** What acts as soon as it stands, and the roles with which it does. */
const ACTORS: Readonly<
  Record<string, (actor: Resource, environment: EnvironmentView) => readonly (Resource | undefined)[]>
> = {
  [SERVICE]: rolesOfService,
  'AWS::EC2::FlowLog': (log, view) => [view.target(log.properties.DeliverLogsPermissionArn, log)],
  'AWS::Lambda::Function': (lambda, view) => [view.target(lambda.properties.Role, lambda)],
  'AWS::RDS::DBProxy': (proxy, view) => [view.target(proxy.properties.RoleArn, proxy)],
  'AWS::Scheduler::Schedule': (schedule, view) => [view.target(at(schedule.properties, 'Target.RoleArn'), schedule)],
};

const policy = (role: string) => ({ Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: [{ Ref: role }] } });
const arn = (role: string): Json => ({ 'Fn::GetAtt': [role, 'Arn'] });
const parts = {
  Traffic: { Type: ROLE },
  TrafficRights: policy('Traffic'),
  Hook: { Type: ROLE },
  HookRights: policy('Hook'),
  Execution: { Type: ROLE, Properties: { ManagedPolicyArns: [{ Ref: 'Pull' }] } },
  ExecutionRights: policy('Execution'),
  Pull: { Type: 'AWS::IAM::ManagedPolicy' },
  Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { ExecutionRoleArn: arn('Execution') } },
};
const service = (...DependsOn: readonly string[]) => ({
  ...parts,
  Service: {
    Type: SERVICE,
    DependsOn,
    Properties: {
      TaskDefinition: { Ref: 'Task' },
      LoadBalancers: [{ AdvancedConfiguration: { RoleArn: arn('Traffic') } }],
      DeploymentConfiguration: { LifecycleHooks: [{ RoleArn: arn('Hook') }] },
    },
  },
});
const actor = (Type: string, Properties: JsonObject, ...DependsOn: readonly string[]) => ({
  ...parts,
  Actor: { Type, Properties, DependsOn },
});

export const control: RuleControl = {
  id: 'rights-before-use',
  title: 'What acts as soon as it stands is made after the rights of its roles',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'A policy is attached from its own side, so a reference to the role doesn’t wait for it: the first deployment fails, or not, by chance.',
  remedy: 'Let the construct wait for the role with its rights: `node.addDependency(role)`.',
  protects: Object.keys(ACTORS).map((type) => ({ type, properties: [] })),
  check: (environment) =>
    Object.entries(ACTORS).flatMap(([type, rolesOf]) =>
      environment.ofType(type).flatMap((each) => faultsOf(each, rolesOf(each, environment), environment)),
    ),
  fixtures: {
    pass: [
      fixture('a service after all rights', service('TrafficRights', 'HookRights', 'ExecutionRights')),
      fixture(
        'a schedule after its rights',
        actor('AWS::Scheduler::Schedule', { Target: { RoleArn: arn('Hook') } }, 'HookRights'),
      ),
    ],
    refuse: [
      fixture('a service before all rights', service()),
      fixture('before traffic may be moved', service('HookRights', 'ExecutionRights')),
      fixture('before hooks may be asked', service('TrafficRights', 'ExecutionRights')),
      fixture('before secrets may be read', service('TrafficRights', 'HookRights')),
      fixture('after the role alone', service('Traffic', 'HookRights', 'ExecutionRights')),
      fixture('a schedule', actor('AWS::Scheduler::Schedule', { Target: { RoleArn: arn('Hook') } }, 'Hook')),
      fixture('a function', actor('AWS::Lambda::Function', { Role: arn('Hook') })),
      fixture('a proxy of the database', actor('AWS::RDS::DBProxy', { RoleArn: arn('Hook') }, 'Hook')),
      fixture('a flow log', actor('AWS::EC2::FlowLog', { DeliverLogsPermissionArn: arn('Hook') }, 'TrafficRights')),
    ],
  },
};

function rolesOfService(service: Resource, view: EnvironmentView): readonly (Resource | undefined)[] {
  const { LoadBalancers, DeploymentConfiguration, TaskDefinition } = service.properties;
  const task = view.target(TaskDefinition, service);
  return [
    ...asList(LoadBalancers).map((each) => view.target(at(each, 'AdvancedConfiguration.RoleArn'), service)),
    ...asList(asObject(DeploymentConfiguration).LifecycleHooks).map((each) =>
      view.target(at(each, 'RoleArn'), service),
    ),
    ...(task
      ? [task.properties.ExecutionRoleArn, task.properties.TaskRoleArn].map((each) => view.target(each, task))
      : []),
  ];
}

/** Policies that a role names come before it by themselves, and a role of another stack comes with its whole stack. */
function faultsOf(user: Resource, roles: readonly (Resource | undefined)[], environment: EnvironmentView): Finding[] {
  const waitsFor = asList(
    environment.templates[user.stack]?.Resources?.[user.logicalId]?.DependsOn as Json | undefined,
  );
  return POLICIES.flatMap((type) => environment.ofType(type))
    .filter(
      (each) =>
        each.stack === user.stack &&
        !waitsFor.includes(each.logicalId) &&
        asList(each.properties.Roles).some((role) => roles.includes(environment.target(role, each) ?? each)),
    )
    .map((each) => ({
      resource: user,
      location: 'DependsOn',
      found: `nothing that waits for ${each.path}`,
      expected: 'the rights of its roles, attached before it is made',
    }));
}
