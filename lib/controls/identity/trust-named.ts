import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { actsForUs } from '../rules/bound';
import { actionsOf, principalsOf, type Statement, statementsOf } from '../rules/statements';
import type { EnvironmentView, Json, JsonObject, Resource } from '../view';

const ROLE = 'AWS::IAM::Role';
const ASSUME = 'sts:AssumeRole';

/**
 * Services that take a role of the environment, and whether they say for whom they do. Those that do must be held to
 * it; Lambda takes a function's role for that function alone and says nothing.
 */
const services: Readonly<Record<string, { readonly boundToUs: boolean }>> = {
  'backup.amazonaws.com': { boundToUs: false },
  'ecs-tasks.amazonaws.com': { boundToUs: true },
  'ecs.amazonaws.com': { boundToUs: true },
  'events.amazonaws.com': { boundToUs: true },
  'lambda.amazonaws.com': { boundToUs: false },
  'monitoring.rds.amazonaws.com': { boundToUs: true },
  'rds.amazonaws.com': { boundToUs: true },
  'scheduler.amazonaws.com': { boundToUs: true },
  'ssm.amazonaws.com': { boundToUs: true },
  'states.amazonaws.com': { boundToUs: true },
  'vpc-flow-logs.amazonaws.com': { boundToUs: true },
};

const role = (statement: JsonObject, rest: JsonObject = {}) => ({
  Role: {
    Type: ROLE,
    Properties: {
      AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: ASSUME, ...statement }] },
      ...rest,
    },
  },
});
const ours: Json = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
const tasks: JsonObject = { Principal: { Service: 'ecs-tasks.amazonaws.com' }, Condition: ours };

export const control: RuleControl = {
  id: 'trust-named',
  title: 'A role is taken by one named service, acting for this account',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'Whoever may take a role has its rights: an account, everybody, or a service that another customer talks into it.',
  remedy: 'Let one service take the role, with aws:SourceAccount. Workflows take the deploy role and no other.',
  protects: [{ type: ROLE, properties: ['AssumeRolePolicyDocument'] }],
  check: (environment) =>
    environment.ofType(ROLE).flatMap((resource): Finding[] => {
      const trust = statementsOf(resource).filter(({ body }) => 'Principal' in body || 'NotPrincipal' in body);
      const allowing = trust.filter(({ body }) => body.Effect === 'Allow');
      if (allowing.length !== 1) {
        const found = `${allowing.length} statements that let somebody in`;
        return [{ resource, location: 'Properties.AssumeRolePolicyDocument', found, expected: 'one' }];
      }
      return [...allowing.flatMap((each) => trustFaults(each, environment)), ...inline(resource)];
    }),
  fixtures: {
    pass: [
      fixture('tasks of this account', role(tasks)),
      fixture('a function', role({ Principal: { Service: 'lambda.amazonaws.com' } })),
      fixture(
        'a workflow, which deploy-role-bounded judges',
        role({
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: 'arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com' },
        }),
      ),
    ],
    refuse: [
      fixture('an account', role({ Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } } })),
      fixture('everybody', role({ Principal: '*' })),
      fixture('everybody but', role({ NotPrincipal: { AWS: 'arn:aws:iam::111111111111:root' } })),
      fixture('tasks of any account', role({ Principal: tasks.Principal as Json })),
      fixture(
        'tasks of any account that says nothing',
        role({
          ...tasks,
          Condition: { StringEqualsIfExists: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ),
      fixture('a service that needs no role here', role({ Principal: { Service: 'ec2.amazonaws.com' } })),
      fixture(
        'two services',
        role({ ...tasks, Principal: { Service: ['ecs-tasks.amazonaws.com', 'lambda.amazonaws.com'] } }),
      ),
      fixture('a session that passes tags', role({ ...tasks, Action: [ASSUME, 'sts:TagSession'] })),
      fixture('nobody', role({ ...tasks, Effect: 'Deny' })),
      fixture(
        'a policy written into the role',
        role(tasks, { Policies: [{ PolicyName: 'more', PolicyDocument: {} }] }),
      ),
    ],
  },
};

function trustFaults(statement: Statement, environment: EnvironmentView): Finding[] {
  const { resource, location, body } = statement;
  const principals = principalsOf(statement, environment);
  const [[kind, who] = ['', ''], ...others] = principals;
  const finding = (expected: string): Finding[] => [{ resource, location, found: shown(body), expected }];
  if ('NotPrincipal' in body || others.length > 0) return finding('one service');
  if (kind === 'Federated') {
    return actionsOf(statement).join() === 'sts:AssumeRoleWithWebIdentity'
      ? []
      : finding('sts:AssumeRoleWithWebIdentity');
  }
  const service = kind === 'Service' ? services[who] : undefined;
  if (!service) return finding(`one of ${Object.keys(services).join(', ')}`);
  if (actionsOf(statement).join() !== ASSUME) return finding(ASSUME);
  if (service.boundToUs && !actsForUs(statement, environment)) return finding('a condition on aws:SourceAccount');
  return [];
}

/** Rights stand in policies of their own, which have versions and are read as a whole. */
const inline = (resource: Resource): Finding[] =>
  resource.properties.Policies === undefined
    ? []
    : [
        {
          resource,
          location: 'Properties.Policies',
          found: 'an inline policy',
          expected: 'a managed policy of its own',
        },
      ];
