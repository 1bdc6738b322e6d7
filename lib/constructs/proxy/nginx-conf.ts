import type { Environment } from '../../config/schema';
import { accessLog } from './access-log';
import { caching } from './caching';
import { clientAddress } from './client-address';
import { compression, uncompressedWithCredentials } from './compression';
import { cookies } from './cookies';
import { cors, preflightAnswers } from './cors';
import { appErrors, errorLocations, errorPages } from './error-pages';
import { forwarding, upstream } from './forwarding';
import { guardMaps, guards } from './guards';
import { healthLocations, peers } from './health';
import { block, word } from './nginx-words';
import { inTask, type ProxyPlace } from './place';
import { counted, rateLimitZones } from './rate-limits';
import { requestClasses } from './request-classes';
import { securityHeaders } from './security-headers';
import { sizes } from './sizes';
import { fileTypes, staticLocations } from './static-files';

/**
 * The proxy's configuration for an environment: a pure function, so that the same environment gives the same bytes.
 * The README beside this file has each promise with the directive that keeps it.
 *
 * All headers of answers are added at the level of `http`, and vary by `map`: nginx forgets inherited headers in any
 * block that adds one of its own, so no block below may.
 *
 * @throws when a value can't stand in nginx's configuration: a programming mistake, for the schema refuses it earlier
 */
export function renderNginxConf(environment: Environment, place: ProxyPlace = inTask(environment)): string {
  const lines = [
    `worker_processes ${place.workers};`,
    `worker_shutdown_timeout ${environment.limits.gracefulStopSeconds}s;`,
    'worker_rlimit_nofile 16384;',
    'pcre_jit on;',
    `pid ${word(place.pidFile)};`,
    // From `error` down nginx adds the request line, query and all, and can't be told not to. What failed and where
    // stands in the access log as well: `status`, `app_status`, `limited`, `blocked`.
    'error_log stderr crit;',
    '',
    ...block('events', ['worker_connections 4096;']),
    '',
    ...block('http', [
      'server_tokens off;',
      // Long names and origins need more than nginx's 64 bytes.
      'map_hash_bucket_size 512;',
      'server_names_hash_bucket_size 512;',
      ...buffers(place),
      ...fileTypes(),
      '',
      ...clientAddress(place),
      ...peers(place),
      '',
      ...sizes(environment, place),
      '',
      ...requestClasses(environment),
      ...guardMaps(environment),
      ...rateLimitZones(environment),
      '',
      ...accessLog(place),
      '',
      ...securityHeaders(environment),
      ...cors(environment),
      ...caching(environment),
      ...compression(),
      ...cookies(),
      ...errorPages(),
      '',
      ...tls(place),
      '',
      ...block('upstream app', upstream(place)),
      ...forwarding(environment, place),
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

function tls({ tlsFolder }: ProxyPlace): string[] {
  return [
    `ssl_certificate ${word(tlsFolder)}/certificate.pem;`,
    `ssl_certificate_key ${word(tlsFolder)}/key.pem;`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
    'ssl_session_cache shared:tls:2m;',
    'ssl_session_tickets off;',
  ];
}

const listened = ({ listen, http2 }: ProxyPlace): string => `${word(listen)} ssl${http2 ? ' http2' : ''}`;

/** Requests under another name: the load balancer's health checks, and nobody else. */
function strangers(environment: Environment, place: ProxyPlace): string[] {
  return block('server', [
    `listen ${listened(place)} default_server;`,
    'server_name _;',
    '',
    ...healthLocations(environment, place),
    ...errorLocations(),
    '',
    ...block('location /', ['return 421;']),
  ]);
}

/** Requests under the environment's name. */
function ours(environment: Environment, place: ProxyPlace): string[] {
  return block('server', [
    `listen ${listened(place)};`,
    `server_name ${word(place.name)};`,
    '',
    ...staticLocations(environment, place),
    ...errorLocations(),
    '',
    // What is refused here gets our pages. What is left goes on to the app, whose own pages pass.
    ...block('location /', [
      ...guards(),
      ...preflightAnswers(),
      ...counted(environment),
      // No such file: the one way to another location that comes after the limits.
      'root /nonexistent;',
      'try_files /none @app;',
    ]),
    '',
    ...block('location @app', [...uncompressedWithCredentials(), ...appErrors(), 'proxy_pass http://app;']),
  ]);
}
