import type { Directive } from './nginx-file';
import { type RenderedProxy, staticPrefixes } from './rendered-proxy';

/** How often a block has a directive; often is once or more. */
export type Times = 'once' | 'at most once' | 'often';

/** What may stand in a block. */
export interface BlockForm {
  readonly directives: Readonly<Record<string, Times>>;
  /** Variables that its conditions may ask. */
  readonly conditions: readonly string[];
}

const form = (
  once: readonly string[],
  {
    often = [],
    maybe = [],
    conditions = [],
  }: Partial<Record<'often' | 'maybe' | 'conditions', readonly string[]>> = {},
): BlockForm => ({
  directives: Object.fromEntries([
    ...once.map((name) => [name, 'once'] as const),
    ...often.map((name) => [name, 'often'] as const),
    ...maybe.map((name) => [name, 'at most once'] as const),
    ...(conditions.length > 0 ? [['if', 'often'] as const] : []),
  ]),
  conditions,
});

/** Blocks outside of servers, by their name. What each directive says is for other controls. */
export const BLOCKS: Readonly<Record<string, BlockForm>> = {
  main: form(['worker_processes', 'worker_shutdown_timeout', 'worker_rlimit_nofile', 'pid', 'error_log'], {
    maybe: ['pcre_jit', 'events', 'http'],
  }),
  events: form(['worker_connections']),
  http: form(
    [
      ...['server_tokens', 'map_hash_bucket_size', 'server_names_hash_bucket_size', 'types', 'default_type'],
      ...['charset_types', 'sendfile', 'tcp_nopush', 'open_file_cache', 'open_file_cache_errors', 'absolute_redirect'],
      ...['client_body_temp_path', 'proxy_temp_path', 'fastcgi_temp_path', 'uwsgi_temp_path', 'scgi_temp_path'],
      ...['real_ip_header', 'real_ip_recursive', 'upstream', 'client_max_body_size', 'client_body_buffer_size'],
      ...['client_header_buffer_size', 'large_client_header_buffers', 'underscores_in_headers', 'send_timeout'],
      ...['ignore_invalid_headers', 'client_header_timeout', 'client_body_timeout', 'reset_timedout_connection'],
      ...['keepalive_timeout', 'keepalive_requests', 'limit_req_status', 'limit_req_log_level', 'log_format'],
      ...['access_log', 'gzip', 'gzip_vary', 'gzip_proxied', 'gzip_comp_level', 'gzip_types'],
      ...['gzip_min_length', 'ssl_certificate', 'ssl_certificate_key', 'ssl_protocols', 'ssl_session_cache'],
      ...['ssl_session_tickets', 'proxy_cookie_flags', 'proxy_http_version', 'proxy_redirect', 'proxy_ignore_headers'],
      ...['proxy_headers_hash_max_size', 'proxy_headers_hash_bucket_size', 'proxy_next_upstream', 'proxy_buffer_size'],
      ...['proxy_next_upstream_tries', 'proxy_connect_timeout', 'proxy_send_timeout', 'proxy_read_timeout'],
      ...['proxy_buffers', 'proxy_busy_buffers_size'],
    ],
    {
      often: [
        ...['map', 'geo', 'server', 'set_real_ip_from', 'limit_req_zone', 'error_page', 'add_header'],
        ...['proxy_hide_header', 'proxy_set_header'],
      ],
    },
  ),
  upstream: form(['server', 'keepalive', 'keepalive_timeout']),
  server: form(['listen', 'server_name'], { often: ['location'] }),
};

const PAGES = '= /.breakwater/error-';
const PAGE = form(['internal', 'default_type', 'return']);
/** nginx adds the inherited headers before it finds out that a range lies outside of a file. */
const LATE_HEADERS = form(['internal', 'default_type', 'return', 'add_header']);
/** Decides between two pages. */
const TWO_PAGES = form(['internal', 'error_page', 'return'], { conditions: ['$app_unreached'] });

const pages = ['json', 'html', 'late', 'range'].map((name): readonly [string, BlockForm] => [
  `${PAGES}${name}`,
  name === 'late' ? TWO_PAGES : name === 'range' ? LATE_HEADERS : PAGE,
]);

/** The locations of both servers, and what may stand in each: no other, and each of them but the app's whole health. */
export function locationForms({ promises }: RenderedProxy): readonly ReadonlyMap<string, BlockForm>[] {
  const health = { maybe: ['access_log'], conditions: ['$load_balancer'] };
  const files = form(['root', 'autoindex', 'disable_symlinks', 'max_ranges', 'charset'], { conditions: ['$blocked'] });
  return [
    new Map([
      ['= /.breakwater/health', form(['default_type', 'return'], health)],
      ...promises.healthPaths.map(
        (path) => [`= ${path}`, form(['recursive_error_pages', 'proxy_pass'], health)] as const,
      ),
      ...pages,
      ['/', form(['return'])],
    ]),
    new Map([
      ...staticPrefixes(promises).map((prefix) => [`^~ ${prefix}`, files] as const),
      ...pages,
      ['/', form(['root', 'try_files'], { often: ['limit_req'], conditions: ['$blocked', '$preflight'] })],
      [
        '@app',
        form(['proxy_intercept_errors', 'recursive_error_pages', 'proxy_pass'], {
          often: ['error_page'],
          conditions: ['$ambient_credentials'],
        }),
      ],
    ]),
  ];
}

/** The variable that a condition asks. */
export const askedBy = ({ args }: Directive): string => (args[0] ?? '').replace(/^\(|\)$/g, '');
