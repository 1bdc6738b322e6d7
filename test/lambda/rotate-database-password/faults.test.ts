import { randomUUID } from 'node:crypto';
import { steps } from '../../../lambda/common/rotation/event';
import { consoleLines } from '../../support/console-lines';
import { names } from '../../support/postgres/environment';
import { PostgresServer } from '../../support/postgres/server';
import { FaultMatrix } from '../../support/rotation/fault-matrix';
import { brokenPreparations } from '../../support/rotation/first-preparation';
import { whats } from '../../support/secrets-manager/faults';

let server: PostgresServer;
let matrix: FaultMatrix;
let points = 0;

beforeAll(async () => {
  consoleLines();
  server = await PostgresServer.start();
  matrix = await FaultMatrix.on(server);
});
afterAll(async () => {
  await matrix.end();
  await server.stop();
  jest.restoreAllMocks();
  process.stdout.write(
    `database logins: ${points + matrix.tried.points} points of failure tried; all of them: npm run soak:rotation\n`,
  );
});

/** The extra tier tries every fault at every point. */
it.each([
  ['app', 0],
  ['migrate', 1],
] as const)('a rotation for %s converges after a fault at every second point, from %s on', async (purpose, first) => {
  await matrix.sample(purpose, first);
  expect(matrix.tried.wrong).toEqual([]);
  expect(matrix.tried.points).toBeGreaterThan(15);
});

it('steps that come twice at once end as if they came once', async () => {
  for (const purpose of ['app', 'migrate', 'app', 'migrate'] as const) {
    const { environment } = matrix;
    const before = environment.login(purpose);
    const token = randomUUID();
    await environment.secrets.call('RotateSecret', { SecretId: names[purpose], ClientRequestToken: token });
    const { arn } = environment.secrets.secret(names[purpose]);
    for (const Step of steps) {
      const step = () => environment.step({ Step, SecretId: arn, ClientRequestToken: token });
      await Promise.all([step(), step()]);
    }
    environment.secrets.secret(names[purpose]).versions.get(token)?.stages.delete('AWSPENDING');
    const now = environment.login(purpose);
    expect(now.username).not.toBe(before.username);
    for (const login of [before, now]) await server.session(login, (client) => client.query('SELECT 1'));
  }
});

it('the first preparation converges after a fault at every sixth point', async () => {
  const tried = await brokenPreparations(
    server,
    matrix.environment,
    ({ at, what }) => at % 6 === 0 && whats[(at / 6) % 6] === what,
  );
  points += tried.points;
  expect(tried.wrong).toEqual([]);
  expect(tried.points).toBeGreaterThan(15);
});
