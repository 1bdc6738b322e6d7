import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import { absent, guard, guards, is, pointsAt } from '../expect';
import { functionOfRole, MASTER_READERS } from '../rules/functions';
import { asList, asObject, type EnvironmentView, isImport, type Json, type JsonObject, type Resource } from '../view';

const DB = 'AWS::RDS::DBInstance';
/** What runs the application and its migrations. */
const RUNNERS = [
  'AWS::ECS::TaskDefinition',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Role',
  'AWS::RDS::DBProxy',
];

/** Whether a value contains the attribute of the master's secret, or an output that holds it. */
function refersToMaster(value: Json | undefined, from: Resource, view: EnvironmentView): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const node = asObject(value);
  const attribute = node['Fn::GetAtt'];
  if (attribute !== undefined) {
    const text = Array.isArray(attribute) ? attribute.join('.') : String(attribute);
    return text.endsWith('.MasterUserSecret.SecretArn');
  }
  if (isImport(node)) return view.text(value).includes('.MasterUserSecret.SecretArn');
  return Object.values(value as JsonObject).some((child) => refersToMaster(child, from, view));
}

/** Whether a policy is of functions alone that make the roles and set their passwords. */
function isOfReader(policy: Resource, view: EnvironmentView): boolean {
  const roles = asList(policy.properties.Roles).map((each) => view.target(each, policy));
  return (
    policy.type === 'AWS::IAM::ManagedPolicy' &&
    roles.length > 0 &&
    roles.every((role) => MASTER_READERS.has(functionOfRole(role, view) ?? ''))
  );
}

const key = { Type: 'AWS::KMS::Key' };
const managed = {
  ManageMasterUserPassword: true,
  MasterUserSecret: { KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
  EnableIAMDatabaseAuthentication: false,
};
const database = (changed: JsonObject = {}) => ({ Key: key, Db: { Type: DB, Properties: { ...managed, ...changed } } });
const master = { 'Fn::GetAtt': ['Db', 'MasterUserSecret.SecretArn'] };
const reading = (FunctionName: string) => ({
  ...database(),
  Role: { Type: 'AWS::IAM::Role' },
  Rights: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [{ Resource: master }] } },
  },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName, Role: { 'Fn::GetAtt': ['Role', 'Arn'] } },
  },
});

export const control: RuleControl = {
  id: 'database-master-unused',
  title: 'RDS keeps and rotates the master password, and neither the application nor migrations can read it',
  holds: ['D03/enforce'],
  tiers: everyTier,
  why: 'The master may drop every table and read every row; an application that holds it gives that to whoever takes over one copy.',
  remedy: 'Leave manageMasterUserPassword on, and give tasks the secrets database/app or database/migrate.',
  ...guards(
    guard(DB, {
      ManageMasterUserPassword: is(true),
      MasterUserPassword: absent,
      'MasterUserSecret.KmsKeyId': pointsAt('AWS::KMS::Key'),
      EnableIAMDatabaseAuthentication: is(false),
    }),
    {
      protects: [],
      check: (environment) =>
        RUNNERS.flatMap((type) => environment.ofType(type))
          .filter((resource) => refersToMaster(resource.properties, resource, environment))
          .filter((resource) => !isOfReader(resource, environment))
          .map(
            (resource): Finding => ({
              resource,
              location: 'Properties',
              found: "a reference to the master's secret",
              expected: 'the secret of a role made for the purpose',
            }),
          ),
    },
  ),
  fixtures: {
    pass: [
      fixture('kept by RDS', database()),
      fixture('read by the function that makes the roles', reading('ums-fixture-prepare-database')),
    ],
    refuse: [
      fixture('a password in the template', database({ ManageMasterUserPassword: false, MasterUserPassword: 'x' })),
      fixture('under the default key', database({ MasterUserSecret: {} })),
      fixture('a second way in', database({ EnableIAMDatabaseAuthentication: true })),
      fixture('given to a task', {
        ...database(),
        Task: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: {
            ContainerDefinitions: [
              { Secrets: [{ Name: 'PGPASSWORD', ValueFrom: { 'Fn::Join': ['', [master, ':password::']] } }] },
            ],
          },
        },
      }),
      fixture('readable by the role of another function', reading('ums-fixture-redeploy-service')),
      fixture('readable by a role', {
        ...database(),
        Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement: [{ Resource: master }] } } },
      }),
    ],
  },
};
