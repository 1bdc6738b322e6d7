import { consoleLines } from '../support/console-lines';
import { PostgresServer } from '../support/postgres/server';
import { FaultMatrix } from '../support/rotation/fault-matrix';

let server: PostgresServer;
let matrix: FaultMatrix;

beforeAll(async () => {
  consoleLines();
  server = await PostgresServer.start();
  matrix = await FaultMatrix.on(server);
});
afterAll(async () => {
  await matrix.end();
  await server.stop();
  jest.restoreAllMocks();
  process.stdout.write(`rotation of database logins: ${matrix.tried.points} points of failure tried\n`);
});

it.each(['app', 'migrate'] as const)('a rotation for %s converges after each fault at each point', async (purpose) => {
  await matrix.everything(purpose);
  expect(matrix.tried.wrong).toEqual([]);
});
