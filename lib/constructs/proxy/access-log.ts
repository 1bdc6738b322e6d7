import { map, word } from './nginx-words';
import type { ProxyPlace } from './place';

/** Values that are always numbers, or null. */
const NUMBERS = {
  status: '$status_number',
  bytes: '$body_bytes_sent',
  request_bytes: '$request_length',
  seconds: '$request_time',
  app_status: '$app_status',
  app_seconds: '$app_seconds',
} as const;

/** Values of text. nginx escapes each, so no client can forge a line. */
const TEXTS = {
  log: 'access',
  time: '$time_iso8601',
  request_id: '$request_id',
  // The load balancer's id, which its own log has.
  trace_id: '$http_x_amzn_trace_id',
  client: '$remote_addr',
  method: '$sent_method',
  host: '$host',
  path: '$path_without_query',
  protocol: '$server_protocol',
  tls: '$client_tls',
  user_agent: '$http_user_agent',
  referrer: '$referrer_without_query',
  // The limit that refused it: login, write or hourly.
  limited: '$limited',
  // Why it was refused before the app heard of it: debris, spelling, length, admin, method, origin or host.
  blocked: '$blocked_why',
} as const;

/**
 * One JSON object a request (rows L01 and L06). Path and referrer come without their query, where tokens travel; nginx
 * can't leave out the values alone, and a name may be a token as well.
 *
 * Not buffered: a copy that ends by force would take the last lines along, which are the ones that explain it.
 */
export function accessLog(place: ProxyPlace): string[] {
  const fields = [
    ...Object.entries(TEXTS).map(([name, value]) => `"${name}":"${value}"`),
    ...Object.entries(NUMBERS).map(([name, value]) => `"${name}":${value}`),
  ];
  return [
    ...map('$request_uri', '$path_without_query', [['"~^(?<path>[^?#]*)"', '$path']]),
    ...map('$http_referer', '$referrer_without_query', [['"~^(?<referrer>[^?#]*)"', '$referrer']]),
    // nginx answers errors as if the method was GET.
    ...map('$request', '$sent_method', [
      ['"~^(?<verb>[A-Z]+) "', '$verb'],
      ['default', '$request_method'],
    ]),
    // The client's, as the load balancer reports it; without one, that of the connection itself.
    ...map('$http_x_amzn_tls_version', '$client_tls', [
      ['""', '$ssl_protocol'],
      ['default', '$http_x_amzn_tls_version'],
    ]),
    // A request that was never answered has 000 or 009, which no number of JSON begins with.
    ...map('$status', '$status_number', [
      ['"~^0"', '0'],
      ['default', '$status'],
    ]),
    ...map('$upstream_status', '$app_status', [
      ['"~(?<last_status>[1-9][0-9]{2})$"', '$last_status'],
      ['default', 'null'],
    ]),
    ...map('$upstream_response_time', '$app_seconds', [
      ['"~(?<last_seconds>[0-9]+\\.[0-9]+)$"', '$last_seconds'],
      ['default', 'null'],
    ]),
    ...map('$status', '$blocked_why', [
      ['421', 'host'],
      ['default', '$blocked_or_preflight'],
    ]),
    ...map('$blocked', '$blocked_or_preflight', [
      ['""', '$blocked_preflight'],
      ['default', '$blocked'],
    ]),
    ...map('$preflight', '$blocked_preflight', [
      ['refused', 'origin'],
      ['default', '""'],
    ]),
    `log_format access escape=json '{${fields.join(',')}}';`,
    `access_log ${word(place.accessLog)} access;`,
    ...map('$status', '$unwell', [
      ['200', '0'],
      ['default', '1'],
    ]),
  ];
}

/** The line of a location that the load balancer asks every few seconds: only what is not well is worth one. */
export const accessLogOfTrouble = (place: ProxyPlace): string =>
  `access_log ${word(place.accessLog)} access if=$unwell;`;
