import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { functionNamed } from '../rules/functions';
import { at, type EnvironmentView, type JsonObject, type Resource } from '../view';

const FUNCTION = 'AWS::Lambda::Function';
const DB = 'AWS::RDS::DBInstance';
const PROXY = 'AWS::RDS::DBProxy';
const POSTGRESQL = '5432';
const PLACE = ['DATABASE_HOST', 'DATABASE_NAME', 'DATABASE_PORT'];
/** Functions that work on the database, and what each must know just as the one that makes the roles. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  'redeploy-service': PLACE,
  'rotate-database-password': [
    ...PLACE,
    'APP_CONNECTIONS',
    'APP_IDLE_SECONDS',
    'APP_SECRET',
    'APP_STATEMENT_SECONDS',
    'MASTER_SECRET',
    'MIGRATE_CONNECTIONS',
    'MIGRATE_IDLE_SECONDS',
    'MIGRATE_SECRET',
    'MIGRATE_STATEMENT_SECONDS',
  ],
};

const known: JsonObject = {
  DATABASE_HOST: { 'Fn::GetAtt': ['Db', 'Endpoint.Address'] },
  DATABASE_NAME: 'app',
  DATABASE_PORT: POSTGRESQL,
  APP_STATEMENT_SECONDS: '30',
};
const lambda = (name: string, Variables: JsonObject) => ({
  Type: FUNCTION,
  Properties: { FunctionName: `ums-fixture-${name}`, Environment: { Variables } },
});
const environment = (
  changes: { readonly all?: JsonObject; readonly rotate?: JsonObject; readonly redeploy?: JsonObject } = {},
) => ({
  Db: { Type: DB, Properties: { DBName: 'app' } },
  Prepare: lambda('prepare-database', { ...known, ...changes.all }),
  Rotate: lambda('rotate-database-password', { ...known, ...changes.all, ...changes.rotate }),
  Redeploy: lambda('redeploy-service', { ...known, DATABASE_POOLED: 'no', ...changes.all, ...changes.redeploy }),
});

export const control: RuleControl = {
  id: 'database-functions-agree',
  title: 'Functions that work on the database know the same server, the same database and the same limits',
  holds: ['D03/enforce', 'K04/enforce'],
  tiers: everyTier,
  why: 'A rotation brings the roles in order too: with other limits it undoes what the deployment made, and at another place it changes nothing that is in use.',
  remedy: 'Give each of them roleSettings() and database.direct, as lib/constructs/database does.',
  protects: [{ type: FUNCTION, properties: ['Environment.Variables'] }],
  check: (view) => view.ofType(DB).flatMap((database) => faultsOf(database, view)),
  fixtures: {
    pass: [
      fixture('of one mind', environment()),
      fixture('with a proxy', { ...environment({ redeploy: { DATABASE_POOLED: 'yes' } }), Proxy: { Type: PROXY } }),
      fixture('no functions', { Db: { Type: DB } }),
    ],
    refuse: [
      fixture('other limits', environment({ rotate: { APP_STATEMENT_SECONDS: '3' } })),
      fixture('another server', environment({ redeploy: { DATABASE_HOST: 'db.example.com' } })),
      fixture('another database', environment({ all: { DATABASE_NAME: 'postgres' } })),
      fixture('another port', environment({ all: { DATABASE_PORT: '6432' } })),
      fixture('a proxy that is not there', environment({ redeploy: { DATABASE_POOLED: 'yes' } })),
      fixture('a proxy that it does not know of', { ...environment(), Proxy: { Type: PROXY } }),
    ],
  },
};

function faultsOf(database: Resource, view: EnvironmentView): Finding[] {
  const settingOf = (lambda: Resource, name: string): string => {
    const value = at(lambda.properties, `Environment.Variables.${name}`);
    return value === undefined ? '' : view.text(value);
  };
  const differing = (lambda: Resource, name: string, expected: string): Finding[] =>
    settingOf(lambda, name) === expected
      ? []
      : [
          {
            resource: lambda,
            location: `Properties.Environment.Variables.${name}`,
            found: shown(at(lambda.properties, `Environment.Variables.${name}`)),
            expected,
          },
        ];
  const prepare = functionNamed('prepare-database', view);
  const redeploy = functionNamed('redeploy-service', view);
  return [
    ...(prepare
      ? [
          ...differing(prepare, 'DATABASE_NAME', view.text(database.properties.DBName ?? '')),
          ...differing(prepare, 'DATABASE_PORT', POSTGRESQL),
          ...Object.entries(SHARED).flatMap(([name, variables]) => {
            const lambda = functionNamed(name, view);
            return lambda ? variables.flatMap((each) => differing(lambda, each, settingOf(prepare, each))) : [];
          }),
        ]
      : []),
    ...(redeploy ? differing(redeploy, 'DATABASE_POOLED', view.ofType(PROXY).length > 0 ? 'yes' : 'no') : []),
  ];
}
