import { consoleLines } from '../support/console-lines';
import { PostgresServer } from '../support/postgres/server';
import { everyUse, rotationsUnderLoad, told } from '../support/rotation/under-load';
import { foundIn } from '../support/secrets-manager/spellings';

const ROTATIONS = 500;

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

it('nobody notices five hundred rotations, and no password of them is written anywhere', async () => {
  const lines = consoleLines();
  const outcome = await rotationsUnderLoad(server, ROTATIONS);
  const passwords = outcome.environment.passwords();
  process.stdout.write(`${told(outcome)}; ${passwords.length} passwords looked for in both logs\n`);
  expect(outcome.failed).toEqual([]);
  expect(outcome.lost).toEqual([]);
  expect(outcome.uses).toEqual(everyUse);
  // The stand-in keeps versions without a label for a day of its own time: none is missing here.
  expect(passwords.length).toBeGreaterThan(ROTATIONS);
  expect(foundIn(server.log(), passwords)).toEqual([]);
  expect(foundIn(lines.join('\n'), passwords)).toEqual([]);
});
