import { consoleLines } from '../support/console-lines';
import { PostgresServer } from '../support/postgres/server';
import { FaultMatrix } from '../support/rotation/fault-matrix';
import { brokenPreparations } from '../support/rotation/first-preparation';
import type { Fault } from '../support/secrets-manager/faults';

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
  process.stdout.write(`database logins: ${points + matrix.tried.points} points of failure tried\n`);
});

it.each(['app', 'migrate'] as const)('a rotation for %s converges after each fault at each point', async (purpose) => {
  await matrix.everything(purpose);
  expect(matrix.tried.wrong).toEqual([]);
});

/** To the transaction in which all of it happens, an answer that came late is one that did not come. */
const FAULTS: readonly Fault['what'][] = ['throws before', 'throws after', 'dies before', 'dies after'];

it('the first preparation converges after a fault at each point', async () => {
  const tried = await brokenPreparations(server, matrix.environment, ({ what }) => FAULTS.includes(what));
  points += tried.points;
  expect(tried.wrong).toEqual([]);
});
