import type { Environment } from '../../config/schema';
import { accessLog } from './access-log';
import { block, word } from './nginx-words';
import { inTask, type ProxyPlace } from './place';
import { securityHeaders } from './security-headers';

/** Seconds after which the app must have accepted a connection on loopback; it does so in microseconds or not at all. */
const CONNECT_SECONDS = 2;
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
export function renderNginxConf(environment: Environment, place: ProxyPlace = inTask(environment)): string {
  const { limits } = environment;
  const lines = [
    `worker_processes ${place.workers};`,
    `worker_shutdown_timeout ${limits.gracefulStopSeconds}s;`,
    'worker_rlimit_nofile 16384;',
    `pid ${word(place.pidFile)};`,
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
      ...buffers(place),
      '',
      ...accessLog(place),
      '',
      ...trueClient(place),
      ...limitsOf(environment, place),
      '',
      ...securityHeaders(environment),
      '',
      ...tls(place),
      '',
      ...block('upstream app', [
        `server ${word(place.app)};`,
        `keepalive ${KEPT_CONNECTIONS};`,
        `keepalive_timeout ${KEPT_SECONDS}s;`,
      ]),
      '',
      ...strangers(environment, place),
      '',
      ...ours(environment, place),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Everything that nginx writes to disk goes to its own volumes. */
function buffers({ cacheFolder }: ProxyPlace): string[] {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${word(cacheFolder)}/${kind};`,
  );
}

/**
 * Who the client is. The load balancer adds the address that it saw as the last entry of X-Forwarded-For, and only
 * that entry is believed. The peer is always the load balancer: no other part of the network may connect.
 */
function trueClient({ trustedPeers }: ProxyPlace): string[] {
  return [
    ...trustedPeers.map((network) => `set_real_ip_from ${word(network)};`),
    'real_ip_header X-Forwarded-For;',
    'real_ip_recursive off;',
  ];
}

/** Sizes and times, from the environment's ladder: load balancer, proxy, worker, statement, each shorter than the last. */
function limitsOf({ limits }: Environment, { patienceSeconds }: ProxyPlace): string[] {
  return [
    `client_max_body_size ${limits.bodyKiB}k;`,
    'client_header_buffer_size 2k;',
    `large_client_header_buffers 4 ${limits.headerKiB}k;`,
    `client_header_timeout ${patienceSeconds}s;`,
    `client_body_timeout ${patienceSeconds}s;`,
    `send_timeout ${patienceSeconds}s;`,
    'reset_timedout_connection on;',
    `keepalive_timeout ${limits.loadBalancerSeconds + OUTLAST_SECONDS}s;`,
    'keepalive_requests 10000;',
    `proxy_connect_timeout ${CONNECT_SECONDS}s;`,
    `proxy_send_timeout ${limits.proxySeconds}s;`,
    `proxy_read_timeout ${limits.proxySeconds}s;`,
  ];
}

function tls({ tlsFolder }: ProxyPlace): string[] {
  return [
    `ssl_certificate ${word(tlsFolder)}/certificate.pem;`,
    `ssl_certificate_key ${word(tlsFolder)}/key.pem;`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
    'ssl_session_cache shared:tls:2m;',
    'ssl_session_tickets off;',
  ];
}

/**
 * What the app is told of the request: our own words in the place of any that the client sent under these names.
 * `Proxy` would become HTTP_PROXY in a WSGI environment, where HTTP clients read it as a setting.
 */
function forwarded(place: ProxyPlace): string[] {
  const host = word(place.host);
  const headers: Readonly<Record<string, string>> = {
    Host: host,
    'X-Real-IP': '$remote_addr',
    'X-Forwarded-For': '$remote_addr',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': host,
    'X-Forwarded-Port': String(place.publicPort),
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

const listened = ({ listen, http2 }: ProxyPlace): string => `${word(listen)} ssl${http2 ? ' http2' : ''}`;

/**
 * Requests under another name: the load balancer's health checks, which carry the copy's address as their Host, and
 * nobody else.
 */
function strangers({ app }: Environment, place: ProxyPlace): string[] {
  return block('server', [
    `listen ${listened(place)} default_server;`,
    'server_name _;',
    '',
    // The realip module has put the client's address where the load balancer named one; a health check has none, and
    // keeps the load balancer's own.
    ...block(`location = ${word(app.health.liveness)}`, [
      'access_log off;',
      ...place.trustedPeers.map((network) => `allow ${word(network)};`),
      'deny all;',
      ...forwarded(place),
      'proxy_pass http://app;',
    ]),
    '',
    ...block('location /', ['return 421;']),
  ]);
}

/** Requests under the environment's name. */
function ours({ app }: Environment, place: ProxyPlace): string[] {
  return block('server', [
    `listen ${listened(place)};`,
    `server_name ${word(place.name)};`,
    '',
    ...app.staticFiles.flatMap(({ path }) => [...staticFiles(path, place), '']),
    ...block('location /', [...forwarded(place), 'proxy_pass http://app;']),
  ]);
}

/** Files from the static volume, where they lie under the same path as in the URL. */
function staticFiles(path: string, { staticFolder }: ProxyPlace): string[] {
  const prefix = `${path.replace(/\/+$/, '')}/`;
  return block(`location ^~ ${word(prefix)}`, [
    `root ${word(staticFolder)};`,
    'autoindex off;',
    'disable_symlinks on;',
    'expires 1h;',
  ]);
}
