import { randomUUID } from 'node:crypto';
import { twins } from '../../../lambda/common/database-roles/env';
import { Log } from '../../../lambda/common/log';
import { DEPLOYED } from '../../../lambda/common/secrets/deployed';
import { SecretStore } from '../../../lambda/common/secrets/store';
import { prepare } from '../../../lambda/prepare-database/prepare';
import { DatabaseProxy } from '../../../lambda/rotate-database-password/proxy';
import { consoleLines } from '../../support/console-lines';
import { DatabaseEnvironment, names } from '../../support/postgres/environment';
import { type Login, PostgresServer } from '../../support/postgres/server';

let server: PostgresServer;
let environment: DatabaseEnvironment;
let lines: string[];

beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  lines = consoleLines();
  // Passwords of the environment before are not known to this one's secrets.
  environment = new DatabaseEnvironment(server);
  await prepare(environment.surroundings, new Log());
});
afterEach(() => jest.restoreAllMocks());

const who = (login: Login) =>
  server.session(login, async (client) => (await client.query('SELECT session_user, current_user')).rows[0]);

/** Begins a rotation as Secrets Manager does. */
async function begun(purpose: 'app' | 'migrate') {
  const token = randomUUID();
  const name = names[purpose];
  await environment.secrets.call('RotateSecret', { SecretId: name, ClientRequestToken: token });
  const { arn } = environment.secrets.secret(name);
  return { token, step: (Step: string) => environment.step({ Step, SecretId: arn, ClientRequestToken: token }) };
}

describe.each(['app', 'migrate'] as const)('the login of %s', (purpose) => {
  it('alternates between twins with a new password each time, and the one before stays good', async () => {
    const group = { app: 'app_rw', migrate: 'app_owner' }[purpose];
    const seen: Login[] = [environment.login(purpose)];
    for (let turn = 1; turn <= 4; turn++) {
      await environment.rotate(purpose);
      const [before, now] = [seen.at(-1) as Login, environment.login(purpose)];
      expect(now.username).toBe(twins[purpose][turn % 2]);
      expect(now.password).toMatch(/^[A-Za-z0-9]{48}$/);
      expect(Object.keys(now).sort()).toEqual(['password', 'username']);
      expect(await who(now)).toEqual({ session_user: now.username, current_user: group });
      expect(await who(before)).toEqual({ session_user: before.username, current_user: group });
      seen.push(now);
    }
    expect(new Set(seen.map(({ password }) => password)).size).toBe(5);
    await expect(who(seen[1] as Login)).rejects.toThrow('password authentication failed');
  });

  it('lets one twin use what was made in the other’s turn', async () => {
    await environment.rotate('migrate');
    const [first, second] = ['one', 'two'].map((each) => `${purpose}_${each}_${Date.now()}`) as [string, string];
    const migrate = () => environment.login('migrate');
    await server.session(migrate(), (client) => client.query(`CREATE TABLE ${first} (id serial, note text)`));
    await environment.rotate(purpose);
    await environment.rotate('migrate');
    await server.session(migrate(), (client) => client.query(`CREATE TABLE ${second} (id serial, note text)`));
    for (const table of [first, second]) {
      await server.session(environment.login('app'), async (client) => {
        await client.query(`INSERT INTO ${table} (note) VALUES ('x')`);
        await client.query(`UPDATE ${table} SET note = 'y'`);
        expect((await client.query(`SELECT note FROM ${table}`)).rows).toEqual([{ note: 'y' }]);
        await client.query(`DELETE FROM ${table}`);
        for (const refused of [
          `TRUNCATE ${table}`,
          `DROP TABLE ${table}`,
          'CREATE TABLE mine ()',
          'CREATE TEMP TABLE mine ()',
        ])
          await expect(client.query(refused)).rejects.toThrow(/permission denied|must be owner/);
      });
      await server.session(migrate(), (client) => client.query(`ALTER TABLE ${table} ADD COLUMN more text`));
      await environment.rotate('migrate');
      await server.session(migrate(), (client) => client.query(`DROP TABLE ${table}`));
    }
  });

  it('is not taken from a copy that still uses the twin', async () => {
    const before = environment.login(purpose);
    await environment.rotate(purpose);
    const copy = await server.connect(before);
    await expect(environment.rotate(purpose)).rejects.toThrow(
      `Secret ${names[purpose]}: ${before.username} still has 1 sessions: copies that started before the last rotation would lose their way in.`,
    );
    expect(await who(before)).toMatchObject({ session_user: before.username });
    await copy.end();
    await environment.rotate(purpose, { attempts: 20 });
    expect(environment.login(purpose).username).toBe(before.username);
  });
});

it('waits for the last rotation to be complete', async () => {
  const [version = ''] = [...environment.secrets.secret(names.app).versions.keys()];
  await environment.secrets.call('UpdateSecretVersionStage', {
    SecretId: names.app,
    VersionStage: DEPLOYED,
    MoveToVersionId: version,
  });
  await environment.rotate('app');
  await expect(environment.rotate('app')).rejects.toThrow(
    `the last rotation is not complete, version ${version} may still run. Expected DEPLOYED and AWSCURRENT on one version`,
  );
  await environment.secrets.call('UpdateSecretVersionStage', {
    SecretId: names.app,
    VersionStage: DEPLOYED,
    RemoveFromVersionId: version,
    MoveToVersionId: environment.secrets.holder(names.app, 'AWSCURRENT'),
  });
  await environment.rotate('app');
  expect(environment.login('app').username).toBe('app_a');
});

describe('what is wrong', () => {
  it('with the secret is told by its name and place', async () => {
    const { token, step } = await begun('app');
    const put = (value: string) =>
      environment.secrets.call('PutSecretValue', {
        SecretId: names.app,
        SecretString: value,
        ClientRequestToken: randomUUID(),
      });
    await put('{"username":7}');
    await expect(step('createSecret')).rejects.toThrow(
      /Secret ums\/prod\/database\/app, version .*: not the content of a database login: username is a number; expected a role's name, for example app_a; password is missing; expected a text/,
    );
    await put(JSON.stringify({ username: 'bobby"; DROP TABLE x; --', password: 'hunter2hunter2' }));
    await expect(step('createSecret')).rejects.toThrow(
      `username is 'bobby"; DROP TABLE x; --', no login of the kit; expected one of app_a, app_b, migrate_a, migrate_b`,
    );
    await put(JSON.stringify({ username: 'migrate_a', password: 'hunter2hunter2' }));
    await expect(step('createSecret')).rejects.toThrow(
      `Secret ${names.app}: the current login is migrate_a; expected one of app_a, app_b. Put the right login back`,
    );
    expect(lines.join('\n')).not.toContain('hunter2hunter2');
    expect(environment.secrets.secret(names.app).versions.get(token)?.put).toBe(false);
  });

  it('with a secret of something else, it is left alone', async () => {
    environment.secrets.add({
      name: 'ums/prod/other',
      value: JSON.stringify({ username: 'app_a', password: 'something' }),
    });
    await environment.secrets.call('RotateSecret', { SecretId: 'ums/prod/other', ClientRequestToken: 'a'.repeat(36) });
    const { arn } = environment.secrets.secret('ums/prod/other');
    const event = { Step: 'createSecret', SecretId: arn, ClientRequestToken: 'a'.repeat(36) };
    await expect(environment.step(event)).rejects.toThrow(
      'Secret ums/prod/other: this function does not rotate it; expected the secret of a login at the database',
    );
  });

  it('when the current value became the same twin’s, the pending one does not follow', async () => {
    const { step } = await begun('app');
    await step('createSecret');
    await environment.secrets.call('PutSecretValue', {
      SecretId: names.app,
      SecretString: JSON.stringify({ ...environment.login('app'), username: 'app_b' }),
      ClientRequestToken: randomUUID(),
    });
    await expect(step('setSecret')).rejects.toThrow(
      'it is a login of app_b; expected app_a, the twin of the current app_b',
    );
  });

  it('with a right that appears between set and test, the test fails with every one, and the next try mends it', async () => {
    const { token, step } = await begun('app');
    await step('createSecret');
    await step('setSecret');
    await server.session(environment.login('migrate'), async (client) => {
      await client.query(
        'CREATE TABLE leaky (id int); GRANT TRUNCATE ON leaky TO PUBLIC; REVOKE UPDATE ON leaky FROM app_rw',
      );
    });
    await server.asSuperuser((client) => client.query('GRANT pg_read_all_data TO app_b; ALTER ROLE app_b CREATEDB'));
    await expect(step('testSecret')).rejects.toThrow(
      'app_b has not the rights that it should have: app_b has the attribute CREATEDB; is a member of pg_read_all_data; ' +
        'has TRUNCATE on leaky; lacks UPDATE on leaky. The next try brings them in order',
    );
    // The master may take what it may give: the membership came from somebody with more rights.
    await expect(step('setSecret')).rejects.toThrow(
      /The roles can't be brought in order; nothing was changed\. The master may not or can't do: REVOKE "pg_read_all_data" FROM "app_b"/,
    );
    await server.asSuperuser((client) => client.query('REVOKE pg_read_all_data FROM app_b'));
    await step('setSecret');
    await step('testSecret');
    await step('finishSecret');
    expect(environment.secrets.holder(names.app, 'AWSCURRENT')).toBe(token);
    await server.session(environment.login('migrate'), (client) => client.query('DROP TABLE leaky'));
  });

  it('when the rotation was given up meanwhile, the password is not set', async () => {
    const { token, step } = await begun('app');
    await step('createSecret');
    const { interceptor } = environment.secrets;
    let looks = 0;
    environment.secrets.interceptor = async (call, perform) => {
      // The third look at the secret is the one under the lock.
      if (
        call.operation === 'DescribeSecret' &&
        call.input.SecretId === environment.secrets.secret(names.app).arn &&
        ++looks === 2
      )
        await environment.secrets.call('UpdateSecretVersionStage', {
          SecretId: names.app,
          VersionStage: 'AWSPENDING',
          RemoveFromVersionId: token,
        });
      return perform();
    };
    await expect(step('setSecret')).rejects.toThrow(`version ${token} was given up meanwhile; nothing was changed`);
    environment.secrets.interceptor = interceptor;
    const [pending] = [...environment.secrets.secret(names.app).versions].filter(([id]) => id === token);
    await expect(who(JSON.parse(pending?.[1].value ?? '') as Login)).rejects.toThrow('password authentication failed');
  });
});

describe('a proxy before the database', () => {
  const logins = ['ums/prod/database/proxy/app-a', 'ums/prod/database/proxy/app-b'];
  let proxy: DatabaseProxy;
  beforeEach(() => {
    for (const name of logins)
      environment.secrets.add({ name, value: JSON.stringify(environment.login('app')), rotates: false });
    const stores = logins.map(
      (name) => new SecretStore(environment.secrets.secret(name).arn, { client: environment.client }),
    );
    proxy = new DatabaseProxy(environment.place, stores, () => Promise.resolve());
  });
  const known = (index: number) => JSON.parse(environment.secrets.value(logins[index] as string) ?? 'null') as Login;

  it('learns each twin’s new password from the twin’s own secret, and nothing about migrations', async () => {
    const first = environment.login('app');
    await environment.rotate('app', { proxy });
    expect(known(1)).toEqual(environment.login('app'));
    expect(known(0)).toEqual(first);
    await environment.rotate('app', { proxy });
    expect(known(0)).toEqual(environment.login('app'));
    const [, before] = [known(0), known(1)];
    await environment.rotate('migrate', { proxy });
    expect(known(1)).toEqual(before);
  });

  it('is waited for until it lets the twin in, and no longer than a minute', async () => {
    const elsewhere = { ...environment.login('app'), password: 'another-password-of-somebody' };
    const waits: number[] = [];
    const slow = new DatabaseProxy(environment.place, [], async (pause) => void waits.push(pause));
    const login = {
      ...environment.login('app'),
      password: new (await import('../../../lambda/common/secrets/secret')).Secret(elsewhere.password),
    };
    await expect(slow.letsIn(login as never)).rejects.toThrow(
      'the login or its password is not the one that the server knows',
    );
    expect(waits.reduce((sum, each) => sum + each, 0)).toBe(60_000);
  });
});

it.each([1, 2, 3, 5])('converges when %s reads show what was before a write', async (lag) => {
  for (const purpose of ['app', 'migrate'] as const) {
    environment.secrets.lag = lag;
    const before = environment.login(purpose);
    await environment.rotate(purpose, { attempts: 5 });
    environment.secrets.lag = 0;
    expect(environment.login(purpose).username).not.toBe(before.username);
    for (const login of [before, environment.login(purpose)]) expect(await who(login)).toBeDefined();
  }
});

it('goes on after the server broke down and came back', async () => {
  const { step } = await begun('migrate');
  await step('createSecret');
  await server.restart();
  await step('setSecret');
  await server.restart();
  await step('testSecret');
  await step('finishSecret');
  expect(await who(environment.login('migrate'))).toMatchObject({ current_user: 'app_owner' });
});
