import type { Environment } from '../../config/schema';
import { word } from './nginx-words';
import type { ProxyPlace } from './place';

/** Seconds after which the app must have accepted a connection on loopback; it does so in microseconds or not at all. */
const CONNECT_SECONDS = 2;
/** Idle connections that each worker keeps to the app. */
const KEPT_CONNECTIONS = 32;
/** Seconds that an idle one is kept: shorter than gunicorn keeps its end, so that no request meets a closed one. */
const KEPT_SECONDS = 60;

/**
 * Headers that never reach the app, because some app or framework believes them and only a proxy may say them: who the
 * client is and by which address, path or method it came. `Proxy` would become HTTP_PROXY in a WSGI environment, where
 * HTTP clients read it as a setting; an overridden method would pass the limit on writes as a read.
 */
const DROPPED = [
  'Forwarded',
  'X-Forwarded',
  'Forwarded-For',
  'X-Forwarded-By',
  'X-Forwarded-Client-Cert',
  'X-Forwarded-Method',
  'X-Forwarded-Path',
  'X-Forwarded-Prefix',
  'X-Forwarded-Protocol',
  'X-Forwarded-Scheme',
  'X-Forwarded-Server',
  'X-Forwarded-Ssl',
  'X-Forwarded-Uri',
  'X-Forwarded-User',
  'X-Scheme',
  'X-Url-Scheme',
  'Front-End-Https',
  'Client-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'CF-Connecting-IPv6',
  'CF-Pseudo-IPv4',
  'DO-Connecting-IP',
  'Fastly-Client-IP',
  'Fly-Client-IP',
  'X-Appengine-User-IP',
  'X-Azure-ClientIP',
  'X-Azure-SocketIP',
  'X-Envoy-External-Address',
  'X-Original-Forwarded-For',
  'X-ProxyUser-IP',
  'X-Originating-IP',
  'X-Remote-IP',
  'X-Remote-Addr',
  'X-Custom-IP-Authorization',
  'Remote-User',
  'X-Remote-User',
  // Who is logged in, as proxies say it that ask for a password themselves.
  'X-Auth-Request-Email',
  'X-Auth-Request-User',
  'X-Authenticated-User',
  'X-Forwarded-Access-Token',
  'X-Forwarded-Email',
  'X-Forwarded-Groups',
  'X-Forwarded-Preferred-Username',
  'X-WebAuth-User',
  'X-Host',
  'X-Original-Host',
  'X-Original-Method',
  'X-Original-URI',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Script-Name',
  'X-Sendfile-Type',
  'X-Accel-Mapping',
  'X-HTTP-Method',
  'X-HTTP-Method-Override',
  'X-Method-Override',
  'Proxy',
  // A client's certificate and identity, as a load balancer tells them that checks some: ours does not.
  'X-SSL-Client-Cert',
  'X-SSL-Client-S-DN',
  'X-SSL-Client-Verify',
  'X-Amzn-Mtls-Clientcert',
  'X-Amzn-Mtls-Clientcert-Leaf',
  'X-Amzn-Mtls-Clientcert-Subject',
  'X-Amzn-Oidc-Accesstoken',
  'X-Amzn-Oidc-Data',
  'X-Amzn-Oidc-Identity',
] as const;
/** Headers of one connection, not of the request; nginx adds its own framing. Compression is the proxy's. */
const HOP_BY_HOP = [
  'Connection',
  'Keep-Alive',
  'Proxy-Connection',
  'Proxy-Authorization',
  'TE',
  'Trailer',
  'Upgrade',
  'HTTP2-Settings',
  'Expect',
  'Accept-Encoding',
] as const;

/** Headers of the app's that are its own affair. */
const UNSAID = ['X-Powered-By', 'X-Request-ID', 'X-AspNet-Version', 'X-Runtime'] as const;

/** The connections to the app, which are kept. */
export const upstream = ({ app }: ProxyPlace): string[] => [
  `server ${word(app)};`,
  `keepalive ${KEPT_CONNECTIONS};`,
  `keepalive_timeout ${KEPT_SECONDS}s;`,
];

/**
 * How requests reach the app and answers come back, for every location that asks it. The target is sent on as it came.
 * A body is read whole before the app hears of it, so a slow client holds no worker of the app.
 */
export function forwarding({ limits }: Environment, place: ProxyPlace): string[] {
  const host = word(place.host);
  const headers: Readonly<Record<string, string>> = {
    Host: host,
    'X-Real-IP': '$remote_addr',
    'X-Forwarded-For': '$remote_addr',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': host,
    'X-Forwarded-Port': String(place.publicPort),
    'X-Request-ID': '$request_id',
  };
  return [
    'proxy_http_version 1.1;',
    'proxy_redirect off;',
    'proxy_headers_hash_max_size 1024;',
    'proxy_headers_hash_bucket_size 128;',
    ...Object.entries(headers).map(([name, value]) => `proxy_set_header ${name} ${value};`),
    ...[...DROPPED, ...HOP_BY_HOP].map((name) => `proxy_set_header ${name} "";`),
    ...UNSAID.map((name) => `proxy_hide_header ${name};`),
    // An app that is made to repeat a header must not steer nginx with it.
    'proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset;',
    // A kept connection that the app just closed is replaced, unless the request may have had an effect already.
    'proxy_next_upstream error;',
    'proxy_next_upstream_tries 2;',
    `proxy_connect_timeout ${CONNECT_SECONDS}s;`,
    `proxy_send_timeout ${limits.proxySeconds}s;`,
    `proxy_read_timeout ${limits.proxySeconds}s;`,
    // A session in a cookie and a few headers: nginx's default of a page refuses such an answer.
    'proxy_buffer_size 16k;',
    'proxy_buffers 8 16k;',
    'proxy_busy_buffers_size 32k;',
    'add_header X-Request-ID $request_id always;',
  ];
}
