import { block, word } from './nginx-words';
import type { ProxyPlace } from './place';

/**
 * One JSON object a request on standard output. The path comes without its query, where tokens travel; the TLS version
 * is the client's, as the load balancer reports it.
 */
const FIELDS = {
  log: 'access',
  time: '$time_iso8601',
  request_id: '$request_id',
  client: '$remote_addr',
  method: '$request_method',
  path: '$path_without_query',
  protocol: '$server_protocol',
  status: '$status',
  bytes: '$body_bytes_sent',
  seconds: '$request_time',
  app_seconds: '$upstream_response_time',
  tls: '$http_x_amzn_tls_version',
  user_agent: '$http_user_agent',
} as const;

/** Directives of `http` that write the access log. nginx escapes each value, so no client can forge a line. */
export function accessLog(place: ProxyPlace): string[] {
  const fields = Object.entries(FIELDS).map(([name, value]) => `"${name}":"${value}"`);
  return [
    ...block('map $request_uri $path_without_query', ['"~^(?<path>[^?]*)" $path;']),
    `log_format access escape=json '{${fields.join(',')}}';`,
    `access_log ${word(place.accessLog)} access;`,
  ];
}
