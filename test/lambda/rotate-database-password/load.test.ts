import { consoleLines } from '../../support/console-lines';
import { PostgresServer } from '../../support/postgres/server';
import { everyUse, rotationsUnderLoad, told } from '../../support/rotation/under-load';
import { foundIn } from '../../support/secrets-manager/spellings';

/** The extra tier, `npm run soak:rotation`, does 500. */
const ROTATIONS = 24;

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

it('nobody notices rotations: no statement fails, no right is lost, no password is written anywhere', async () => {
  const lines = consoleLines();
  const outcome = await rotationsUnderLoad(server, ROTATIONS);
  process.stdout.write(`${told(outcome)}\n`);
  expect(outcome.failed).toEqual([]);
  expect(outcome.lost).toEqual([]);
  expect(outcome.statements).toBeGreaterThan(1000);
  expect(outcome.uses).toEqual(everyUse);

  const passwords = outcome.environment.passwords();
  expect(passwords.length).toBeGreaterThan(ROTATIONS);
  const serverLog = server.log();
  // The log has every statement, so what is not there was not sent.
  expect(serverLog).toContain('ALTER ROLE "app_b" PASSWORD \'SCRAM-SHA-256$');
  expect(foundIn(serverLog, passwords)).toEqual([]);
  expect(lines.length).toBeGreaterThan(ROTATIONS);
  expect(foundIn(lines.join('\n'), passwords)).toEqual([]);
});
