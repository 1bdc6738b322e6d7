import { renderNginxConf } from '../../../lib/constructs/proxy/nginx-conf';
import { quoted, word } from '../../../lib/constructs/proxy/nginx-words';
import { contentSecurityPolicy } from '../../../lib/constructs/proxy/security-headers';
import { environmentOf } from '../../support/environments';

const environment = environmentOf('production', {
  app: { port: 8111, cpu: 2048, staticFiles: [{ path: '/static/', folder: '/app/static' }] },
  limits: { bodyKiB: 64, headerKiB: 12, loadBalancerSeconds: 90, proxySeconds: 80, gracefulStopSeconds: 25 },
  network: { cidr: '10.7.0.0/16' },
});
const conf = renderNginxConf(environment);

/** The lines of the blocks that open with a line, without what nests deeper. */
function blocks(opening: RegExp, text = conf): string[][] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (!opening.test(line.trim())) return [];
    const indent = line.search(/\S/);
    const end = lines.findIndex((each, at) => at > index && each === `${' '.repeat(indent)}}`);
    return [lines.slice(index + 1, end).map((each) => each.trim())];
  });
}
const [strangers, ours] = blocks(/^server \{$/);
const [http] = blocks(/^http \{$/);
const forwarding = blocks(/^location .* \{$/).filter((lines) => lines.includes('proxy_pass http://app;'));

describe('the configuration of the proxy', () => {
  it('is the same bytes for the same environment', () => {
    expect(renderNginxConf(structuredClone(environment))).toBe(conf);
  });

  it('has balanced blocks and ended directives only', () => {
    let depth = 0;
    for (const line of conf.split('\n').map((each) => each.trim())) {
      if (line.endsWith('{')) depth += 1;
      else if (line === '}') depth -= 1;
      else expect(line).toMatch(/^(|.*;)$/);
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
  });

  it('takes TLS only, on the port that the load balancer asks', () => {
    const listens = conf.match(/listen .*;/g);
    expect(listens).toEqual(['listen 8443 ssl default_server;', 'listen 8443 ssl;']);
    expect(conf).toContain('ssl_protocols TLSv1.2 TLSv1.3;');
  });

  it('reaches the app on loopback', () => {
    expect(blocks(/^upstream app \{$/)).toEqual([
      ['server 127.0.0.1:8111;', 'keepalive 32;', 'keepalive_timeout 60s;'],
    ]);
  });

  it('serves its own name and answers others with 421', () => {
    expect(ours).toContain('server_name ums.example.com;');
    expect(strangers).toContain('server_name _;');
    expect(strangers).toContain('return 421;');
    expect(ours).not.toContain('return 421;');
  });

  it('lets only the load balancer ask for health under another name', () => {
    expect(blocks(/^geo \$load_balancer \{$/)).toEqual([['default "";', '10.7.0.0/16 1;']]);
    for (const path of ['/health/liveness', '/health/readiness', '/.breakwater/health']) {
      expect(blocks(new RegExp(`^location = ${path} \\{$`))[0]?.slice(0, 2)).toEqual([
        'if ($load_balancer = "") {',
        'return 421;',
      ]);
    }
  });

  it('believes the last address that the load balancer added, and no other', () => {
    expect(conf.match(/set_real_ip_from .*;/g)).toEqual(['set_real_ip_from 10.7.0.0/16;']);
    expect(conf).toContain('real_ip_header X-Forwarded-For;');
    expect(conf).toContain('real_ip_recursive off;');
    expect(conf).not.toContain('$proxy_add_x_forwarded_for');
  });

  it('overwrites every forwarding header for all that it forwards', () => {
    expect(forwarding).toHaveLength(3);
    expect(http).toEqual(
      expect.arrayContaining([
        'proxy_set_header Host ums.example.com;',
        'proxy_set_header X-Real-IP $remote_addr;',
        'proxy_set_header X-Forwarded-For $remote_addr;',
        'proxy_set_header X-Forwarded-Proto https;',
        'proxy_set_header X-Forwarded-Host ums.example.com;',
        'proxy_set_header Forwarded "";',
        'proxy_set_header Proxy "";',
      ]),
    );
    // nginx forgets the inherited ones in a block that sets one of its own.
    for (const lines of forwarding) expect(lines.filter((line) => line.startsWith('proxy_set_header'))).toEqual([]);
  });

  it('keeps the limits and the ladder of the environment', () => {
    for (const line of [
      'worker_processes 2;',
      'worker_shutdown_timeout 25s;',
      'client_max_body_size 64k;',
      'large_client_header_buffers 2 6k;',
      'proxy_read_timeout 80s;',
      'proxy_send_timeout 80s;',
    ]) {
      expect(conf).toContain(line);
    }
  });

  it('closes idle connections after the load balancer does', () => {
    expect(Number(/\n {2}keepalive_timeout (\d+)s;/.exec(conf)?.[1])).toBeGreaterThan(90);
  });

  it('runs one worker at least on a part of a core', () => {
    expect(renderNginxConf(environmentOf('development'))).toContain('worker_processes 1;');
  });

  it('sends each security header once, also with errors, and hides what the app says', () => {
    for (const name of [
      'Strict-Transport-Security',
      'Content-Security-Policy',
      'X-Content-Type-Options',
      'X-Frame-Options',
      'X-XSS-Protection',
      'Referrer-Policy',
      'Permissions-Policy',
    ]) {
      expect(conf.match(new RegExp(`add_header ${name} ("[^"]+"|\\$\\w+) always;`, 'g'))).toHaveLength(1);
      expect(conf).toContain(`proxy_hide_header ${name};`);
    }
    expect(conf).toContain('add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;');
  });

  it('adds no header below, which would lose those above, but where they stand already', () => {
    for (const lines of blocks(/^(location (?!= \/\.breakwater\/error-range).*) \{$/)) {
      expect(lines.filter((line) => /^add_header/.test(line))).toEqual([]);
    }
    const [first, second, ...others] = conf.match(/^ {4,}add_header .*/gm) ?? [];
    expect([first, others]).toEqual([second, []]);
    expect(first?.trim()).toBe('add_header Cache-Control no-store always;');
  });

  it('says nothing of itself', () => {
    expect(conf).toContain('server_tokens off;');
  });

  it('logs each request as JSON, with the path and without its query', () => {
    const format = /log_format access escape=json '(.*)';/.exec(conf)?.[1] ?? '';
    const line = JSON.parse(format.replace(/:(\$\w+)/g, ':"$1"')) as Record<string, string>;
    expect(line).toMatchObject({ client: '$remote_addr', path: '$path_without_query', request_id: '$request_id' });
    expect(Object.values(line).join()).not.toMatch(/\$(request|request_uri|args|query_string|http_cookie)\b/);
    expect(conf).toContain('access_log /dev/stdout access;');
    expect(conf).toContain('error_log stderr crit;');
  });

  it('serves static files from the folder of the same path', () => {
    expect(blocks(/^location \^~ \/static\/ \{$/)[0]).toContain('root /breakwater/static;');
    const nested = renderNginxConf(
      environmentOf('production', { app: { staticFiles: [{ path: '/assets/v2', folder: '/srv/assets' }] } }),
    );
    expect(blocks(/^location \^~ \/assets\/v2\/ \{$/, nested)[0]).toContain('root /breakwater/static;');
  });

  it('writes nowhere but to its own volumes', () => {
    const paths = [...conf.matchAll(/(?:_temp_path|^pid) (\S+);/gm)].map(([, path]) => path);
    expect(paths).toHaveLength(6);
    for (const path of paths) expect(path).toMatch(/^\/(tmp|var\/cache\/nginx)\//);
  });
});

describe('the content security policy', () => {
  const policy = (widened: object) =>
    contentSecurityPolicy(environmentOf('production', { app: { contentSecurityPolicy: widened } }));

  it('allows the app itself and nothing else', () => {
    expect(policy({})).toBe(
      "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    );
  });

  it('is widened by naming sources beside the app', () => {
    expect(policy({ 'img-src': ['https://images.example.com', 'data:'] })).toContain(
      "img-src 'self' https://images.example.com data:",
    );
  });

  it('names each source once, and none alone', () => {
    expect(policy({ 'img-src': ["'self'"] })).toContain("img-src 'self'");
    expect(policy({ 'img-src': ["'self'"] })).not.toContain("'self' 'self'");
    expect(policy({ 'frame-src': ["'none'"] })).toContain("frame-src 'none'");
  });

  it('admits nonces where the environment says so, and reads none elsewhere', () => {
    const sent = (widened: object) =>
      renderNginxConf(environmentOf('production', { app: { contentSecurityPolicy: widened } }));
    expect(sent({ 'script-src': ["'nonce'", 'https://a.example.com'] })).toContain(
      "; script-src 'self'$nonce_of_app https://a.example.com$policy_of_app\" always;",
    );
    expect(sent({ 'script-src': ['https://a.example.com'] })).not.toContain('nonce');
  });
});

describe('words of the configuration', () => {
  it.each(['/a;b', '/a b', '/a{', '/a}', '$host', '"x"', 'a\nb', 'a\\b', '#x', ''])('refuses %j bare', (value) => {
    expect(() => word(value)).toThrow(/can't be written\. Expected .*, for example/);
  });

  it.each(['a"; return 200 "', '$remote_addr', 'a\\', 'a\nb', '{'])('refuses %j in quotes', (value) => {
    expect(() => quoted(value)).toThrow(/can't be written/);
  });

  it('refuses an injected value even when the schema was passed by', () => {
    const environment = environmentOf('production');
    const domain = { ...environment.domain, name: 'x; return 200' };
    expect(() => renderNginxConf({ ...environment, domain })).toThrow('"x; return 200" can\'t be written');
  });

  it('passes what means itself', () => {
    expect(word('/api/v1.0/a_b-c~d')).toBe('/api/v1.0/a_b-c~d');
    expect(quoted("default-src 'self'; img-src data:")).toBe(`"default-src 'self'; img-src data:"`);
  });
});
