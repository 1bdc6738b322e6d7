import { env, groups, twins } from '../../../../lambda/common/database-roles/env';
import { asMaster } from '../../../../lambda/common/database-roles/master';
import { logins } from '../../../../lambda/common/database-roles/model';
import { reconcile } from '../../../../lambda/common/database-roles/reconcile';
import { Log } from '../../../../lambda/common/log';
import { prepare } from '../../../../lambda/prepare-database/prepare';
import { consoleLines } from '../../../support/console-lines';
import { DatabaseEnvironment, limits } from '../../../support/postgres/environment';
import { PostgresServer } from '../../../support/postgres/server';

let server: PostgresServer;
let environment: DatabaseEnvironment;

beforeAll(async () => {
  consoleLines();
  server = await PostgresServer.start();
  environment = new DatabaseEnvironment(server);
  await prepare(environment.surroundings, new Log());
});
afterAll(async () => {
  await server.stop();
  jest.restoreAllMocks();
});
beforeEach(() => void consoleLines());

/** Brings the roles in order, as it happens in each rotation. */
const mend = (changes: Partial<typeof limits> = {}) =>
  asMaster(environment.place, environment.surroundings.master, (session) =>
    reconcile(session, { ...limits, ...changes }, new Log()),
  );
const asMigration = (sql: string) => server.session(environment.login('migrate'), (client) => client.query(sql));
const asApplication = (sql: string) => server.session(environment.login('app'), (client) => client.query(sql));
const asTheMaster = (sql: string) => server.session(server.master, (client) => client.query(sql));
const asSuperuser = (sql: string) => server.asSuperuser((client) => client.query(sql));

it('finds a database in order when it has brought it in order', async () => {
  expect(await mend()).toEqual([]);
});

it('gives each login its group, its limits and nothing else', async () => {
  for (const purpose of ['app', 'migrate'] as const) {
    const { rows } = await server.session(environment.login(purpose), (client) =>
      client.query(
        `SELECT current_user AS acts, current_setting('statement_timeout') AS statement,
           current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('search_path') AS path`,
      ),
    );
    const expected = { app: ['30s', '1min'], migrate: ['10min', '5min'] }[purpose];
    expect(rows).toEqual([
      { acts: groups[purpose], statement: expected[0], idle: expected[1], path: 'public, pg_temp' },
    ]);
  }
  const { rows } = await asSuperuser(
    `SELECT rolname, rolcanlogin, rolconnlimit, rolcreaterole OR rolcreatedb OR rolsuper OR rolreplication OR rolbypassrls AS more
     FROM pg_roles WHERE rolname ~ '^(app|migrate)_' ORDER BY 1`,
  );
  const role = (rolname: string, rolcanlogin: boolean, rolconnlimit: number) => ({
    rolname,
    rolcanlogin,
    rolconnlimit,
    more: false,
  });
  expect(rows).toEqual([
    role('app_a', true, 20),
    role('app_b', true, 20),
    role('app_owner', false, -1),
    role('app_rw', false, -1),
    role('migrate_a', true, 5),
    role('migrate_b', true, 5),
  ]);
});

it('lets nobody else into the database', async () => {
  await asSuperuser(`CREATE ROLE passer_by LOGIN PASSWORD 'a-password-of-a-test'`);
  await expect(server.connect({ username: 'passer_by', password: 'a-password-of-a-test' })).rejects.toThrow(
    'permission denied for database',
  );
});

it('takes what is already there', async () => {
  await asTheMaster(`CREATE TABLE before (id serial PRIMARY KEY, note text); CREATE VIEW before_view AS SELECT * FROM before;
    CREATE FUNCTION before_function(int) RETURNS int LANGUAGE sql RETURN $1; CREATE TYPE before_type AS ENUM ('one');
    CREATE DOMAIN before_domain AS text; CREATE SEQUENCE before_sequence; CREATE MATERIALIZED VIEW before_copy AS SELECT 1 AS one;
    CREATE TYPE before_row AS (one int)`);
  expect(await mend()).not.toEqual([]);
  expect(await mend()).toEqual([]);
  const { rows } = await asSuperuser(
    `SELECT DISTINCT owner FROM (SELECT relowner::regrole::text AS owner FROM pg_class WHERE relname LIKE 'before%'
       UNION ALL SELECT proowner::regrole::text FROM pg_proc WHERE proname LIKE 'before%'
       UNION ALL SELECT typowner::regrole::text FROM pg_type WHERE typname LIKE 'before%') o`,
  );
  expect(rows).toEqual([{ owner: 'app_owner' }]);
  await asApplication(`INSERT INTO before (note) VALUES ('x'); SELECT nextval('before_sequence'), * FROM before_view`);
  await asMigration(`ALTER TABLE before ADD COLUMN more text; ALTER TYPE before_type ADD VALUE 'two'`);
});

it('takes what a login made outside its group, so that its twin can use it', async () => {
  await asMigration('SET ROLE NONE; CREATE TABLE stray (id int)').catch(() => undefined);
  const { rows } = await asSuperuser(`SELECT relowner::regrole::text AS owner FROM pg_class WHERE relname = 'stray'`);
  expect(rows).toEqual([{ owner: environment.login('migrate').username }]);
  await expect(asApplication('SELECT * FROM stray')).rejects.toThrow('permission denied');
  await mend();
  await asApplication('INSERT INTO stray VALUES (1)');
  await environment.rotate('migrate');
  await asMigration('DROP TABLE stray');
});

it('leaves alone what belongs to an extension or to somebody else', async () => {
  await asTheMaster('CREATE SCHEMA reporting; CREATE TABLE reporting.mine (id int)');
  await asTheMaster('CREATE EXTENSION citext');
  await asMigration('CREATE EXTENSION pgcrypto');
  expect(await mend()).toEqual([]);
});

/** What somebody did by hand, by whom, and what must be so again. */
const drifts: readonly (readonly [string, (sql: string) => Promise<unknown>, string])[] = [
  ['a login lost its group', asTheMaster, 'REVOKE app_rw FROM app_a'],
  ['a login may hand its group on', asTheMaster, 'GRANT app_rw TO app_b WITH ADMIN TRUE'],
  ['a login no longer has its group’s rights by itself', asTheMaster, 'GRANT app_rw TO app_b WITH INHERIT FALSE'],
  ['a login may no longer become its group', asTheMaster, 'GRANT app_owner TO migrate_a WITH SET FALSE'],
  ['the application is also a member of the owner', asTheMaster, 'GRANT app_owner TO app_a'],
  ['a twin is a member of the other', asTheMaster, 'GRANT app_b TO app_a'],
  ['a group is a member of a group', asTheMaster, 'GRANT app_owner TO app_rw'],
  ['a login may make roles', asTheMaster, 'ALTER ROLE app_a CREATEROLE'],
  ['a login may make databases', asTheMaster, 'ALTER ROLE migrate_b CREATEDB'],
  ['a login may not log in', asTheMaster, 'ALTER ROLE app_b NOLOGIN'],
  ['a group may log in', asTheMaster, 'ALTER ROLE app_rw LOGIN'],
  ['a login ends some day', asTheMaster, `ALTER ROLE app_a VALID UNTIL '2020-01-01'`],
  ['a login has another limit', asTheMaster, 'ALTER ROLE app_a CONNECTION LIMIT 1'],
  ['a login does not act as its group', asTheMaster, 'ALTER ROLE migrate_a RESET role'],
  [
    'in this database, a login does not act as its group',
    asTheMaster,
    `ALTER ROLE app_a IN DATABASE app SET role TO 'none'`,
  ],
  ['a login’s statements never end', asTheMaster, 'ALTER ROLE app_b SET statement_timeout TO 0'],
  ['a login looks for tables elsewhere', asTheMaster, 'ALTER ROLE app_b SET search_path TO evil, public'],
  ['everybody may enter the database', asTheMaster, 'GRANT CONNECT, TEMPORARY ON DATABASE app TO PUBLIC'],
  ['the application may make schemas', asTheMaster, 'GRANT CREATE ON DATABASE app TO app_rw'],
  ['the application may make tables', asTheMaster, 'GRANT CREATE ON SCHEMA public TO app_rw WITH GRANT OPTION'],
  ['everybody may look into the schema', asTheMaster, 'GRANT ALL ON SCHEMA public TO PUBLIC'],
  ['a table lost a right', asMigration, 'CREATE TABLE t1 (id int); REVOKE UPDATE ON t1 FROM app_rw'],
  ['a table has a right more', asMigration, 'CREATE TABLE t2 (id int); GRANT TRUNCATE, TRIGGER ON t2 TO app_rw'],
  [
    'a table’s rights may be handed on',
    asMigration,
    'CREATE TABLE t3 (id int); GRANT SELECT ON t3 TO app_rw WITH GRANT OPTION',
  ],
  ['a login has a right of its own', asMigration, 'CREATE TABLE t4 (id int); GRANT ALL ON t4 TO app_a, PUBLIC'],
  ['a sequence lost its right', asMigration, 'CREATE SEQUENCE s1; REVOKE ALL ON s1 FROM app_rw'],
  ['a sequence can be set', asMigration, 'CREATE SEQUENCE s2; GRANT UPDATE ON s2 TO app_rw'],
  [
    'hostile names',
    asMigration,
    `CREATE SCHEMA "we""ird; --"; CREATE TABLE "we""ird; --"."t'; DROP TABLE x; -- ünï" (id int);
    REVOKE ALL ON "we""ird; --"."t'; DROP TABLE x; -- ünï" FROM app_rw`,
  ],
  ['new tables lack a right', asMigration, 'ALTER DEFAULT PRIVILEGES REVOKE INSERT ON TABLES FROM app_rw'],
  ['new tables have a right more', asMigration, 'ALTER DEFAULT PRIVILEGES GRANT TRUNCATE ON TABLES TO app_rw'],
  ['new tables are for everybody', asMigration, 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC'],
  [
    'new tables of a schema have a right more',
    asMigration,
    'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO app_rw',
  ],
  ['a new schema lost its right', asMigration, 'CREATE SCHEMA more; REVOKE ALL ON SCHEMA more FROM app_rw'],
  ['the table of trials is gone', asMigration, 'DROP TABLE breakwater.login_trial'],
  ['a role is gone', asSuperuser, 'DROP OWNED BY migrate_b; DROP ROLE migrate_b'],
  ['the role in use is gone', asSuperuser, 'DROP OWNED BY app_a, app_b; DROP ROLE app_a, app_b'],
  ['the master lost the owner', asSuperuser, 'REVOKE app_owner FROM breakwater_master GRANTED BY breakwater_master'],
];

it.each(drifts)('mends it when %s', async (what, by, sql) => {
  await by(sql);
  const made = await mend();
  expect(made).not.toEqual([]);
  expect(await mend()).toEqual([]);
  // A rotation proves it: it asks the server what the login can do.
  await environment.rotate(/migrate|owner|new /.test(what + sql) ? 'migrate' : 'app');
});

describe('what the master can’t mend', () => {
  it.each([
    [
      'a superuser',
      'ALTER ROLE app_a SUPERUSER',
      'ALTER ROLE app_a NOSUPERUSER',
      /ALTER ROLE "app_a" NOSUPERUSER \(permission denied/,
    ],
    [
      'replication',
      'ALTER ROLE app_b REPLICATION',
      'ALTER ROLE app_b NOREPLICATION',
      /ALTER ROLE "app_b" NOREPLICATION/,
    ],
    [
      'a membership from above',
      'GRANT pg_write_all_data TO app_a',
      'REVOKE pg_write_all_data FROM app_a',
      /REVOKE "pg_write_all_data" FROM "app_a"/,
    ],
  ])('is told, and nothing else is changed: %s', async (_, drift, undo, message) => {
    await asSuperuser(drift);
    await asTheMaster('ALTER ROLE migrate_a CONNECTION LIMIT 3');
    await expect(mend()).rejects.toThrow(/The roles can't be brought in order; nothing was changed/);
    await expect(mend()).rejects.toThrow(message);
    await asSuperuser(undo);
    expect(await mend()).toEqual(['ALTER ROLE "migrate_a" CONNECTION LIMIT 5']);
  });

  it('is told when somebody else made the role', async () => {
    await asSuperuser('REVOKE app_b FROM breakwater_master CASCADE');
    await expect(mend()).rejects.toThrow(
      'Role app_b: made by somebody else than the master, who may not change it. Expected roles that the master administers. ' +
        'As whoever made it: GRANT "app_b" TO <master> WITH ADMIN OPTION',
    );
    await asSuperuser('GRANT app_b TO breakwater_master WITH ADMIN TRUE, INHERIT FALSE, SET FALSE');
    expect(await mend()).toEqual([]);
  });
});

it('follows changed limits', async () => {
  const app = { connections: 40, statementSeconds: 20, idleSeconds: 30 };
  const made = await mend({ app } as never);
  expect(made).toHaveLength(6);
  expect(made).toContain(`ALTER ROLE "app_a" SET statement_timeout TO '20000'`);
  await mend();
});

it('waits for another one at work, and both succeed', async () => {
  await asTheMaster('REVOKE app_rw FROM app_a; ALTER ROLE app_b CONNECTION LIMIT 1');
  const all = await Promise.all([mend(), mend(), mend()]);
  expect(all.flat()).toHaveLength(2);
});

it('knows each name that constructs know', () => {
  expect(logins).toEqual([...twins.app, ...twins.migrate]);
  expect(new Set(Object.values(env)).size).toBe(Object.values(env).length);
});
