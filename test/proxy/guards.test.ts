import { environmentOf } from '../support/environments';
import { Http1Client, Http2Client } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';

const environment = environmentOf('production', {
  app: { adminPaths: ['/admin/', '/api/v1.0/admin'] },
  adminNetworks: ['203.0.113.0/24', '2001:db8:a::/48'],
});

let app: RecordingApp;
let proxy: TestProxy;
let http1: Http1Client;
let http2: Http2Client;
beforeAll(async () => {
  app = await startRecordingApp();
  proxy = await startProxy(environment, { app });
  http1 = new Http1Client(proxy);
  http2 = new Http2Client(proxy);
});
beforeEach(() => app.reset());
afterAll(async () => {
  http1?.close();
  await http2?.close();
  await proxy?.remove();
  await app?.close();
});

/** Both protocols give this answer, the app hears nothing of it, and the log says why. */
async function refused(path: string, status: number, blocked: string, from = '198.51.100.7') {
  for (const client of [http1, http2]) {
    const response = await client.get(path, { 'X-Forwarded-For': from });
    expect([path, response.status]).toEqual([path, status]);
    expect(await proxy.logged(response)).toMatchObject({ status, blocked, client: from });
  }
  expect(app.received).toEqual([]);
}

describe('debris', () => {
  it.each([
    ...['/.env', '/.env.production', '/.git/HEAD', '/.git', '/.gitignore', '/.svn/entries', '/.DS_Store', '/.htaccess'],
    ...[
      '/.aws/credentials',
      '/.ssh/id_rsa',
      '/.vscode/settings.json',
      '/app/.env',
      '/.well-known/.env',
      '/.well-knownx',
    ],
    ...['/x/.well-known/y', '/dump.sql', '/backup.sql.gz', '/db.sqlite3', '/users.dump', '/backup.zip', '/site.tar.gz'],
    ...[
      '/index.php.bak',
      '/run.py',
      '/run.pyc',
      '/run.py~',
      '/settings.py.old',
      '/.run.py.swp',
      '/#run.py#',
      '/x.orig',
    ],
    ...['/Dockerfile', '/docker-compose.yml', '/requirements.txt', '/package.json', '/poetry.lock', '/Pipfile'],
    ...['/config.yml', '/secrets.json', '/web.config', '/alembic.ini', '/server.key', '/cert.pem', '/id_rsa'],
    ...['/__pycache__/run.cpython-312.pyc', '/node_modules/x/index.js', '/venv/bin/python', '/WEB-INF/web.xml'],
    ...['/app.log', '/error.log', '/terraform.tfstate', '/prod.tfvars', '/Thumbs.db'],
  ])('%s is not there', (path) => refused(path.replaceAll('#', '%23'), 404, 'debris'));

  it.each([
    ...['/%2eenv', '/%2E%65nv', '//.env', '/x//.git/HEAD', '/%2f.env', '/./.env', '/x/../.env', '/x/%2e%2e/.env'],
    ...['/.ENV', '/.Git/config', '/.env/', '/.env;x=1', '/.env%20', '/.env.', '/.env?x=1', '/DUMP.SQL', '/dump.sql%20'],
    ...[
      '/dump.sql.',
      '/dump.sql;x',
      '/dump.sql/',
      '/dump%2esql',
      '/dump.sq%6c',
      '/.env%0a',
      '/run.py%0a',
      '/.well-known/../.env',
    ],
  ])('%s, another spelling of it, is not either', (path) => refused(path, 404, 'debris'));

  it.each([
    ...['/.well-known/security.txt', '/.well-known/acme-challenge/abc', '/.well-known/change-password'],
    ...['/environment', '/git/HEAD', '/exports/2026.zip', '/report.pdf', '/api/users/anna.old.man', '/backup', '/dbs'],
    ...[
      '/docs/config',
      '/login',
      '/logs',
      '/a.b.c',
      '/users/j~doe',
      '/search?q=.env',
      '/search?file=/.git/HEAD',
      '/x?y=dump.sql',
    ],
    ...[
      '/robots.txt',
      '/favicon.ico',
      '/sitemap.xml',
      '/manifest.json',
      '/sqlite',
      '/package',
      '/catalog',
      '/api/logs/7',
    ],
  ])('%s is an address like others', async (path) => {
    expect((await http1.get(path)).status).toBe(200);
    expect(app.received.map(({ target }) => target)).toEqual([path]);
  });
});

describe('addresses that two parsers could read differently', () => {
  it.each([
    ...['/a/../b', '/a/./b', '/a/..', '/a/%2e%2e/b', '/a/.%2E/b', '/a/%2e/b', '/a%2f..%2fb', '/a/..%2fb', '/a/..;/b'],
    ...['/a/..;x=1/b', '/a/..%5cb', '/a\\..\\b', '/a/..?x', '/admin/../x', '/admin%0a', '/login%7f', '/a%5Cb'],
  ])('%s are refused', (path) => refused(path, 400, 'spelling'));

  it.each(['/a..b', '/a/..b', '/a/b..', '/a/...', '/search?q=/../', '/x?p=%2e%2e/'])('%s is not one', async (path) => {
    expect((await http1.get(path)).status).toBe(200);
  });

  it('and targets that gunicorn would refuse in its own words', async () => {
    await refused(`/${'a'.repeat(4000)}`, 414, 'length');
    expect((await http1.get(`/${'a'.repeat(3999)}`)).status).toBe(200);
  });
});

describe('the fence around admin paths', () => {
  const INSIDE = ['203.0.113.9', '2001:db8:a:1::7'];

  it.each([
    ...['/admin', '/admin/', '/admin/users?x=1', '/api/v1.0/admin', '/api/v1.0/admin/users'],
    ...['/ADMIN/', '/%61dmin/', '//admin/', '/admin%2fusers', '/admin;x=1', '/admin;/users', '/admin.', '/admin%20/'],
    ...['/admin//users'],
  ])('keeps strangers from %s', async (path) => {
    await refused(path, 403, 'admin');
    await refused(path, 403, 'admin', '2001:db8:b::7');
  });

  it('lets the named networks through, with the target as it was', async () => {
    for (const from of INSIDE) {
      expect((await http1.get('/admin/users', { 'X-Forwarded-For': from })).status).toBe(200);
    }
    expect(app.received.map(({ headers }) => headers['x-real-ip'])).toEqual(INSIDE);
  });

  it("believes no address but the load balancer's", async () => {
    const spoofed = {
      'X-Forwarded-For': '203.0.113.9, 198.51.100.7',
      'X-Real-IP': '203.0.113.9',
      'True-Client-IP': '203.0.113.9',
      Forwarded: 'for=203.0.113.9',
    };
    expect((await http1.get('/admin/', spoofed)).status).toBe(403);
    expect(app.received).toEqual([]);
  });

  it('leaves other addresses alone', async () => {
    for (const path of ['/administrators', '/x/admin/', '/api/v1.0/administer', '/api/v1x0/admin', '/?next=/admin/']) {
      expect([path, (await http1.get(path)).status]).toEqual([path, 200]);
    }
  });

  it('keeps everybody out where no network is named', async () => {
    const closed = await startProxy({ ...environment, adminNetworks: [] }, { app });
    const client = new Http1Client(closed);
    expect((await client.get('/admin/', { 'X-Forwarded-For': '203.0.113.9' })).status).toBe(403);
    client.close();
    await closed.remove();
  });
});

it.each(['TRACE', 'PROPFIND', 'PURGE', 'FOO'])('knows no method %s', async (method) => {
  const response = await http1.send({ method, path: '/api/users' });
  expect([response.status, response.header('Content-Type')]).toEqual([405, 'application/json']);
  expect(app.received).toEqual([]);
});

it('refuses what nginx can not decode, in its own words', async () => {
  for (const path of ['/%00', '/a%00.css', '/%zz', '/%']) {
    const response = await http1.get(path);
    expect([path, response.status]).toEqual([path, 400]);
    expect(response.text).not.toContain('nginx');
  }
  expect(app.received).toEqual([]);
});
