import { environmentOf } from '../support/environments';
import { Http1Client, Http2Client } from '../support/nginx/client';
import { startProxy, type TestProxy } from '../support/nginx/proxy';
import { type RecordingApp, startRecordingApp } from '../support/nginx/recording-app';
import { SECURITY, security, WIDENED } from '../support/nginx/security-headers';

const environment = environmentOf('production', {
  app: { staticFiles: [{ path: '/static/', folder: '/app/static' }], contentSecurityPolicy: WIDENED },
});

let app: RecordingApp;
let proxy: TestProxy;
let http1: Http1Client;
let http2: Http2Client;
beforeAll(async () => {
  app = await startRecordingApp();
  proxy = await startProxy(environment, { app, files: { 'static/app.css': 'body { color: red }' } });
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

describe('security headers', () => {
  it.each([
    ['of the app', '/'],
    ['of a file', '/static/app.css'],
    ['of a file that is not there', '/static/none.css'],
    ['of a blocked address', '/.git/HEAD'],
    ['of a fenced page', '/admin/'],
    ['of a bad request', '/a/%2e%2e/b'],
  ])('stand once on an answer %s', async (_what, path) => {
    for (const client of [http1, http2]) expect(security(await client.get(path))).toEqual(SECURITY);
  });

  it('stand once when the app sets its own, and on its errors', async () => {
    for (const status of [200, 301, 400, 404, 500, 503]) {
      app.says(status, {
        'Strict-Transport-Security': 'max-age=1',
        'X-Frame-Options': ['ALLOWALL', 'SAMEORIGIN'],
        'X-Content-Type-Options': 'sniff',
        'X-XSS-Protection': '0',
        'Referrer-Policy': 'unsafe-url',
        'Permissions-Policy': 'camera=*',
      });
      expect(security(await http1.get('/'))).toEqual(SECURITY);
    }
  });

  const policyBehind = async (ofApp: string): Promise<string | undefined> => {
    app.says(200, { 'Content-Security-Policy': ofApp });
    return (await http1.get('/')).header('Content-Security-Policy');
  };
  const POLICY = SECURITY['content-security-policy'];

  it("have the app's own policy behind ours, where both count and ours can't be widened", async () => {
    for (const policy of ['default-src *', "default-src 'none'", "script-src 'unsafe-inline', default-src *; x"]) {
      expect(await policyBehind(policy)).toBe(`${POLICY}, ${policy}`);
    }
    expect(await policyBehind(`script-src 'nonce-${'n'.repeat(22)}'`)).toBe(
      `${POLICY}, script-src 'nonce-${'n'.repeat(22)}'`,
    );
  });

  it('admit the nonce of each page where the environment says so', async () => {
    const nonces = environmentOf('production', { app: { contentSecurityPolicy: { 'script-src': ["'nonce'"] } } });
    const other = await startProxy(nonces, { app });
    const client = new Http1Client(other);
    const scripts = async (ofApp: string): Promise<string | undefined> => {
      app.says(200, { 'Content-Security-Policy': ofApp });
      const sent = (await client.get('/')).header('Content-Security-Policy') ?? '';
      expect(sent.endsWith(`, ${ofApp}`)).toBe(true);
      return /^[^,]*; script-src ([^;,]*), /.exec(sent)?.[1];
    };
    const nonce = "'nonce-cmFuZG9tIGFuZCBsb25n'";
    expect(await scripts(`default-src 'self'; script-src 'strict-dynamic' ${nonce}`)).toBe(`'self' ${nonce}`);
    for (const odd of ["'nonce-short'", `'nonce-${'a'.repeat(200)}'`, "'nonce-a; script-src *;aaaaaaaaaaa'", 'none']) {
      expect(await scripts(`script-src ${odd}`)).toBe("'self'");
    }
    client.close();
    await other.remove();
  });

  it('leave a page that tells other sites even less about its address', async () => {
    for (const policy of ['no-referrer', 'same-origin']) {
      app.says(200, { 'Referrer-Policy': policy });
      expect((await http1.get('/')).header('Referrer-Policy')).toBe(policy);
    }
    app.says(200, { 'Referrer-Policy': 'no-referrer, unsafe-url' });
    expect(security(await http1.get('/'))).toEqual(SECURITY);
  });

  it('come with no word about what runs here', async () => {
    app.says(200, { Server: 'gunicorn/23', 'X-Powered-By': 'Flask' });
    const response = await http1.get('/');
    expect(response.header('Server')).toBe('nginx');
    expect(response.header('X-Powered-By')).toBeUndefined();
    expect(response.header('X-Request-ID')).toBe(app.received[0]?.headers['x-request-id']);
  });
});

describe('cookies', () => {
  const flagged = async (cookie: string | string[]): Promise<string[]> => {
    app.says(200, { 'Set-Cookie': cookie });
    return ((await http1.get('/')).headers['set-cookie'] ?? []).map((each) =>
      each
        .split('; ')
        .map((part, index) => (index === 0 ? part : part.toLowerCase()))
        .join('; '),
    );
  };

  it.each([
    'session=abc',
    'session=abc; Secure; HttpOnly; SameSite=Lax',
    'session=abc; SameSite=None',
    'session=abc; secure',
    'session=abc; SameSite=Stricter',
  ])('are Secure, HttpOnly and Lax when the app says %s', async (cookie) => {
    const [given = '', ...others] = await flagged(cookie);
    expect(others).toEqual([]);
    expect(given.split('; ').sort()).toEqual(['httponly', 'samesite=lax', 'secure', 'session=abc']);
  });

  it.each([
    'session=abc; SameSite=Strict; HttpOnly',
    'session=a,b=c; Expires=Wed, 21 Oct 2037 07:28:00 GMT; samesite=STRICT',
    ' session = abc; SameSite = Strict ; Path=/',
    `session=${'a,'.repeat(200)}; SameSite=Strict`,
    `session=${'a'.repeat(8000)};${' a;'.repeat(20)} SameSite=Strict`,
  ])('stay Strict when the app says %s', async (cookie) => {
    const [given = '', ...others] = await flagged(cookie);
    expect(others).toEqual([]);
    expect(given).toMatch(/; samesite ?= ?strict/);
    expect(given).not.toMatch(/samesite=lax/);
    expect(given).toMatch(/; secure.*; httponly|; httponly.*; secure/);
  });

  it('are each Strict or not by themselves', async () => {
    const given = await flagged([
      'a=1; SameSite=Strict',
      'b=2; Path=/',
      'ab=3; Expires=Wed, 21 Oct 2037 07:28:00 GMT; SameSite=Strict',
      'c=4; SameSite=None',
    ]);
    const asked = given.map((each) => /samesite=(\w+)/.exec(each)?.[1]);
    // nginx 1.22 shows the first cookie alone: what it does not see is Lax.
    const [, minor = 0] = proxy.version.split('.').map(Number);
    expect(asked).toEqual(minor > 22 ? ['strict', 'lax', 'strict', 'lax'] : ['strict', 'lax', 'lax', 'lax']);
  });

  it('keep what else they say, each on its own line', async () => {
    const given = await flagged(['a=1; Path=/x; Max-Age=5', 'b=2; Domain=example.com']);
    expect(given).toHaveLength(2);
    expect(given[0]).toMatch(/^a=1; path=\/x; max-age=5/);
    expect(given[1]).toMatch(/^b=2; domain=example.com/);
    for (const each of given) expect(each).toMatch(/secure.*httponly.*samesite=lax/);
  });
});
