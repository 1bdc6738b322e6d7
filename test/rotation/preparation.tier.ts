import { consoleLines } from '../support/console-lines';
import { DatabaseEnvironment } from '../support/postgres/environment';
import { PostgresServer } from '../support/postgres/server';
import { brokenPreparations } from '../support/rotation/first-preparation';
import type { Fault } from '../support/secrets-manager/faults';

/** To the transaction in which all of it happens, an answer that came late is one that did not come. */
const FAULTS: readonly Fault['what'][] = ['throws before', 'throws after', 'dies before', 'dies after'];

let server: PostgresServer;
beforeAll(async () => {
  consoleLines();
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server.stop();
  jest.restoreAllMocks();
});

it('the first preparation converges after a fault at each point', async () => {
  const tried = await brokenPreparations(server, new DatabaseEnvironment(server), ({ what }) => FAULTS.includes(what));
  process.stdout.write(`first preparation of a database: ${tried.points} points of failure tried\n`);
  expect(tried.wrong).toEqual([]);
});
