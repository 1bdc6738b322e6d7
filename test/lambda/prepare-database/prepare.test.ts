import { randomUUID } from 'node:crypto';
import { twins } from '../../../lambda/common/database-roles/env';
import { Log } from '../../../lambda/common/log';
import { verifierOf } from '../../../lambda/common/postgres/scram';
import { Secret } from '../../../lambda/common/secrets/secret';
import { prepare } from '../../../lambda/prepare-database/prepare';
import { consoleLines } from '../../support/console-lines';
import { DatabaseEnvironment, names } from '../../support/postgres/environment';
import { PostgresServer } from '../../support/postgres/server';
import { forget } from '../../support/rotation/first-preparation';
import { foundIn } from '../../support/secrets-manager/spellings';

let server: PostgresServer;
let environment: DatabaseEnvironment;
let lines: string[];

beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  lines = consoleLines();
  await server.asSuperuser(forget);
  environment = new DatabaseEnvironment(server);
});
afterEach(() => jest.restoreAllMocks());

const prepared = () => prepare(environment.surroundings, new Log());
const letsIn = (username: string, password: string) =>
  server
    .session({ username, password }, (client) => client.query('SELECT 1'))
    .then(
      () => true,
      () => false,
    );
const put = (name: string, value: unknown) =>
  environment.secrets.call('PutSecretValue', {
    SecretId: name,
    SecretString: typeof value === 'string' ? value : JSON.stringify(value),
    ClientRequestToken: randomUUID(),
  });

it('makes every role and lets both twins in with the password that CloudFormation drew', async () => {
  const made = await prepared();
  expect(made.filter((each) => each.startsWith('CREATE ROLE'))).toHaveLength(6);
  for (const purpose of ['app', 'migrate'] as const)
    for (const username of twins[purpose])
      expect(await letsIn(username, environment.login(purpose).password)).toBe(true);
  expect(await prepared()).toEqual([]);
  expect(foundIn(server.log(), environment.passwords())).toEqual([]);
  expect(foundIn(lines.join('\n'), environment.passwords())).toEqual([]);
});

it('changes no password of a login that lets in, whatever happened in between', async () => {
  await prepared();
  const first = environment.login('app');
  await environment.rotate('app');
  await prepared();
  expect(await letsIn(first.username, first.password)).toBe(true);
  const { username, password } = environment.login('app');
  expect(await letsIn(username, password)).toBe(true);
});

it('lets the current login in again after the database came back from an older snapshot', async () => {
  await prepared();
  await environment.rotate('app');
  const { username, password } = environment.login('app');
  const older = verifierOf(new Secret('the-password-of-last-quarter'));
  await server.asSuperuser((client) => client.query(`ALTER ROLE ${username} PASSWORD '${older}'`));
  expect(await letsIn(username, password)).toBe(false);
  await prepared();
  expect(await letsIn(username, password)).toBe(true);
  expect(lines.join('\n')).toContain('the current login did not let in, and got its password again');
});

it('does not disturb a rotation that is half done', async () => {
  await prepared();
  const token = randomUUID();
  await environment.secrets.call('RotateSecret', { SecretId: names.app, ClientRequestToken: token });
  const { arn } = environment.secrets.secret(names.app);
  const step = (Step: string) => environment.step({ Step, SecretId: arn, ClientRequestToken: token });
  for (const each of ['createSecret', 'setSecret']) {
    await step(each);
    await prepared();
  }
  await step('testSecret');
  await step('finishSecret');
  const { username, password } = environment.login('app');
  expect(await letsIn(username, password)).toBe(true);
});

it('takes a login that has all the connections it may have for one that works', async () => {
  const surroundings = {
    ...environment.surroundings,
    limits: { ...environment.surroundings.limits, app: { connections: 1, statementSeconds: 30, idleSeconds: 60 } },
  };
  await prepare(surroundings, new Log());
  const held = await server.connect(environment.login('app'));
  expect(await prepare(surroundings, new Log())).toEqual([]);
  await held.end();
});

it('follows the master, whose password RDS changed a moment ago', async () => {
  await prepared();
  const before = environment.secrets.value(names.master) ?? '';
  const { master } = server;
  await put(names.master, { ...master, password: 'the-one-before-this-one' });
  let reads = 0;
  const { interceptor } = environment.secrets;
  environment.secrets.interceptor = async (call, perform) => {
    const isMaster = call.input.SecretId === environment.secrets.secret(names.master).arn;
    if (isMaster && call.operation === 'DescribeSecret' && ++reads === 2) await put(names.master, before);
    return perform();
  };
  expect(await prepared()).toEqual([]);
  environment.secrets.interceptor = interceptor;
  expect(reads).toBe(2);
});

describe('what is wrong is told before anything is changed', () => {
  it.each([
    ['no JSON', 'not json', `Secret ${names.migrate}, version `, 'it is not JSON'],
    [
      'another login',
      { username: 'app_a', password: 'x'.repeat(48) },
      'it holds the login app_a; expected one of migrate_a, migrate_b',
      '',
    ],
    ['no password', { username: 'migrate_a' }, 'password is missing', ''],
    [
      'a hostile name',
      { username: `'; DROP ROLE app_a; --`, password: 'x'.repeat(48) },
      `'; DROP ROLE app_a; --', no login of the kit`,
      '',
    ],
  ])('a secret with %s', async (_, value, words, more) => {
    await put(names.migrate, value);
    await expect(prepared()).rejects.toThrow(words);
    await expect(prepared()).rejects.toThrow(more);
    const roles = await server.asSuperuser((client) =>
      client.query(`SELECT rolname FROM pg_roles WHERE rolname ~ '^(app|migrate)_'`),
    );
    expect(roles.rows).toEqual([]);
  });

  it('a password that clients read in different ways', async () => {
    await put(names.app, { username: 'app_a', password: 'pass\u00adword-of-many-characters' });
    await expect(prepared()).rejects.toThrow('characters that clients read in different ways');
    const roles = await server.asSuperuser((client) =>
      client.query(`SELECT rolname FROM pg_roles WHERE rolname ~ '^(app|migrate)_'`),
    );
    expect(roles.rows).toEqual([]);
  });

  it.each([
    ['quotes and more', `'"; \\ $$ -- %s ${'z'.repeat(100)}`],
    ['letters of many languages', 'пароль-密码-κωδικός-contraseña-пароль'],
    ['128 characters', 'Aa1'.repeat(42).concat('xy')],
  ])('while a password of %s lets in', async (_, password) => {
    await put(names.app, { username: 'app_b', password });
    await prepared();
    expect(await letsIn('app_b', password)).toBe(true);
    expect(foundIn(server.log(), [password])).toEqual([]);
  });
});
