import { everyTier, type RuleControl } from '../control';
import {
  type FileFault,
  guardProxy,
  locationOf,
  ownServer,
  type RenderedProxy,
  refusalOf,
  requestFor,
  staticPrefixes,
} from '../rules/proxy';
import { confFixture, soundProxy } from '../rules/proxy-samples';

/** What people leave behind, and what scanners ask for first. */
const DEBRIS = [
  '/.env',
  '/.env.production',
  '/.git/HEAD',
  '/.git/config',
  '/.svn/entries',
  '/.hg/store',
  '/.aws/credentials',
  '/.ssh/id_rsa',
  '/.DS_Store',
  '/.htpasswd',
  '/.vscode/sftp.json',
  '/app/.env',
  '/api/.git/HEAD',
  '/dump.sql',
  '/backup.sql.gz',
  '/db.sqlite3',
  '/backup.zip',
  '/site.tar',
  '/www.tar.gz',
  '/config.py',
  '/app.pyc',
  '/settings.py.bak',
  '/index.html~',
  '/index.html.old',
  '/index.html.orig',
  '/.index.html.swp',
  '/server.key',
  '/server.pem',
  '/terraform.tfstate',
  '/Dockerfile',
  '/docker-compose.yml',
  '/requirements.txt',
  '/package.json',
  '/id_rsa',
  '/error.log',
  '/.ENV',
  '/Backup.SQL',
  '/.env;a=b',
];
/** Look-alikes that people do publish. */
const PUBLISHED = [
  '/',
  '/environment',
  '/git/handbook',
  '/.well-known/acme-challenge/token',
  '/.well-known/security.txt',
  '/robots.txt',
  '/sitemap.xml',
  '/favicon.ico',
  '/backup',
  '/blog/how-to-dump-a-database',
  '/api/users',
];
/** As sent, with what nginx makes of it: the app would resolve these to something else than the fences saw. */
const SPELLED = [
  ['/admin/', '/x/../admin/'],
  ['/admin/', '/x/%2e%2e/admin/'],
  ['/admin/', '/x/..%2fadmin/'],
  ['/x', '/./x'],
] as const;
/** Bytes that gunicorn takes in a request line, and some more. */
const TOO_LONG = 4100;

export const control: RuleControl = {
  id: 'proxy-debris-refused',
  title:
    'What deployments and editors leave behind is never served, in no spelling, and the app never hears of the request',
  holds: ['E12/enforce'],
  tiers: everyTier,
  why: 'A forgotten .env, dump or repository is a full break-in, and scanners ask for each within minutes.',
  remedy: 'Leave the paths to lib/constructs/proxy/debris.ts and guards.ts.',
  ...guardProxy((proxy) => [...locations(proxy).flatMap(([opening, block]) => faults(proxy, opening, block))]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('no such refusal', { 'if ($blocked = debris) { return 404; }': '' }),
      confFixture('found after all', {
        'if ($blocked = debris) { return 404; }': 'if ($blocked = debris) { return 200; }',
      }),
      confFixture('hidden files are served', { '(?:^|/)\\.(?!well-known(?:/|$))|': '' }),
      confFixture('dumps are served', { 'sql|dump|': '' }),
      confFixture('in capitals they are', { 'map $uri $blocked {\n    "~*': 'map $uri $blocked {\n    "~' }),
      confFixture('certificates can’t be renewed', { '(?!well-known(?:/|$))': '' }),
      confFixture('as sent, not as resolved', { 'map $uri $blocked {': 'map $args $blocked {' }),
      confFixture('dot segments pass', { 'if ($blocked = dots) { return 400; }': '' }),
      confFixture('any length', { '"~^.{4001}" length;': '' }),
      confFixture('static files too', {
        'location ^~ /static/ {\n      if ($blocked = debris) { return 404; }': 'location ^~ /static/ {',
      }),
    ],
  },
};

/** The locations that answer to the world. */
const locations = (proxy: RenderedProxy) => {
  const server = ownServer(proxy);
  return ['/', ...staticPrefixes(proxy.promises).map((prefix) => `^~ ${prefix}`)].map(
    (opening) => [opening, locationOf(server, opening) ?? []] as const,
  );
};

function faults(proxy: RenderedProxy, opening: string, block: Parameters<typeof refusalOf>[1]): readonly FileFault[] {
  const answer = (uri: string, sent = uri) => refusalOf(proxy, block, requestFor(uri, { request_uri: sent }));
  const wrong = (path: string, found: number | undefined, expected: string): FileFault => ({
    at: block[0],
    found: `${path} is ${found === undefined ? 'let on' : `answered with ${found}`} by location ${opening}`,
    expected,
  });
  const long = `/${'a'.repeat(TOO_LONG)}`;
  return [
    ...DEBRIS.filter((path) => answer(path) !== 404).map((path) => wrong(path, answer(path), '404')),
    ...PUBLISHED.filter((path) => answer(path) !== undefined).map((path) => wrong(path, answer(path), 'the page')),
    ...SPELLED.filter(([uri, sent]) => answer(uri, sent) !== 400).map(([uri, sent]) =>
      wrong(sent, answer(uri, sent), '400'),
    ),
    ...(answer(long) === 414 ? [] : [wrong(`a path of ${TOO_LONG} bytes`, answer(long), '414')]),
  ];
}
