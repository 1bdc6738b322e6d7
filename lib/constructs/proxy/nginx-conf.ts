import type { Environment } from '../../config/schema';
import { accessLog } from './access-log';
import { block, word } from './nginx-words';
import { PROXY_PORT, staticFolderOf, taskPaths } from './paths';
import { securityHeaders } from './security-headers';

const CPU_UNITS_OF_A_CORE = 1024;
/** Seconds after which the app must have accepted a connection on loopback; it does so in microseconds or not at all. */
const CONNECT_SECONDS = 2;
/** Seconds that a client may pause between two pieces of its headers or body. */
const PATIENCE_SECONDS = 15;
/** Idle connections that each worker keeps to the app. */
const KEPT_CONNECTIONS = 32;
/** Seconds that an idle one is kept: shorter than gunicorn keeps its end, so that no request meets a closed one. */
const KEPT_SECONDS = 60;
/** Seconds by which we outlast the load balancer on an idle connection, for the same reason one step further out. */
const OUTLAST_SECONDS = 10;

/**
 * The proxy's configuration for an environment: a pure function, so that the same environment gives the same bytes.
 *
 * @throws when a value can't stand in nginx's configuration: a programming mistake, for the schema refuses it earlier
 */
export function renderNginxConf(environment: Environment): string {
  const { app, limits } = environment;
  const lines = [
    // From the task's CPU: nginx would count the cores of the host.
    `worker_processes ${Math.max(1, Math.ceil(app.cpu / CPU_UNITS_OF_A_CORE))};`,
    `worker_shutdown_timeout ${limits.gracefulStopSeconds}s;`,
    'worker_rlimit_nofile 16384;',
    `pid ${taskPaths.proxyTemporary}/nginx.pid;`,
    'error_log stderr warn;',
    '',
    ...block('events', ['worker_connections 4096;']),
    '',
    ...block('http', [
      'include /etc/nginx/mime.types;',
      'default_type application/octet-stream;',
      'server_tokens off;',
      'sendfile on;',
      'tcp_nopush on;',
      ...buffers(),
      '',
      ...accessLog(),
      '',
      ...trueClient(environment),
      ...limitsOf(environment),
      '',
      ...securityHeaders(environment),
      '',
      ...tls(),
      '',
      ...block('upstream app', [
        `server 127.0.0.1:${app.port};`,
        `keepalive ${KEPT_CONNECTIONS};`,
        `keepalive_timeout ${KEPT_SECONDS}s;`,
      ]),
      '',
      ...strangers(environment),
      '',
      ...ours(environment),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Everything that nginx writes to disk goes to its own volumes. */
function buffers(): string[] {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${taskPaths.proxyCache}/${kind};`,
  );
}

/**
 * Who the client is. The load balancer adds the address that it saw as the last entry of X-Forwarded-For, and only
 * that entry is believed. The peer is always the load balancer: no other part of the network may connect.
 */
function trueClient({ network }: Environment): string[] {
  return [`set_real_ip_from ${word(network.cidr)};`, 'real_ip_header X-Forwarded-For;', 'real_ip_recursive off;'];
}

/** Sizes and times, from the environment's ladder: load balancer, proxy, worker, statement, each shorter than the last. */
function limitsOf({ limits }: Environment): string[] {
  return [
    `client_max_body_size ${limits.bodyKiB}k;`,
    'client_header_buffer_size 2k;',
    `large_client_header_buffers 4 ${limits.headerKiB}k;`,
    `client_header_timeout ${PATIENCE_SECONDS}s;`,
    `client_body_timeout ${PATIENCE_SECONDS}s;`,
    `send_timeout ${PATIENCE_SECONDS}s;`,
    'reset_timedout_connection on;',
    `keepalive_timeout ${limits.loadBalancerSeconds + OUTLAST_SECONDS}s;`,
    'keepalive_requests 10000;',
    `proxy_connect_timeout ${CONNECT_SECONDS}s;`,
    `proxy_send_timeout ${limits.proxySeconds}s;`,
    `proxy_read_timeout ${limits.proxySeconds}s;`,
  ];
}

function tls(): string[] {
  return [
    `ssl_certificate ${taskPaths.tls}/certificate.pem;`,
    `ssl_certificate_key ${taskPaths.tls}/key.pem;`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
    'ssl_session_cache shared:tls:2m;',
    'ssl_session_tickets off;',
  ];
}

/**
 * What the app is told of the request: our own words in the place of any that the client sent under these names.
 * `Proxy` would become HTTP_PROXY in a WSGI environment, where HTTP clients read it as a setting.
 */
function forwarded(host: string): string[] {
  const headers: Readonly<Record<string, string>> = {
    Host: host,
    'X-Real-IP': '$remote_addr',
    'X-Forwarded-For': '$remote_addr',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': host,
    'X-Forwarded-Port': '443',
    'X-Forwarded-Prefix': '""',
    Forwarded: '""',
    Proxy: '""',
    'X-Request-ID': '$request_id',
    Connection: '""',
  };
  return [
    'proxy_http_version 1.1;',
    'proxy_next_upstream off;',
    ...Object.entries(headers).map(([name, value]) => `proxy_set_header ${name} ${value};`),
  ];
}

/**
 * Requests under another name: the load balancer's health checks, which carry the copy's address as their Host, and
 * nobody else.
 */
function strangers({ app, domain, network }: Environment): string[] {
  return block('server', [
    `listen ${PROXY_PORT} ssl default_server;`,
    'server_name _;',
    '',
    // The realip module has put the client's address where the load balancer named one; a health check has none, and
    // keeps the load balancer's own.
    ...block(`location = ${word(app.health.liveness)}`, [
      'access_log off;',
      `allow ${word(network.cidr)};`,
      'deny all;',
      ...forwarded(word(domain.name)),
      'proxy_pass http://app;',
    ]),
    '',
    ...block('location /', ['return 421;']),
  ]);
}

/** Requests under the environment's name. */
function ours(environment: Environment): string[] {
  const host = word(environment.domain.name);
  return block('server', [
    `listen ${PROXY_PORT} ssl;`,
    `server_name ${host};`,
    '',
    ...environment.app.staticFiles.flatMap(({ path }) => [...staticFiles(path), '']),
    ...block('location /', [...forwarded(host), 'proxy_pass http://app;']),
  ]);
}

/** Files from the static volume, where they lie under the same path as in the URL. */
function staticFiles(path: string): string[] {
  const prefix = `${path.replace(/\/+$/, '')}/`;
  const root = staticFolderOf(prefix).slice(0, -prefix.length + 1);
  return block(`location ^~ ${word(prefix)}`, [
    `root ${word(root)};`,
    'autoindex off;',
    'disable_symlinks on;',
    'expires 1h;',
  ]);
}
