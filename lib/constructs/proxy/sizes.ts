import type { Environment } from '../../config/schema';
import type { ProxyPlace } from './place';

/** Seconds by which we outlast the load balancer on an idle connection, so that no request meets a closed one. */
const OUTLAST_SECONDS = 10;
/** KiB of one header field or of the request line, at most: gunicorn takes no longer field. */
const FIELD_KIB = 8;
/** KiB of a body that stay in memory; the rest goes to the cache folder. */
const BODY_BUFFER_KIB = 64;

/**
 * Sizes and times of what clients send (row E14). All header lines together fill the buffers at most: as many of them
 * as make the environment's limit.
 */
export function sizes({ limits }: Environment, { patienceSeconds }: ProxyPlace): string[] {
  const buffers = Math.ceil(limits.headerKiB / FIELD_KIB);
  return [
    `client_max_body_size ${limits.bodyKiB}k;`,
    `client_body_buffer_size ${Math.min(limits.bodyKiB, BODY_BUFFER_KIB)}k;`,
    'client_header_buffer_size 2k;',
    `large_client_header_buffers ${buffers} ${Math.floor(limits.headerKiB / buffers)}k;`,
    // A name with an underscore would be the same as one with a hyphen in a WSGI environment, past every rule for that.
    'underscores_in_headers off;',
    'ignore_invalid_headers on;',
    `client_header_timeout ${patienceSeconds}s;`,
    `client_body_timeout ${patienceSeconds}s;`,
    `send_timeout ${patienceSeconds}s;`,
    'reset_timedout_connection on;',
    `keepalive_timeout ${limits.loadBalancerSeconds + OUTLAST_SECONDS}s;`,
    'keepalive_requests 10000;',
  ];
}
