import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { Log } from '../../lambda/common/log';
import { prepare } from '../../lambda/prepare-database/prepare';
import { env } from '../../lambda/rotate-database-password/env';
import { build } from '../../lib/constructs/functions/bundle';
import { consoleLines } from '../support/console-lines';
import { DatabaseEnvironment, limits, names } from '../support/postgres/environment';
import { PostgresServer } from '../support/postgres/server';
import { admitted } from '../support/rotation/points';
import { rotation } from '../support/secrets-manager/rotation';
import { foundIn } from '../support/secrets-manager/spellings';
import { overTheWire, type Wire } from '../support/secrets-manager/wire';

const ROTATIONS = 25;
/** Milliseconds within which a process of a step is killed: most steps are over by then, some are not. */
const LATEST_KILL = 1_000;

/** Swaps the authorities of RDS for the test's in a process of its own; nothing else of the bundle's TLS is changed. */
const PRELOAD = `
  const tls = require('node:tls');
  const { readFileSync } = require('node:fs');
  const connect = tls.connect;
  tls.connect = (options) => connect({ ...options, ca: readFileSync(process.env.TEST_AUTHORITY) });`;
const INVOKE = `
  require(process.argv[1]).handler(JSON.parse(process.argv[2])).then(
    () => process.exit(0),
    (error) => { console.error(error.name, error.message); process.exit(1); },
  );`;

let server: PostgresServer;
let environment: DatabaseEnvironment;
let wire: Wire;
let observer: Client;
let folder: string;
let output = '';
let killed = 0;

beforeAll(async () => {
  const lines = consoleLines();
  server = await PostgresServer.start();
  environment = new DatabaseEnvironment(server);
  await prepare(environment.surroundings, new Log());
  output += lines.join('\n');
  wire = await overTheWire(environment.secrets);
  observer = await server.observer();
  folder = mkdtempSync(join(tmpdir(), 'killed-'));
  writeFileSync(join(folder, 'authority.pem'), server.authority.certificate);
  writeFileSync(join(folder, 'preload.js'), PRELOAD);
  writeFileSync(join(folder, 'function.js'), build('rotate-database-password').code);
});
afterAll(async () => {
  await observer.end();
  await wire.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  jest.restoreAllMocks();
});

/** One invocation in a process of its own, which may be killed before it ends. */
async function invoke(event: unknown, mayBeKilled: boolean): Promise<void> {
  const arn = (name: string) => environment.secrets.secret(name).arn;
  const child = spawn(
    process.execPath,
    ['--require', join(folder, 'preload.js'), '-e', INVOKE, join(folder, 'function.js'), JSON.stringify(event)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        NODE_PATH: join(process.cwd(), 'node_modules'),
        NODE_NO_WARNINGS: '1',
        TEST_AUTHORITY: join(folder, 'authority.pem'),
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: wire.url,
        [env.host]: server.host,
        [env.port]: String(server.port),
        [env.database]: server.database,
        [env.masterSecret]: arn(names.master),
        [env.appSecret]: arn(names.app),
        [env.migrateSecret]: arn(names.migrate),
        [env.appConnections]: String(limits.app.connections),
        [env.migrateConnections]: String(limits.migrate.connections),
        [env.appStatementSeconds]: String(limits.app.statementSeconds),
        [env.migrateStatementSeconds]: String(limits.migrate.statementSeconds),
        [env.appIdleSeconds]: String(limits.app.idleSeconds),
        [env.migrateIdleSeconds]: String(limits.migrate.idleSeconds),
      },
    },
  );
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += piece));
  const timer = mayBeKilled ? setTimeout(() => child.kill('SIGKILL'), randomInt(LATEST_KILL)) : undefined;
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  if (signal) killed++;
  if (code !== 0) throw new Error(`the process ended with ${signal ?? code}`);
}

it('a rotation converges when its processes are killed at any moment', async () => {
  for (let turn = 0; turn < ROTATIONS; turn++) {
    const purpose = turn % 2 === 0 ? 'app' : 'migrate';
    const before = environment.login(purpose);
    let invocations = 0;
    // The service itself gives up after some tries; the last ones are let be.
    await rotation(environment.secrets, names[purpose], {
      invoke: (event) => invoke(event, ++invocations <= 4),
      attempts: 12,
    });
    const now = environment.login(purpose);
    expect(now.username).not.toBe(before.username);
    for (const login of [before, now]) expect(await admitted(observer, login)).toBe(true);
    await server.session(now, (client) => client.query('SELECT 1'));
    environment.later();
  }
  process.stdout.write(`${ROTATIONS} rotations as deployed, with ${killed} processes killed\n`);
  expect(killed).toBeGreaterThan(10);
  const passwords = environment.passwords();
  expect(foundIn(server.log(), passwords)).toEqual([]);
  expect(output).toContain('the twin has its password');
  expect(foundIn(output, passwords)).toEqual([]);
});
