import { everyTier, type RuleControl } from '../control';
import type { Directive } from '../rules/nginx-file';
import { type FileFault, guardProxy, type RenderedProxy, staticPrefixes, written } from '../rules/proxy';
import { confFixture, soundProxy } from '../rules/proxy-samples';

/** Directives that may stand in a block, by the block. What they say is for the other controls. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  main: [
    'worker_processes',
    'worker_shutdown_timeout',
    'worker_rlimit_nofile',
    'pcre_jit',
    'pid',
    'error_log',
    'events',
    'http',
  ],
  events: ['worker_connections'],
  http: [
    ...[
      'server_tokens',
      'map_hash_bucket_size',
      'map_hash_max_size',
      'server_names_hash_bucket_size',
      'types',
      'default_type',
    ],
    ...[
      'charset_types',
      'sendfile',
      'tcp_nopush',
      'open_file_cache',
      'absolute_redirect',
      'max_ranges',
      'merge_slashes',
    ],
    ...['client_body_temp_path', 'proxy_temp_path', 'fastcgi_temp_path', 'uwsgi_temp_path', 'scgi_temp_path'],
    ...['set_real_ip_from', 'real_ip_header', 'real_ip_recursive', 'map', 'geo', 'upstream', 'server'],
    ...['client_max_body_size', 'client_body_buffer_size', 'client_header_buffer_size', 'large_client_header_buffers'],
    ...[
      'underscores_in_headers',
      'ignore_invalid_headers',
      'client_header_timeout',
      'client_body_timeout',
      'send_timeout',
    ],
    ...['reset_timedout_connection', 'keepalive_timeout', 'keepalive_requests', 'lingering_close', 'lingering_timeout'],
    ...['limit_req_zone', 'limit_req_status', 'limit_req_log_level', 'log_format', 'access_log', 'error_page'],
    ...['add_header', 'gzip', 'gzip_vary', 'gzip_proxied', 'gzip_comp_level', 'gzip_min_length', 'gzip_types'],
    ...['ssl_certificate', 'ssl_certificate_key', 'ssl_protocols', 'ssl_session_cache', 'ssl_session_tickets'],
    ...['proxy_hide_header', 'proxy_set_header', 'proxy_cookie_flags', 'proxy_http_version', 'proxy_redirect'],
    ...['proxy_headers_hash_max_size', 'proxy_headers_hash_bucket_size', 'proxy_ignore_headers', 'proxy_next_upstream'],
    ...['proxy_next_upstream_tries', 'proxy_connect_timeout', 'proxy_send_timeout', 'proxy_read_timeout'],
    ...['proxy_buffer_size', 'proxy_buffers', 'proxy_busy_buffers_size', 'proxy_max_temp_file_size'],
  ],
  upstream: ['server', 'keepalive', 'keepalive_timeout', 'keepalive_requests'],
  server: ['listen', 'server_name', 'location'],
  location: [
    ...['if', 'return', 'internal', 'default_type', 'access_log', 'error_page', 'recursive_error_pages'],
    ...[
      'proxy_pass',
      'proxy_intercept_errors',
      'root',
      'autoindex',
      'disable_symlinks',
      'charset',
      'limit_req',
      'max_ranges',
    ],
    ...['try_files', 'add_header'],
  ],
  if: ['return', 'gzip'],
};
/** Blocks whose content is data. */
const DATA = new Set(['map', 'geo', 'types']);
/** Times that one block may have a directive; all others once. */
const REPEATED = new Set([
  ...['map', 'geo', 'server', 'location', 'if', 'add_header', 'proxy_hide_header', 'proxy_set_header', 'error_page'],
  ...['limit_req', 'limit_req_zone', 'set_real_ip_from', 'listen'],
]);
const OUR_PAGES = '= /.breakwater/';

export const control: RuleControl = {
  id: 'proxy-file-closed',
  title: 'The proxy’s configuration has the kit’s directives and locations, and no other',
  holds: ['E01/enforce'],
  tiers: everyTier,
  why: 'One line more can undo every rule above it: a location without limits, a module that runs code, a file read from elsewhere.',
  remedy:
    'A new directive needs a control that judges it; then add its name to lib/controls/proxy/proxy-file-closed.ts.',
  ...guardProxy((proxy) => [...unknown(proxy), ...locations(proxy)]),
  fixtures: {
    pass: [soundProxy],
    refuse: [
      confFixture('a file from elsewhere', { 'http {': 'http { include /tmp/*.conf;' }),
      confFixture('a module', { 'events {': 'load_module modules/ngx_http_perl_module.so; events {' }),
      confFixture('a weak cipher', { 'ssl_session_tickets off;': 'ssl_session_tickets off; ssl_ciphers RC4;' }),
      confFixture('a rehearsal of limits', { 'limit_req_status 429;': 'limit_req_status 429; limit_req_dry_run on;' }),
      confFixture('a way round', { 'if ($blocked = debris)': 'if ($args) { break; } if ($blocked = debris)' }),
      confFixture('a location more', {
        'location @app {': 'location /metrics { proxy_pass http://app; } location @app {',
      }),
      confFixture('a location by expression', {
        'location @app {': 'location ~ \\.php$ { proxy_pass http://app; } location @app {',
      }),
      confFixture('a folder of files', { 'autoindex off;': 'autoindex off; alias /;' }),
      confFixture('settings of one server', {
        'server_name ums.example.com;': 'server_name ums.example.com; ssl_protocols TLSv1;',
      }),
      confFixture('a copy of all traffic', {
        'proxy_intercept_errors on;': 'mirror /copy; proxy_intercept_errors on;',
      }),
      confFixture('a page of another', {
        'location / {\n      if': 'location / { return 302 https://evil.example/; } location /x {\n      if',
      }),
      confFixture('answers before the fences', {
        'location @app {': 'location = /admin { proxy_pass http://app; } location @app {',
      }),
    ],
  },
};

function unknown({ file }: RenderedProxy): readonly FileFault[] {
  const visit = (directives: readonly Directive[], context: string): readonly FileFault[] => {
    const seen = new Set<string>();
    return directives.flatMap((at): readonly FileFault[] => {
      const twice = seen.has(at.name) && !REPEATED.has(at.name);
      seen.add(at.name);
      if (!KNOWN[context]?.includes(at.name) || twice) {
        return [
          { at, found: `${written(at)} in ${context}${twice ? ', once more' : ''}`, expected: 'the kit’s directives' },
        ];
      }
      return at.block && !DATA.has(at.name) ? visit(at.block, at.name) : [];
    });
  };
  return visit(file, 'main');
}

function locations({ servers, promises }: RenderedProxy): readonly FileFault[] {
  const [strangers, own] = servers;
  const allowed = [
    [strangers, ['/', ...promises.healthPaths.map((path) => `= ${path}`)]],
    [own, ['/', '@app', ...staticPrefixes(promises).map((prefix) => `^~ ${prefix}`)]],
  ] as const;
  return allowed.flatMap(([server, openings]) =>
    (server?.block ?? [])
      .filter(({ name }) => name === 'location')
      .filter(({ args, block = [] }) => {
        const opening = args.join(' ');
        const page =
          opening.startsWith(OUR_PAGES) && !block.some(({ name }) => name === 'proxy_pass' || name === 'root');
        return !page && !openings.includes(opening);
      })
      .map((at) => ({ at, found: written(at), expected: openings.join(', ') })),
  );
}
