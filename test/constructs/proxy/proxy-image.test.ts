import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { databaseAuthorities } from '../../../lib/constructs/proxy/authorities';
import { writeProxyImageFolder } from '../../../lib/constructs/proxy/image-folder';
import { PROXY_PORT, PROXY_USER, TRUST_BUNDLE, taskPaths } from '../../../lib/constructs/proxy/paths';
import { ProxyImage } from '../../../lib/constructs/proxy/proxy-image';
import { environmentOf } from '../../support/environments';

const environment = environmentOf('production');
const made: string[] = [];
function folderOf(environment: ReturnType<typeof environmentOf>): string {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-image-test-'));
  made.push(folder);
  writeProxyImageFolder(environment, folder);
  return folder;
}
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

const folder = folderOf(environment);
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const dockerfile = read('Dockerfile');

describe('the image folder', () => {
  it('holds what the Dockerfile copies, and nothing else', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?:--\S+ )*(\S+) \S+$/gm)].map(([, file]) => file);
    expect(readdirSync(folder).sort()).toEqual(['Dockerfile', ...copied].sort());
  });

  it('names its base by an exact release', () => {
    expect(dockerfile).toMatch(/^FROM \S+:\d+\.\d+\.\d+-[a-z0-9.-]+(@sha256:[0-9a-f]{64})?$/m);
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(1);
  });

  it('declares every place that a task mounts as a volume', () => {
    const declared = JSON.parse(/^VOLUME (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
    expect(declared.sort()).toEqual(Object.values(taskPaths).sort());
  });

  it('prepares owner and mode of each before it is declared', () => {
    const prepared = new Map(
      [...dockerfile.matchAll(/install -d -o (\w+) -g \w+ -m (\d+) ([/\w ]+?)(?= \\|\n)/g)].flatMap(
        ([, owner, mode, paths]) =>
          String(paths)
            .trim()
            .split(' ')
            .map((path) => [path, `${owner} ${mode}`] as const),
      ),
    );
    expect(Object.fromEntries(prepared)).toEqual({
      [taskPaths.temporary]: 'root 1777',
      [taskPaths.static]: 'root 1777',
      [taskPaths.proxyTemporary]: 'root 1777',
      [taskPaths.trust]: 'root 0755',
      [taskPaths.tls]: '101 0700',
      [taskPaths.proxyCache]: '101 0700',
    });
    expect(dockerfile.indexOf('install -d')).toBeLessThan(dockerfile.indexOf('\nVOLUME'));
  });

  it('runs as nobody special, and stops so that requests in flight are finished', () => {
    expect(dockerfile.match(/^USER .*$/gm)?.at(-1)).toBe(`USER ${PROXY_USER}`);
    expect(dockerfile).toContain('\nSTOPSIGNAL SIGQUIT\n');
    expect(dockerfile).toContain(`\nEXPOSE ${PROXY_PORT}\n`);
  });

  it('leaves the command to the task, so that a container of it can do nothing but mount', () => {
    expect(dockerfile).toContain('\nENTRYPOINT []\n');
    expect(dockerfile.trimEnd()).toMatch(/CMD \["\/usr\/local\/bin\/start-proxy"\]$/);
  });

  it('has no key inside: the certificate is made at start', () => {
    for (const file of readdirSync(folder)) expect(read(file)).not.toMatch(/PRIVATE KEY/);
    expect(read('start-proxy')).toMatch(/^umask 077$/m);
    expect(read('start-proxy')).toContain(`-keyout ${taskPaths.tls}/key.pem`);
    expect(read('start-proxy').trimEnd()).toMatch(/\nexec nginx .*$/);
    expect(read('nginx.conf')).toContain(`ssl_certificate_key ${taskPaths.tls}/key.pem;`);
  });

  it('puts the trusted authorities where the tasks look for them', () => {
    expect(dockerfile).toContain(`rds.pem ${TRUST_BUNDLE}\n`);
    expect(statSync(join(folder, 'rds.pem')).size).toBeGreaterThan(1000);
  });
});

describe('the image', () => {
  const hashOf = (env: ReturnType<typeof environmentOf>): string => {
    const app = new App({ analyticsReporting: false, outdir: mkdtempSync(join(tmpdir(), 'proxy-image-test-')) });
    made.push(app.outdir);
    const { asset } = new ProxyImage(new Stack(app, 'Stack'), 'Proxy', { environment: env });
    expect(existsSync(join(app.outdir, `asset.${asset.assetHash}`, 'nginx.conf'))).toBe(true);
    return asset.assetHash;
  };

  it('is known by its content, wherever it was written', () => {
    expect(hashOf(environment)).toBe(hashOf(environment));
  });

  it('is another when the configuration is', () => {
    expect(hashOf(environmentOf('production', { limits: { bodyKiB: 7 } }))).not.toBe(hashOf(environment));
  });

  it('leaves nothing behind beside the assembly', () => {
    const own = mkdtempSync(join(tmpdir(), 'proxy-image-test-'));
    made.push(own);
    const outdir = join(own, 'assembly');
    const { TMPDIR } = process.env;
    process.env.TMPDIR = own;
    try {
      new ProxyImage(new Stack(new App({ analyticsReporting: false, outdir }), 'Stack'), 'Proxy', { environment });
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
    expect(readdirSync(own)).toEqual(['assembly']);
  });

  it('is built for the processor of the tasks', () => {
    const app = new App({ analyticsReporting: false, outdir: mkdtempSync(join(tmpdir(), 'proxy-image-test-')) });
    made.push(app.outdir);
    new ProxyImage(new Stack(app, 'Stack'), 'Proxy', { environment });
    app.synth({ skipValidation: true });
    const assets = readFileSync(join(app.outdir, 'Stack.assets.json'), 'utf8');
    expect(Object.values((JSON.parse(assets) as { dockerImages: object }).dockerImages)).toEqual([
      expect.objectContaining({ source: expect.objectContaining({ platform: 'linux/arm64' }) }),
    ]);
  });
});

describe('the trusted authorities', () => {
  const subjects = (pem: string): string[] =>
    (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
      (each) => /CN=(.*)/.exec(new X509Certificate(each).subject)?.[1] ?? '',
    );

  it('are those of the region and of no other', () => {
    expect(subjects(databaseAuthorities('eu-west-1', { proxy: false })).sort()).toEqual([
      'Amazon RDS eu-west-1 Root CA ECC384 G1',
      'Amazon RDS eu-west-1 Root CA RSA2048 G1',
      'Amazon RDS eu-west-1 Root CA RSA4096 G1',
    ]);
  });

  it('sign for decades to come', () => {
    const [pem] = databaseAuthorities('us-east-1', { proxy: false }).split(/(?<=-----END CERTIFICATE-----)/);
    expect(new Date(new X509Certificate(String(pem)).validTo).getFullYear()).toBeGreaterThanOrEqual(2061);
  });

  it('include those of RDS Proxy where there is one', () => {
    expect(subjects(databaseAuthorities('us-east-1', { proxy: true }))).toContain('Amazon Root CA 1');
    expect(subjects(databaseAuthorities('us-east-1', { proxy: false }))).not.toContain('Amazon Root CA 1');
  });

  it('are missing for a region that nobody knows, in words', () => {
    expect(() => databaseAuthorities('mars-north-1', { proxy: false })).toThrow(
      /Region mars-north-1: no RDS authority is known for it\. Expected .* for example us-east-1/,
    );
  });
});
