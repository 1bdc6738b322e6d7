/** What a plain setting must say: the words after its name. */
export interface Setting {
  /** Block in which it stands: `main`, `events`, `http` or `upstream`. */
  readonly block: string;
  readonly name: string;
  /** What it must say, for the refusal. */
  readonly expected: string;
  readonly fits: (args: string) => boolean;
}

const exact = (block: string, name: string, expected: string): Setting => ({
  block,
  name,
  expected,
  fits: (args) => args === expected,
});

/** A number with a unit behind it, from one bound to the other, both included. */
const between = (block: string, name: string, least: number, most: number, unit = ''): Setting => ({
  block,
  name,
  expected: `from ${least}${unit} to ${most}${unit}`,
  fits: (args) => {
    const [, digits] = new RegExp(`^(\\d+)${unit}$`).exec(args) ?? [];
    return digits !== undefined && Number(digits) >= least && Number(digits) <= most;
  },
});

/** Types of text, whose letters a browser would guess at without a charset. */
const TEXTS = [
  'text/css',
  'text/csv',
  'text/javascript',
  'text/plain',
  'application/json',
  'application/manifest+json',
];
const CACHE = '/var/cache/nginx';

/**
 * Settings that nobody else judges: a number out of its bounds starves the copy or lets a few clients fill it, a folder
 * elsewhere can't be written to.
 */
export const SETTINGS: readonly Setting[] = [
  between('main', 'worker_processes', 1, 16),
  // Fargate lets a task open 65,535 files.
  between('main', 'worker_rlimit_nofile', 8192, 65_535),
  exact('main', 'pid', '/tmp/nginx.pid'),
  between('events', 'worker_connections', 1024, 16_384),
  between('http', 'map_hash_bucket_size', 128, 4096),
  between('http', 'server_names_hash_bucket_size', 128, 4096),
  ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) =>
    exact('http', `${kind}_temp_path`, `${CACHE}/${kind}`),
  ),
  // What has no type is offered as a download, and never guessed to be a page.
  exact('http', 'default_type', 'application/octet-stream'),
  {
    block: 'http',
    name: 'charset_types',
    expected: TEXTS.join(' '),
    fits: (args) => TEXTS.every((type) => args.split(' ').includes(type)),
  },
  exact('http', 'sendfile', 'on'),
  exact('http', 'tcp_nopush', 'on'),
  {
    block: 'http',
    name: 'open_file_cache',
    expected: 'max=… inactive=…s, up to 10000 files and 300 s',
    fits: (args) => {
      const [, files, seconds] = /^max=(\d+) inactive=(\d+)s$/.exec(args) ?? [];
      return isWithin(files, 10_000) && isWithin(seconds, 300);
    },
  },
  exact('http', 'open_file_cache_errors', 'on'),
  // A redirect must not name the port that only the load balancer knows.
  exact('http', 'absolute_redirect', 'off'),
  // A client that stopped reading holds its memory until it is reset.
  exact('http', 'reset_timedout_connection', 'on'),
  between('http', 'client_body_buffer_size', 1, 64, 'k'),
  between('http', 'keepalive_requests', 1000, 100_000),
  exact('http', 'limit_req_log_level', 'info'),
  between('http', 'gzip_comp_level', 1, 6),
  // Short answers grow; long ones must not be let off.
  between('http', 'gzip_min_length', 200, 4096),
  {
    block: 'http',
    name: 'ssl_session_cache',
    expected: 'shared:tls:1m to 10m',
    fits: (args) => isWithin(/^shared:tls:(\d+)m$/.exec(args)?.[1], 10),
  },
  exact('http', 'proxy_redirect', 'off'),
  between('http', 'proxy_headers_hash_max_size', 512, 8192),
  between('http', 'proxy_headers_hash_bucket_size', 64, 4096),
  between('http', 'proxy_next_upstream_tries', 1, 2),
  // A session in a cookie and a few headers fit; a connection holds no more than the buffers.
  between('http', 'proxy_buffer_size', 8, 64, 'k'),
  {
    block: 'http',
    name: 'proxy_buffers',
    expected: 'up to 256 KiB in all',
    fits: (args) => {
      const [, count, size] = /^(\d+) (\d+)k$/.exec(args) ?? [];
      return Number(count) >= 2 && isWithin(size, 64) && Number(count) * Number(size) <= 256;
    },
  },
  between('http', 'proxy_busy_buffers_size', 16, 128, 'k'),
  between('upstream', 'keepalive', 1, 256),
  // Shorter than gunicorn keeps its end, so that no request meets a closed connection.
  between('upstream', 'keepalive_timeout', 1, 70, 's'),
];

/** A number from 1 to a bound. */
const isWithin = (digits: string | undefined, most: number): boolean => Number(digits) >= 1 && Number(digits) <= most;

/** The type by which a browser runs, shows or saves each of these; a wrong one breaks a page, or makes a page of data. */
export const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  mjs: 'text/javascript',
  json: 'application/json',
  map: 'application/json',
  webmanifest: 'application/manifest+json',
  wasm: 'application/wasm',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  svgz: 'image/svg+xml',
  txt: 'text/plain',
  csv: 'text/csv',
  pdf: 'application/pdf',
  bin: 'application/octet-stream',
  zip: 'application/zip',
};

/** What can't run, for every other extension. */
export const PASSIVE = /^(image\/(?!svg)|audio\/|video\/|font\/)[a-z0-9.+-]+$/;
