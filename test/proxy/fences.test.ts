import { environmentOf } from '../support/environments';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type StrictApp, startStrictApp } from '../support/raw-http/strict-app';
import { CLIENT, request } from './corpus/case';
import { AFTER, answerWithName, clientOf, run, runAll } from './corpus/run';
import { numbersFrom, spellingOf } from './corpus/spellings';

/**
 * Spellings that nobody thought of: made at random from the same seed each time, and judged by what an app would
 * understand that decodes once, as WSGI servers do, and that then is as kind as apps and file systems ever are: merges
 * slashes, resolves dots, takes backslashes for slashes, folds case, drops parameters, trailing dots and blanks.
 */
const SEED = 20_261_121;
const EACH = 150;
/** Fenced addresses, and what the fence answers. A spelling may also be refused for being one of two meanings. */
const FENCED = [
  { path: '/.env', status: 404 },
  { path: '/.git/config', status: 404 },
  { path: '/backup.sql.gz', status: 404 },
  { path: '/app.py.bak', status: 404 },
  { path: '/admin/', status: 403 },
  { path: '/admin/users/1', status: 403 },
] as const;
const REFUSED = [400, 403, 404];
const LOGIN = '/api/auth/login';
/** A minute's, and one more that may come free while they run. */
const LOGINS = 6;

/** What the kindest app would take a target for. */
function understood(target: string): string {
  const [path = ''] = target.split('?');
  const decoded = Buffer.from(
    path.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('latin1');
  const segments: string[] = [];
  for (const each of decoded.replaceAll('\\', '/').split('/')) {
    const name = each.replace(/;.*/s, '');
    if (name === '..') segments.pop();
    else if (name !== '' && name !== '.') segments.push(name.replace(/[\0-\x20.]+$/, ''));
  }
  return `/${segments.join('/')}`.toLowerCase();
}

const meant = (target: string, path: string): boolean =>
  `${understood(target)}/`.startsWith(`${path.replace(/\/$/, '')}/`);

let app: StrictApp;
let proxy: TestProxy;

beforeAll(async () => {
  app = await startStrictApp(answerWithName);
  proxy = await startProxy(environmentOf('production'), { app });
});

afterAll(async () => {
  await proxy?.remove();
  await app?.close();
});

it.each(FENCED)('keeps $path fenced, however it is spelled', async ({ path, status }) => {
  const numbers = numbersFrom(SEED + path.length);
  const targets = Array.from({ length: EACH }, () => spellingOf(path, numbers));
  expect(new Set(targets).size).toBeGreaterThan(EACH / 2);
  expect(targets.filter((target) => !meant(target, path))).toEqual([]);
  const through = await runAll(
    targets.map((target, index) => async () => {
      const client = clientOf(index);
      const send = [request(`GET ${target} HTTP/1.1`).replaceAll(CLIENT, client)];
      const { answers } = await run({ send, methods: [], expected: 1, open: true }, client, proxy.port, app);
      return REFUSED.includes(answers[0]?.status ?? 0)
        ? []
        : [`${target}: ${answers[0]?.status}, expected ${status} or 400`];
    }),
  );
  expect(through.flat()).toEqual([]);
});

it('counts every spelling of the login as the login', async () => {
  const numbers = numbersFrom(SEED);
  const targets = Array.from({ length: EACH }, () => spellingOf(LOGIN, numbers))
    // Dropping a parameter leaves an empty segment: only servers of Java merge those, and there is none here.
    .filter((target) => understood(target) === LOGIN && !target.includes('/;/'));
  expect(targets.length).toBeGreaterThan(EACH / 3);
  const client = clientOf(EACH);
  const statuses: number[] = [];
  for (const target of targets) {
    const send = [request(`POST ${target} HTTP/1.1`, ['Content-Length: 2'], '{}').replaceAll(CLIENT, client)];
    const { answers } = await run({ send, methods: [], expected: 1, open: true }, client, proxy.port, app);
    statuses.push(answers[0]?.status ?? 0);
  }
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(LOGINS);
  expect(statuses.filter((status) => ![200, 400, 429].includes(status))).toEqual([]);
  expect(statuses).toContain(429);
});

it('lets the app see none of the fenced ones', () =>
  expect(
    app.received
      .map(({ target }) => target)
      .filter((target) => target !== AFTER && FENCED.some(({ path }) => meant(target, path))),
  ).toEqual([]));
