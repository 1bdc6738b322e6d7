import type { LineChange } from './proxy-file';

/** Lines that weaken a server or a location, or all of them, wherever nginx takes them. */
const ANYWHERE = [
  'add_header X-Debug $upstream_addr;',
  'add_header X-Frame-Options ALLOWALL always;',
  'access_log off;',
  'access_log /tmp/all.log;',
  'error_log /tmp/debug.log debug;',
  'allow all;',
  'satisfy any;',
  'limit_req_dry_run on;',
  'limit_req_status 503;',
  'limit_rate 1;',
  'include /tmp/*.conf;',
  'set_real_ip_from 0.0.0.0/0;',
  'real_ip_header X-Real-IP;',
  'proxy_set_header X-Forwarded-For $http_x_forwarded_for;',
  'proxy_set_header X-Debug 1;',
  'proxy_pass_request_headers off;',
  'proxy_pass_header Server;',
  'proxy_method POST;',
  'proxy_cache_valid 200 1h;',
  'proxy_store on;',
  'proxy_cookie_flags ~ nosecure;',
  'proxy_intercept_errors off;',
  'proxy_next_upstream error timeout http_500 non_idempotent;',
  'proxy_read_timeout 3600s;',
  'proxy_request_buffering off;',
  'proxy_ignore_client_abort on;',
  'error_page 404 =200 /x;',
  'error_page 403 =200 @app;',
  'client_max_body_size 0;',
  'client_body_in_file_only on;',
  'autoindex on;',
  'root /;',
  'disable_symlinks off;',
  'default_type text/html;',
  'server_tokens on;',
  'gzip off;',
  'gzip_static on;',
  'expires max;',
  'etag off;',
  'keepalive_timeout 0;',
  'log_not_found off;',
  'sub_filter a b;',
  'msie_padding on;',
];
const SERVER = [
  'merge_slashes off;',
  'underscores_in_headers on;',
  'ignore_invalid_headers off;',
  'ssl_verify_client optional_no_ca;',
  'ssl_protocols TLSv1;',
  'ssl_ciphers ALL;',
  'ssl_session_tickets on;',
  'ssl_early_data on;',
  'large_client_header_buffers 64 64k;',
  'client_header_timeout 600s;',
];
const REWRITING = [
  'return 200;',
  'rewrite ^ /admin/ last;',
  'set $blocked "";',
  'if ($http_x_pass = 1) { return 200; }',
  'if ($args) { break; }',
];
const PLACE = [
  'proxy_pass http://elsewhere;',
  'proxy_pass http://198.51.100.1;',
  'mirror /copy;',
  'alias /;',
  'internal;',
];
const LOCATION = 'location /more { proxy_pass http://app; }';

const LINES: readonly (readonly [opening: RegExp, lines: readonly string[]])[] = [
  [
    /^http \{$/,
    [
      ...ANYWHERE,
      ...SERVER,
      'server { listen 8080; }',
      'map $uri $blocked { default ""; }',
      'upstream b { server 198.51.100.1; }',
    ],
  ],
  [/^server \{$/, [...ANYWHERE, ...SERVER, ...REWRITING, LOCATION, 'listen 8080;', 'server_name other.example.com;']],
  [/^location .*\{$/, [...ANYWHERE, ...REWRITING, ...PLACE]],
  [/^upstream .*\{$/, ['server 198.51.100.1;', 'server 198.51.100.1 backup;', 'ip_hash;']],
  [/^events \{$/, ['multi_accept on;', 'accept_mutex on;', 'debug_connection 0.0.0.0/0;']],
  [
    /^geo .*\{$/,
    ['198.51.100.0/24 "";', '198.51.100.0/24 1;', 'include /tmp/networks;', 'ranges;', 'proxy 0.0.0.0/0;'],
  ],
  [/^map .*\{$/, ['include /tmp/entries;', 'hostnames;', '"~" "";', '"~" 1;']],
];
const MAIN = ['user root;', 'load_module modules/ngx_http_perl_module.so;', 'env SECRET;', 'daemon on;', 'stream { }'];

/** A line more, first in a block; before the first line of the file also what stands outside of all. */
export function added(lines: readonly string[], index: number): readonly LineChange[] {
  const line = lines[index] as string;
  const [, inside = []] = LINES.find(([opening]) => opening.test(line.trim())) ?? [];
  const put = (each: readonly string[]): LineChange => ({ kind: 'added', from: index, to: index, lines: each });
  return [
    ...inside.map((more) => put([line, `  ${more}`])),
    ...(index === 0 ? MAIN.map((more) => put([more, line])) : []),
  ];
}
