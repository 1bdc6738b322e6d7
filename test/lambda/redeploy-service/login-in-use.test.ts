import { twins } from '../../../lambda/common/database-roles/env';
import { Log } from '../../../lambda/common/log';
import { Secret } from '../../../lambda/common/secrets/secret';
import { prepare } from '../../../lambda/prepare-database/prepare';
import { unusedLogin } from '../../../lambda/redeploy-service/login-in-use';
import { consoleLines } from '../../support/console-lines';
import { DatabaseEnvironment } from '../../support/postgres/environment';
import { type Login, PostgresServer } from '../../support/postgres/server';

let server: PostgresServer;
let environment: DatabaseEnvironment;
/** The application's login before the rotation, and the one after it. */
let before: Login;
let current: Login;

beforeAll(async () => {
  consoleLines();
  server = await PostgresServer.start();
  environment = new DatabaseEnvironment(server);
  await prepare(environment.surroundings, new Log());
  before = environment.login('app');
  await environment.rotate('app');
  current = environment.login('app');
});
afterAll(async () => {
  await server.stop();
  jest.restoreAllMocks();
});

const asked = (tasks = 2, pooled = false, login: Login = current) =>
  unusedLogin(
    { place: environment.place, users: twins.app, pooled },
    { username: login.username, password: new Secret(login.password) },
    tasks,
  );

/** What the database says while a copy of the application is logged in. */
async function beside(login: Login, ask: () => Promise<string | undefined>, name = 'web'): Promise<string | undefined> {
  const copy = await server.connect(login, { application_name: name });
  try {
    return await ask();
  } finally {
    const [{ pid } = { pid: 0 }] = (await copy.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    await copy.end();
    // The server takes a session off its list a moment after the client has gone.
    await server.asSuperuser(async (client) => {
      const rows = () => client.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [pid]);
      while ((await rows()).rowCount !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
    });
  }
}

it('is in use when a copy is logged in by it, and nobody by the one before', async () => {
  expect(await beside(current, () => asked())).toBeUndefined();
});

it('is not while a copy still has a session of the one before, and the reason names it', async () => {
  const both = () => beside(before, () => asked());
  expect(await beside(current, both)).toBe(`${before.username} still has 1 sessions at the database`);
});

it('sees sessions of the one before though its own login may not look into them', async () => {
  const may = await server.session(current, (client) =>
    client.query("SELECT pg_has_role(current_user, 'pg_read_all_stats', 'MEMBER') AS may"),
  );
  expect(may.rows).toEqual([{ may: false }]);
  expect(await beside(before, () => asked())).toContain(before.username);
});

it('is not when copies run and none is logged in', async () => {
  expect(await asked()).toBe(`${current.username} has no session at the database, though 2 tasks run`);
});

it('is when nothing runs that could log in', async () => {
  expect(await asked(0)).toBeUndefined();
});

it('does not mind idle sessions of the one before that a proxy keeps', async () => {
  const both = () => beside(before, () => asked(2, true));
  expect(await beside(current, both)).toBeUndefined();
});

it('does not count its own sessions, nor those of migrations', async () => {
  const migrate = environment.login('migrate');
  const copy = () => beside(current, () => asked(), 'redeploy-service');
  expect(await beside(migrate, copy, 'migrate')).toContain('has no session');
});

it('says what is wrong with a login that the server does not take', async () => {
  const wrong = asked(2, false, { ...current, password: 'not-the-password-of-it' });
  await expect(wrong).rejects.toThrow(/the login or its password is not the one that the server knows/);
  await expect(wrong).rejects.not.toThrow('not-the-password-of-it');
});
