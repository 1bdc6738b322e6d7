import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { functionOf } from '../rules/functions';
import { actionsOf, grantsOf } from '../rules/statements';
import {
  asList,
  asObject,
  at,
  type EnvironmentView,
  type Json,
  type JsonObject,
  type Resource,
  type TemplateResource,
} from '../view';

const SERVICE = 'AWS::ECS::Service';
const TASK = 'AWS::ECS::TaskDefinition';
const SECRET = 'AWS::SecretsManager::Secret';
const HOOKS = 'DeploymentConfiguration.LifecycleHooks';
const PREFIX = 'Environment.Variables.FILLED_BY_HAND_PREFIX';
/** The kit leaves these empty: a person puts the value, which another company made. */
const BY_HAND = /^([\w-]+\/[\w-]+\/external\/)/;

const hook = (changes: JsonObject = {}) => [
  {
    HookTargetArn: { 'Fn::GetAtt': ['Check', 'Arn'] },
    RoleArn: { 'Fn::GetAtt': ['HookRole', 'Arn'] },
    LifecycleStages: ['PRE_SCALE_UP'],
    ...changes,
  },
];
const environment = (
  changes: { readonly hooks?: Json; readonly prefix?: string; readonly seen?: Json; readonly name?: string } = {},
): Readonly<Record<string, TemplateResource>> => ({
  Mail: { Type: SECRET, Properties: { Name: 'ums/fixture/external/mail' } },
  App: { Type: SECRET, Properties: { Name: 'ums/fixture/database/app' } },
  Task: {
    Type: TASK,
    Properties: {
      ContainerDefinitions: [
        {
          Name: 'app',
          Secrets: [
            { Name: 'PGPASSWORD', ValueFrom: { Ref: 'App' } },
            { Name: 'MAIL_PASSWORD', ValueFrom: { 'Fn::Join': ['', [{ Ref: 'Mail' }, ':password::']] } },
          ],
        },
      ],
    },
  },
  Service: {
    Type: SERVICE,
    Properties: { LoadBalancers: [{}], DeploymentConfiguration: { LifecycleHooks: changes.hooks ?? hook() } },
  },
  Role: { Type: 'AWS::IAM::Role' },
  Rights: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'secretsmanager:DescribeSecret', Resource: changes.seen ?? { Ref: 'Mail' } },
        ],
      },
    },
  },
  Check: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: changes.name ?? 'ums-fixture-check-secrets',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Environment: { Variables: { FILLED_BY_HAND_PREFIX: changes.prefix ?? 'ums/fixture/external/' } },
    },
  },
});
const { Mail: _mail, Task: _task, ...withoutMail } = environment({ hooks: [] });

export const control: RuleControl = {
  id: 'secrets-filled',
  title: 'No version is started before every secret that a person fills has a value',
  holds: ['C12/enforce'],
  tiers: everyTier,
  why: 'Without the value no task can start: ECS tries again and again, for half an hour, and nothing says what is missing.',
  remedy: 'Leave SecretsCheck and its deployment hook as they are.',
  protects: [
    { type: SERVICE, properties: [HOOKS] },
    { type: 'AWS::Lambda::Function', properties: [PREFIX] },
    { type: 'AWS::IAM::ManagedPolicy', properties: [] },
    { type: 'AWS::IAM::ManagedPolicy', properties: ['PolicyDocument'] },
  ],
  check: (view) => {
    const byHand = new Set(view.ofType(TASK).flatMap((task) => byHandIn(task, view)));
    return byHand.size === 0
      ? []
      : view
          .ofType(SERVICE)
          .filter(({ properties }) => asList(properties.LoadBalancers).length > 0)
          .flatMap((service) => faults(service, byHand, view));
  },
  fixtures: {
    pass: [fixture('asked before the first task', environment()), fixture('nothing to fill', withoutMail)],
    refuse: [
      fixture('nobody asks', environment({ hooks: [] })),
      fixture('asked when the tasks run', environment({ hooks: hook({ LifecycleStages: ['POST_SCALE_UP'] }) })),
      fixture('another function is asked', environment({ name: 'ums-fixture-watch-deployment' })),
      fixture('it looks for others', environment({ prefix: 'ums/staging/external/' })),
      fixture('it looks for none', environment({ prefix: '' })),
      fixture('it may not look', environment({ seen: { Ref: 'App' } })),
      fixture('it may look at more', environment({ seen: [{ Ref: 'Mail' }, { Ref: 'App' }] })),
    ],
  },
};

/** Secrets to fill by hand that the containers of a task name. */
const byHandIn = (task: Resource, view: EnvironmentView): readonly Resource[] =>
  asList(task.properties.ContainerDefinitions)
    .flatMap((container) => asList(asObject(container).Secrets))
    .flatMap((secret) => view.targets(asObject(secret).ValueFrom, task))
    .filter((secret) => secret.type === SECRET && BY_HAND.test(view.text(secret.properties.Name)));

function faults(service: Resource, byHand: ReadonlySet<Resource>, view: EnvironmentView): Finding[] {
  const check = asList(at(service.properties, HOOKS))
    .map(asObject)
    .filter(({ LifecycleStages }) => asList(LifecycleStages).includes('PRE_SCALE_UP'))
    .map(({ HookTargetArn }) => view.target(HookTargetArn, service))
    .find((each) => each !== undefined && functionOf(each, view) === 'check-secrets');
  const finding = (resource: Resource, location: string, found: string, expected: string): Finding => ({
    resource,
    location: `Properties.${location}`,
    found,
    expected,
  });
  if (!check) return [finding(service, HOOKS, 'nothing that asks for them', 'check-secrets, at PRE_SCALE_UP')];
  const prefix = view.text(at(check.properties, PREFIX) ?? '');
  const [first] = [...byHand].flatMap((each) => BY_HAND.exec(view.text(each.properties.Name))?.[1] ?? []);
  return [
    ...(prefix === first ? [] : [finding(check, PREFIX, shown(prefix), shown(first))]),
    ...(seesExactly(check, byHand, view)
      ? []
      : [finding(check, 'Role', 'a role that sees fewer secrets or more', 'secretsmanager:DescribeSecret on these')]),
  ];
}

/** Whether the role of a function may look at these secrets and no others. */
function seesExactly(check: Resource, secrets: ReadonlySet<Resource>, view: EnvironmentView): boolean {
  const role = view.target(check.properties.Role, check);
  const seen = (role ? grantsOf(role, view) : [])
    .filter((each) => actionsOf(each).includes('secretsmanager:DescribeSecret'))
    .flatMap((each) => view.targets(each.body.Resource, each.resource));
  return new Set(seen).size === secrets.size && seen.every((each) => secrets.has(each));
}
