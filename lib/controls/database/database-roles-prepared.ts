import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { between, type ValueExpectation } from '../expect';
import { functionOf } from '../rules/functions';
import { SECRET, useOf } from '../rules/rotation';
import { asObject, at, type EnvironmentView, type Json, type JsonObject, type Resource } from '../view';

const DB = 'AWS::RDS::DBInstance';
const ROLES = 'Custom::DatabaseRoles';
/** Functions that bring the roles in order: when the environment is deployed, and before each rotation. */
const FUNCTIONS = ['prepare-database', 'rotate-database-password'] as const;

/** What each role may take. A migration works longer than a request, and neither sits idle in a transaction. */
const LIMITS: Readonly<Record<string, ValueExpectation>> = {
  APP_CONNECTIONS: between(5, 5000),
  APP_IDLE_SECONDS: between(10, 300),
  APP_STATEMENT_SECONDS: between(1, 3600),
  MIGRATE_CONNECTIONS: between(2, 10),
  MIGRATE_IDLE_SECONDS: between(10, 900),
  MIGRATE_STATEMENT_SECONDS: between(60, 86_400),
};

const variables: JsonObject = {
  DATABASE_HOST: { 'Fn::GetAtt': ['Db', 'Endpoint.Address'] },
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'app',
  MASTER_SECRET: { 'Fn::GetAtt': ['Db', 'MasterUserSecret.SecretArn'] },
  APP_SECRET: { Ref: 'App' },
  MIGRATE_SECRET: { Ref: 'Migrate' },
  APP_CONNECTIONS: '40',
  APP_IDLE_SECONDS: '60',
  APP_STATEMENT_SECONDS: '30',
  MIGRATE_CONNECTIONS: '4',
  MIGRATE_IDLE_SECONDS: '300',
  MIGRATE_STATEMENT_SECONDS: '3600',
};
const code = (name: string) => `code-of-${name}.zip`;
const lambda = (name: string, Variables: JsonObject) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: `ums-fixture-${name}`,
    Code: { S3Key: code(name) },
    Timeout: 300,
    Environment: { Variables },
  },
});
const roles = (changes: JsonObject = {}) => ({
  Type: ROLES,
  Properties: {
    ServiceToken: { 'Fn::GetAtt': ['Prepare', 'Arn'] },
    ServiceTimeout: '300',
    Code: code('prepare-database'),
    Settings: variables as Json,
    ...changes,
  } as JsonObject,
});
const environment = (changes: JsonObject = {}, settings: Json = { ...variables, ...changes }) => ({
  Db: { Type: DB },
  App: { Type: SECRET, Properties: { Name: 'ums/fixture/database/app' } },
  Migrate: { Type: SECRET, Properties: { Name: 'ums/fixture/database/migrate' } },
  Prepare: lambda('prepare-database', { ...variables, ...changes }),
  Rotate: lambda('rotate-database-password', { ...variables, ...changes }),
  Roles: roles({ Settings: settings }),
});

export const control: RuleControl = {
  id: 'database-roles-prepared',
  title: 'The roles of the database, their rights and limits are made by the kit when the environment is deployed',
  holds: ['D03/enforce'],
  tiers: everyTier,
  why: 'Without them the first login is made by hand, as the master, with whatever rights somebody finds quickest.',
  remedy: 'Leave DatabaseRoles in the data stack as it is.',
  protects: [
    { type: ROLES, properties: [] },
    { type: ROLES, properties: ['ServiceToken', 'Settings', 'Code', 'ServiceTimeout'] },
    { type: 'AWS::Lambda::Function', properties: ['Environment.Variables'] },
  ],
  check: (view) => view.ofType(DB).flatMap((database) => faultsOf(database, view)),
  fixtures: {
    pass: [fixture('made by the kit', environment())],
    refuse: [
      fixture('nobody makes them', { ...environment(), Roles: { Type: 'AWS::SNS::Topic' } }),
      fixture('another function is asked', {
        ...environment(),
        Roles: roles({ ServiceToken: { 'Fn::GetAtt': ['Rotate', 'Arn'] }, Code: code('rotate-database-password') }),
      }),
      fixture('not made again with other code', { ...environment(), Roles: roles({ Code: 'x' }) }),
      fixture('given up before its function is', { ...environment(), Roles: roles({ ServiceTimeout: '30' }) }),
      fixture('not made again with other limits', environment({}, {})),
      fixture('one secret for both', environment({ MIGRATE_SECRET: { Ref: 'App' } })),
      fixture('another host', environment({ DATABASE_HOST: 'db.example.com' })),
      fixture('statements without end', environment({ APP_STATEMENT_SECONDS: '86400' })),
      fixture('connections without end', environment({ MIGRATE_CONNECTIONS: '1000' })),
    ],
  },
};

function faultsOf(database: Resource, view: EnvironmentView): Finding[] {
  const fault = (resource: Resource, location: string, found: string, expected: string): Finding => ({
    resource,
    location,
    found,
    expected,
  });
  const roles = view.ofType(ROLES).find((each) => {
    const asked = view.target(each.properties.ServiceToken, each);
    return asked !== undefined && functionOf(asked, view) === 'prepare-database';
  });
  if (!roles) return [fault(database, 'Resource', 'nothing that makes its roles', `${ROLES} by prepare-database`)];
  const prepare = view.target(roles.properties.ServiceToken, roles) as Resource;
  const { Variables } = asObject(prepare.properties.Environment);
  return [
    // CloudFormation asks again when something of it changes.
    ...(JSON.stringify(roles.properties.Settings) === JSON.stringify(Variables)
      ? []
      : [fault(roles, 'Properties.Settings', shown(roles.properties.Settings), 'the settings of its function')]),
    ...(roles.properties.Code !== undefined && roles.properties.Code === at(prepare.properties, 'Code.S3Key')
      ? []
      : [fault(roles, 'Properties.Code', shown(roles.properties.Code), 'the code of its function')]),
    ...(String(roles.properties.ServiceTimeout) === String(prepare.properties.Timeout)
      ? []
      : [
          fault(
            roles,
            'Properties.ServiceTimeout',
            shown(roles.properties.ServiceTimeout),
            `the ${shown(prepare.properties.Timeout)} seconds of its function`,
          ),
        ]),
    ...FUNCTIONS.flatMap((name) =>
      view
        .ofType('AWS::Lambda::Function')
        .filter((each) => functionOf(each, view) === name)
        .flatMap((each) => settingFaults(each, database, view)),
    ),
  ];
}

function settingFaults(lambda: Resource, database: Resource, view: EnvironmentView): Finding[] {
  const value = (name: string) => at(lambda.properties, `Environment.Variables.${name}`);
  const secretFor = (use: string) => (given: Json | undefined) => {
    const secret = view.target(given, lambda);
    return secret?.type === SECRET && useOf(secret, view) === use;
  };
  const ofDatabase = (attribute: string) => (given: Json | undefined) =>
    view.target(given, lambda) === database && view.text(given).endsWith(`.${attribute}}`);
  const wanted: readonly (readonly [name: string, expected: string, holds: (given: Json | undefined) => boolean])[] = [
    ['DATABASE_HOST', 'the endpoint of the instance', ofDatabase('Endpoint.Address')],
    ['MASTER_SECRET', "the master's secret", ofDatabase('MasterUserSecret.SecretArn')],
    ['APP_SECRET', "the application's login", secretFor('database/app')],
    ['MIGRATE_SECRET', 'the login of migrations', secretFor('database/migrate')],
    ...Object.entries(LIMITS).map(([name, { expected, holds }]) => [name, expected, holds] as const),
  ];
  return wanted
    .filter(([name, , holds]) => !holds(value(name)))
    .map(([name, expected]) => ({
      resource: lambda,
      location: `Properties.Environment.Variables.${name}`,
      found: shown(value(name)),
      expected,
    }));
}
