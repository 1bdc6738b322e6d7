import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf } from '../support/environments';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type StrictApp, startStrictApp } from '../support/raw-http/strict-app';
import { hostile } from './corpus/hostile';
import { changesOf, complaintsAbout } from './corpus/judge';
import { ordinary } from './corpus/ordinary';
import { answerWithName, clientOf, hostileBytes, type Outcome, ordinaryBytes, run, runAll } from './corpus/run';

/**
 * Every request of the corpus against one nginx with the configuration of production, in which loopback stands in the
 * load balancer's place. They all run first, many at once, and each is judged in a test of its own.
 */
const environment = environmentOf('production', {
  app: { staticFiles: [{ path: '/static/', folder: '/app/static' }] },
});
const FILES = {
  'static/app.css': 'body { color: black }\n',
  'static/my file.txt': 'a file with a space in its name\n',
  'static/folder/page.html': '<p>A page in a folder.</p>\n',
  'static/.hidden': 'hidden\n',
  'static/.git/config': 'hidden\n',
  'static/app.css~': 'left by an editor\n',
  'static/app.css.bak': 'left by an editor\n',
};

const attacks = Object.entries(hostile).flatMap(([kind, cases]) => cases.map((each) => ({ ...each, kind })));
const usual = Object.entries(ordinary).flatMap(([kind, cases]) => cases.map((each) => ({ ...each, kind })));
const clients = new Map([...attacks, ...usual].map(({ id }, index) => [id, clientOf(index)]));
const clientFor = (id: string): string => clients.get(id) ?? '';

let app: StrictApp;
let proxy: TestProxy;
let impatient: TestProxy;
const outcomes = new Map<string, Outcome>();
const outcomeOf = (id: string): Outcome => {
  const outcome = outcomes.get(id);
  if (!outcome) throw new Error(`${id} did not run`);
  return outcome;
};

beforeAll(async () => {
  app = await startStrictApp(answerWithName);
  proxy = await startProxy(environment, { app, files: FILES });
  const secret = join(proxy.folder, 'secret.txt');
  writeFileSync(secret, 'outside the static files\n');
  symlinkSync(secret, join(proxy.folder, 'static/static/link-to-file.txt'));
  symlinkSync(proxy.folder, join(proxy.folder, 'static/static/link-to-folder'));
  impatient = await startProxy(environment, { app, place: { patienceSeconds: 1 } });
  const tasks = [
    ...attacks.map((each) => ({
      id: each.id,
      sent: hostileBytes(each),
      port: each.impatient ? impatient.port : proxy.port,
    })),
    ...usual.map((each) => ({ id: each.id, sent: ordinaryBytes(each), port: proxy.port })),
  ];
  // The slow ones first, so that nobody waits for them in the end.
  const slowFirst = [...tasks].sort((a, b) => Number(b.port === impatient.port) - Number(a.port === impatient.port));
  await runAll(
    slowFirst.map(({ id, sent, port }) => async () => {
      outcomes.set(id, await run(sent, clientFor(id), port, app));
    }),
  );
}, 120_000);

afterAll(async () => {
  await proxy?.remove();
  await impatient?.remove();
  await app?.close();
  // Whatever isn't as stated counts as let through.
  const through = attacks.filter((each) => complaintsAbout(each, outcomeOf(each.id), clientFor(each.id)).length > 0);
  const refused = usual.filter((each) => changesOf(each, outcomeOf(each.id), clientFor(each.id)).length > 0);
  process.stdout.write(
    `hostile ${attacks.length}, let through ${through.length}; ordinary ${usual.length}, refused ${refused.length}\n`,
  );
});

it('holds at least 300 hostile and 100 ordinary requests, each of its own', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(300);
  expect(usual.length).toBeGreaterThanOrEqual(100);
  expect(clients.size).toBe(attacks.length + usual.length);
});

it.each(attacks.map((each) => [each.kind, each.id, each.why, each] as const))(
  'hostile, %s: %s: %s',
  (_kind, id, _why, each) => {
    expect(complaintsAbout(each, outcomeOf(id), clientFor(id))).toEqual([]);
  },
);

it.each(usual.map((each) => [each.kind, each.id, each.why, each] as const))(
  'ordinary, %s: %s: %s',
  (_kind, id, _why, each) => {
    expect(changesOf(each, outcomeOf(id), clientFor(id))).toEqual([]);
  },
);

it('sends the app nothing malformed', () => expect(app.malformed).toEqual([]));

it('leaves nothing at the app that no case owns up to', () => {
  const known = new Set(clients.values());
  expect(app.received.filter(({ headers }) => !known.has(headers['x-real-ip'] ?? ''))).toEqual([]);
});
