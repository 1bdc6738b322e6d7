import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Log } from '../../../lambda/common/log';
import {
  answering as answerCloudFormation,
  type CloudFormationEvent,
} from '../../../lambda/prepare-database/cloudformation';
import { env } from '../../../lambda/rotate-database-password/env';
import { bundledHandler } from '../../support/bundled-handler';
import { consoleLines } from '../../support/console-lines';
import { DatabaseEnvironment, names } from '../../support/postgres/environment';
import { PostgresServer } from '../../support/postgres/server';
import { answering } from '../../support/secrets-manager/client';
import { rotation } from '../../support/secrets-manager/rotation';
import { foundIn } from '../../support/secrets-manager/spellings';

let server: PostgresServer;
let environment: DatabaseEnvironment;
let cloudFormation: Server;
let answers: { body: Record<string, string>; type?: string }[];
/** What S3 answers. */
let statuses: number[];
let trusted: (string | string[])[];
let lines: string[];

beforeAll(async () => {
  server = await PostgresServer.start();
  cloudFormation = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    answers.push({ body: JSON.parse(body), type: request.headers['content-type'] });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => cloudFormation.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  cloudFormation.close();
  cloudFormation.closeAllConnections();
  await server.stop();
});

beforeEach(() => {
  answers = [];
  statuses = [];
  trusted = [];
  lines = consoleLines();
  environment ??= new DatabaseEnvironment(server);
  jest.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(answering(environment.secrets) as never);
  // The server's certificate is by an authority of the test's, where production has one of RDS. Nothing else is changed.
  const connect = tls.connect as (options: tls.ConnectionOptions) => tls.TLSSocket;
  jest.spyOn(tls, 'connect').mockImplementation(((options: tls.ConnectionOptions) => {
    if (options.checkServerIdentity) {
      expect(options.rejectUnauthorized).toBe(true);
      trusted.push(options.ca as string[]);
    }
    return connect({ ...options, ca: server.authority.certificate });
  }) as never);
  const arn = (name: string) => environment.secrets.secret(name).arn;
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    [env.host]: server.host,
    [env.port]: String(server.port),
    [env.database]: server.database,
    [env.masterSecret]: arn(names.master),
    [env.appSecret]: arn(names.app),
    [env.migrateSecret]: arn(names.migrate),
    [env.appConnections]: '20',
    [env.migrateConnections]: '5',
    [env.appStatementSeconds]: '30',
    [env.migrateStatementSeconds]: '600',
    [env.appIdleSeconds]: '60',
    [env.migrateIdleSeconds]: '300',
  });
});
afterEach(() => {
  for (const name of Object.values(env)) delete process.env[name];
  jest.restoreAllMocks();
});

const event = (RequestType: CloudFormationEvent['RequestType']): CloudFormationEvent => ({
  RequestType,
  ResponseURL: `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}/answer?signature=1`,
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'DatabaseRoles',
  ...(RequestType === 'Create' ? {} : { PhysicalResourceId: 'database-roles' }),
});
const success = {
  Status: 'SUCCESS',
  PhysicalResourceId: 'database-roles',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'DatabaseRoles',
};

describe('what is deployed of prepare-database', () => {
  const handler = bundledHandler<unknown>('prepare-database');

  it('makes the roles when CloudFormation makes the resource, and trusts the authorities of its region only', async () => {
    expect(await handler(event('Create'))).toEqual({ status: 'SUCCESS' });
    // With a type of content the address's signature would not fit.
    expect(answers).toEqual([{ body: success, type: undefined }]);
    await server.session(environment.login('app'), (client) => client.query('SELECT 1'));
    expect(trusted.length).toBeGreaterThan(1);
    for (const each of trusted) {
      expect(each).toHaveLength(3);
      expect(each).not.toContain(server.authority.certificate);
    }
  });

  it('needs nothing more at an update, by hand, and does nothing at a deletion', async () => {
    expect(await handler({})).toEqual({ statements: [] });
    expect(await handler(event('Update'))).toEqual({ status: 'SUCCESS' });
    const calls = environment.secrets.calls.length;
    expect(await handler(event('Delete'))).toEqual({ status: 'SUCCESS' });
    expect(environment.secrets.calls).toHaveLength(calls);
    expect(answers.map(({ body }) => body)).toEqual([success, success]);
  });

  it('tells CloudFormation why it failed', async () => {
    process.env[env.port] = '1';
    expect(await handler(event('Update'))).toEqual({ status: 'FAILED' });
    expect(answers[0]?.body).toEqual({
      ...success,
      Status: 'FAILED',
      Reason: expect.stringMatching(
        /^Database app at localhost:1 as breakwater_master: nobody answers there\. See that the database runs/,
      ),
    });
    expect(lines.join('\n')).toContain('the database could not be prepared');
  });

  it('tells every variable that is missing or wrong at once', async () => {
    delete process.env[env.host];
    process.env[env.appConnections] = 'many';
    await handler(event('Update'));
    expect(answers[0]?.body.Reason).toBe(
      `Environment variables: ${env.host} is not set; expected some text. ` +
        `${env.appConnections} is 'many'; expected a whole number from 1 to 8388607, for example 1.`,
    );
  });

  it('tries to answer again, and fails without a word of the address when nobody takes the answer', async () => {
    statuses = [500, 200];
    expect(await handler(event('Delete'))).toEqual({ status: 'SUCCESS' });
    statuses = [500, 500, 403];
    const error = await handler(event('Delete')).catch((found: Error) => found);
    expect((error as Error).message).toBe('CloudFormation could not be answered: status 403');
    expect(lines.join('\n')).not.toContain('signature');
  });
});

it('work that takes too long is answered before the function’s own end', async () => {
  const hung = () => new Promise<never>(() => undefined);
  const told = await answerCloudFormation(event('Update'), hung, new Log(), 50);
  expect(told).toEqual({ status: 'FAILED' });
  expect(answers[0]?.body.Reason).toBe(
    'It took longer than 0.05 s. See what the database is busy with, and deploy again: what is done stays done',
  );
});

it('what is deployed of rotate-database-password rotates both logins, and no log has a password', async () => {
  const handler = bundledHandler<unknown>('rotate-database-password');
  for (const purpose of ['app', 'migrate', 'app', 'migrate'] as const) {
    const before = environment.login(purpose);
    await rotation(environment.secrets, names[purpose], { invoke: handler, attempts: 1 });
    const now = environment.login(purpose);
    expect(now.username).not.toBe(before.username);
    for (const login of [before, now]) await server.session(login, (client) => client.query('SELECT 1'));
  }
  const passwords = environment.passwords();
  expect(passwords).toHaveLength(7);
  expect(foundIn(server.log(), passwords)).toEqual([]);
  expect(lines.length).toBeGreaterThan(16);
  expect(foundIn(lines.join('\n'), passwords)).toEqual([]);
});

it('what is deployed tells of a failure without a secret', async () => {
  const handler = bundledHandler<unknown>('rotate-database-password');
  await environment.secrets.call('PutSecretValue', {
    SecretId: names.app,
    SecretString: '{"username":"app_a","password":["a-password-in-a-list"]}',
    ClientRequestToken: 'c'.repeat(36),
  });
  await expect(rotation(environment.secrets, names.app, { invoke: handler, attempts: 1 })).rejects.toThrow(
    'not the content of a database login: password is a list; expected a text',
  );
  expect(lines.join('\n')).not.toContain('a-password-in-a-list');
});
