/**
 * Names under which an app or a framework may look for the client, the scheme, the host, the path or the method, and
 * which a client may send: only the proxy may say them. Then headers of one connection.
 */
export const DROPPED: readonly string[] = [
  ...['Forwarded', 'X-Forwarded', 'Forwarded-For', 'X-Forwarded-By', 'X-Forwarded-Prefix', 'X-Forwarded-Protocol'],
  ...['X-Forwarded-Scheme', 'X-Forwarded-Server', 'X-Forwarded-Ssl', 'X-Forwarded-Uri', 'X-Forwarded-User'],
  ...['X-Scheme', 'X-Url-Scheme', 'Front-End-Https', 'Client-IP', 'X-Client-IP', 'X-Cluster-Client-IP'],
  ...['True-Client-IP', 'CF-Connecting-IP', 'Fastly-Client-IP', 'X-Originating-IP', 'X-Remote-IP', 'X-Remote-Addr'],
  ...['X-Custom-IP-Authorization', 'Remote-User', 'X-Remote-User', 'X-Host', 'X-Original-Host', 'X-Original-URI'],
  ...['X-Original-URL', 'X-Rewrite-URL', 'X-Script-Name', 'X-Sendfile-Type', 'X-Accel-Mapping', 'X-HTTP-Method'],
  ...['X-HTTP-Method-Override', 'X-Method-Override', 'X-Original-Method', 'X-Forwarded-Method', 'X-Forwarded-Path'],
  ...['CF-Connecting-IPv6', 'CF-Pseudo-IPv4', 'DO-Connecting-IP', 'Fly-Client-IP', 'X-Appengine-User-IP'],
  ...['X-Azure-ClientIP', 'X-Azure-SocketIP', 'X-Envoy-External-Address', 'X-Original-Forwarded-For', 'X-ProxyUser-IP'],
  ...['X-Auth-Request-Email', 'X-Auth-Request-User', 'X-Authenticated-User', 'X-Forwarded-Access-Token'],
  ...['X-Forwarded-Email', 'X-Forwarded-Groups', 'X-Forwarded-Preferred-Username', 'X-Forwarded-Client-Cert'],
  'X-WebAuth-User',
  // HTTP_PROXY in a WSGI environment, where HTTP clients read it as a setting.
  'Proxy',
  ...['X-SSL-Client-Cert', 'X-SSL-Client-S-DN', 'X-SSL-Client-Verify', 'X-Amzn-Mtls-Clientcert'],
  ...['X-Amzn-Mtls-Clientcert-Leaf', 'X-Amzn-Mtls-Clientcert-Subject', 'X-Amzn-Oidc-Accesstoken'],
  ...['X-Amzn-Oidc-Data', 'X-Amzn-Oidc-Identity'],
  ...['Connection', 'Keep-Alive', 'Proxy-Connection', 'Proxy-Authorization', 'TE', 'Trailer', 'Upgrade'],
  // Compression is the proxy's: the app's would be out of its hands, and out of sight of the rule against BREACH.
  ...['HTTP2-Settings', 'Expect', 'Accept-Encoding'],
];

/** Headers of answers that tell what runs inside, or that the proxy says itself. */
export const UNSAID: readonly string[] = ['X-Powered-By', 'X-Request-ID', 'X-AspNet-Version', 'X-Runtime'];

/** What the proxy alone says about other origins. */
export const CORS: readonly string[] = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Expose-Headers',
  'Access-Control-Max-Age',
];

/** Headers that the proxy adds, which no control leaves unjudged. */
export const ADDED: readonly string[] = [
  ...['Strict-Transport-Security', 'Content-Security-Policy', 'X-Content-Type-Options', 'X-Frame-Options'],
  ...['X-XSS-Protection', 'Referrer-Policy', 'Permissions-Policy', 'Access-Control-Allow-Origin'],
  ...['Access-Control-Allow-Methods', 'Access-Control-Allow-Headers', 'Access-Control-Expose-Headers'],
  ...['Access-Control-Max-Age', 'Vary', 'Cache-Control', 'Retry-After', 'RateLimit', 'RateLimit-Policy'],
  'X-Request-ID',
];
