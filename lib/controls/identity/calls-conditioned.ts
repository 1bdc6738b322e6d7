import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { functionOfRole } from '../rules/functions';
import { actionsOf, grantsOf, type Statement } from '../rules/statements';
import { asObject, at, type EnvironmentView, type JsonObject, type Resource } from '../view';

const ROLE = 'AWS::IAM::Role';
const POLICY = 'AWS::IAM::ManagedPolicy';

/** A call that is bound by a condition, because its resource doesn't bind it, or not enough. */
interface Bound {
  readonly action: string;
  /** The function whose call it is. @default - of every one */
  readonly of?: string;
  readonly operator: string;
  readonly key: string;
  readonly value: RegExp;
}

const BOUNDS: readonly Bound[] = [
  {
    action: 'ecs:ListTasks',
    operator: 'ArnEquals',
    key: 'ecs:cluster',
    value: /^arn:\$\{AWS::Partition\}:ecs:[^:*?]+:(\$\{AWS::AccountId\}|\d{12}):cluster\/[a-z0-9-]+-cluster$/,
  },
  {
    action: 'cloudwatch:PutMetricData',
    operator: 'StringEquals',
    key: 'cloudwatch:namespace',
    value: /^Breakwater\/Secrets$/,
  },
  // It marks what runs. With another label it could bring back a value that was taken out of use.
  {
    action: 'secretsmanager:UpdateSecretVersionStage',
    of: 'redeploy-service',
    operator: 'StringEquals',
    key: 'secretsmanager:VersionStage',
    value: /^DEPLOYED$/,
  },
];

const granted = (Action: string, Condition: JsonObject, name = 'redeploy-service') => ({
  Role: { Type: ROLE },
  Rights: {
    Type: POLICY,
    Properties: {
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*', Condition }] },
    },
  },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: `ums-fixture-${name}`, Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
  },
});
const MOVE = 'secretsmanager:UpdateSecretVersionStage';
const label = (value: string): JsonObject => ({ StringEquals: { 'secretsmanager:VersionStage': value } });

export const control: RuleControl = {
  id: 'calls-conditioned',
  title: 'Calls that no resource bounds are bound by a condition: to a cluster, a namespace, a label',
  holds: ['G02/enforce'],
  tiers: everyTier,
  why: 'Without its condition such a grant reaches every cluster, writes any metric, or moves the label that says which value is current.',
  remedy:
    'Leave the statements of lib/constructs/roles/ecs-statements.ts and of lib/constructs/secrets/rotation as they are.',
  protects: [{ type: POLICY, properties: ['PolicyDocument.Statement'] }],
  check: (environment) => environment.ofType(ROLE).flatMap((role) => faultsOf(role, environment)),
  fixtures: {
    pass: [
      fixture('a label that marks', granted(MOVE, label('DEPLOYED'))),
      fixture('a rotation, which moves every label', granted(MOVE, {}, 'rotate-application-key')),
      fixture(
        'a namespace',
        granted('cloudwatch:PutMetricData', { StringEquals: { 'cloudwatch:namespace': 'Breakwater/Secrets' } }),
      ),
    ],
    refuse: [
      fixture('every label', granted(MOVE, {})),
      fixture('the label of what is current', granted(MOVE, label('AWSCURRENT'))),
      fixture('every label but one', granted(MOVE, { StringNotEquals: { 'secretsmanager:VersionStage': 'DEPLOYED' } })),
      fixture('every namespace', granted('cloudwatch:PutMetricData', {}, 'audit-secrets')),
      fixture('every cluster', granted('ecs:ListTasks', {})),
      fixture(
        'clusters by pattern',
        granted('ecs:ListTasks', { ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:us-east-1:111111111111:cluster/*' } }),
      ),
    ],
  },
};

function faultsOf(role: Resource, environment: EnvironmentView): Finding[] {
  const name = functionOfRole(role, environment);
  return BOUNDS.filter(({ of = name }) => of === name).flatMap((bound) =>
    grantsOf(role, environment)
      .filter((grant) => actionsOf(grant).includes(bound.action))
      .filter((grant) => !isBound(grant, bound, environment))
      .map(({ resource, location, body }) => ({
        resource,
        location,
        found: `${bound.action} under ${shown(body.Condition)}`,
        expected: `${bound.operator} ${bound.key} ${bound.value.source}`,
      })),
  );
}

const isBound = ({ body }: Statement, { operator, key, value }: Bound, environment: EnvironmentView): boolean => {
  const bounds = asObject(at(body.Condition, operator));
  return bounds[key] !== undefined && value.test(environment.text(bounds[key]));
};
