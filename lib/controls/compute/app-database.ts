import { everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import {
  type Container,
  containersOf,
  fault,
  hasRole,
  plainSettings,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import type { EnvironmentView, Json, Resource } from '../view';

const DB = 'AWS::RDS::DBInstance';
const PROXY = 'AWS::RDS::DBProxy';

/** Which attribute of each is the name that clients connect to. */
const ADDRESS: Readonly<Record<string, RegExp>> = {
  [DB]: /^\$\{\w+\.Endpoint\.Address\}$/,
  [PROXY]: /^\$\{\w+\.Endpoint\}$/,
};

const instance = { Type: DB, Properties: { DBName: 'app', Port: '5432' } };
const place = (host: Json, changes: Readonly<Record<string, Json | undefined>> = {}) =>
  sampleContainer('app', {
    Environment: Object.entries({ PGHOST: host, PGPORT: '5432', PGDATABASE: 'app', ...changes }).flatMap(
      ([Name, Value]) => (Value === undefined ? [] : [{ Name, Value }]),
    ),
  });
const toInstance: Json = { 'Fn::GetAtt': ['Db', 'Endpoint.Address'] };
const toProxy: Json = { 'Fn::GetAtt': ['Proxy', 'Endpoint'] };
const web = (host: Json, changes: Readonly<Record<string, Json | undefined>> = {}) => ({
  Db: instance,
  Web: sampleTask([place(host, changes)]),
});
const proxied = (webHost: Json, migrateHost: Json) => ({
  Proxy: { Type: PROXY },
  ...web(webHost),
  Migrate: sampleTask([place(migrateHost)], { Family: 'ums-prod-migrate' }),
});

export const control: RuleControl = {
  id: 'app-database',
  title: 'Every process finds the database of this environment: the application by its proxy, migrations past it',
  holds: ['C08/enforce', 'D02/enforce', 'D03/enforce'],
  tiers: everyTier,
  why: 'An address of somebody else gets the password; one past the proxy takes the connections that the proxy was to share; a migration through it holds its locks in a session that others use.',
  remedy: 'Leave PGHOST, PGPORT and PGDATABASE to settingsOf().',
  protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.Environment'] }],
  check: (environment) =>
    environment.ofType(DB).length === 0
      ? []
      : containersOf(environment)
          .filter(hasRole('app'))
          .flatMap((container) => faults(container, environment)),
  fixtures: {
    pass: [
      fixture('the instance', web(toInstance)),
      fixture('a proxy, and migrations past it', proxied(toProxy, toInstance)),
    ],
    refuse: [
      fixture('another server', web('db.example.com')),
      fixture('no server', web(toInstance, { PGHOST: undefined })),
      fixture('two servers', web({ 'Fn::Join': [',', [toInstance, 'db.example.com']] })),
      fixture('another attribute of it', web({ 'Fn::GetAtt': ['Db', 'Endpoint.Port'] })),
      fixture('another port', web(toInstance, { PGPORT: '6432' })),
      fixture('another database', web(toInstance, { PGDATABASE: 'postgres' })),
      fixture('an option in the name of the database', web(toInstance, { PGDATABASE: 'app?sslmode=disable' })),
      fixture('past the proxy', proxied(toInstance, toInstance)),
      fixture('migrations through the proxy', proxied(toProxy, toProxy)),
    ],
  },
};

function faults(container: Container, environment: EnvironmentView): Finding[] {
  const [database] = environment.ofType(DB);
  const [proxy] = environment.ofType(PROXY);
  const migrates = /-migrate$/.test(environment.text(container.task.properties.Family));
  const server = proxy && !migrates ? proxy : database;
  const { PGHOST, PGPORT, PGDATABASE } = plainSettings(container);
  const wrong = (name: string, found: Json | undefined, expected: string) =>
    fault(container, 'Environment', `${name} ${shown(found)}`, expected);
  return [
    ...(server && isAddressOf(server, PGHOST, container, environment)
      ? []
      : [wrong('PGHOST', PGHOST, `the address of ${server?.path}, by reference`)]),
    ...(String(PGPORT) === environment.text(database?.properties.Port)
      ? []
      : [wrong('PGPORT', PGPORT, shown(database?.properties.Port))]),
    ...(PGDATABASE !== undefined && PGDATABASE === database?.properties.DBName
      ? []
      : [wrong('PGDATABASE', PGDATABASE, shown(database?.properties.DBName))]),
  ];
}

const isAddressOf = (server: Resource, value: Json | undefined, { task }: Container, environment: EnvironmentView) =>
  environment.target(value, task) === server && (ADDRESS[server.type]?.test(environment.text(value)) ?? false);
