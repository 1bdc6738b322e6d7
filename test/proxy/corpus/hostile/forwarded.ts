import { bare, CLIENT, defused, HOST, type Hostile, request, type Seen } from '../case';

const GET = 'GET /page HTTP/1.1';
const OURS = /^198\.18\.\d+\.\d+$/;
const seen = (headers: Seen['headers']): Seen => ({ method: 'GET', target: '/page', headers });
/** What the app reads about the client, whatever the client said. */
const TRUE: Seen['headers'] = {
  Host: HOST,
  'X-Forwarded-For': OURS,
  'X-Real-IP': OURS,
  'X-Forwarded-Proto': 'https',
};

/** The load balancer adds its entry last; whatever stands before it was said by the client. */
const chains: readonly Hostile[] = [
  ['chain-admin-network', `X-Forwarded-For: 203.0.113.7, ${CLIENT}`],
  ['chain-loopback', `X-Forwarded-For: 127.0.0.1, ${CLIENT}`],
  ['chain-long', `X-Forwarded-For: ${'10.0.0.1, '.repeat(40)}${CLIENT}`],
  ['chain-own-network', `X-Forwarded-For: 10.20.0.9, ${CLIENT}`],
  ['chain-ipv6', `X-Forwarded-For: ::1, ${CLIENT}`],
  ['chain-unknown', `X-Forwarded-For: unknown, ${CLIENT}`],
  ['chain-no-spaces', `X-Forwarded-For: 203.0.113.7,${CLIENT}`],
  ['chain-empty-entries', `X-Forwarded-For: , , ${CLIENT}`],
  ['chain-quotes', `X-Forwarded-For: "203.0.113.7", ${CLIENT}`],
  ['chain-script', `X-Forwarded-For: <script>alert(1)</script>, ${CLIENT}`],
  ['chain-sql', `X-Forwarded-For: 1' OR '1'='1, ${CLIENT}`],
  ['chain-log-forgery', `X-Forwarded-For: 1.2.3.4","status":"200, ${CLIENT}`],
  ['chain-of-many-lines', `X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: ${CLIENT}`],
  ['chain-upper-case', `X-FORWARDED-FOR: 203.0.113.7, ${CLIENT}`],
  ['chain-with-port', `X-Forwarded-For: ${CLIENT}:54321`],
].map(([id = '', line = '']) =>
  defused(
    id,
    'only the entry that the load balancer wrote is believed',
    bare(GET, [`Host: ${HOST}`, line]),
    seen(TRUE),
  ),
);

/** Headers from which an app or a library would believe where a request comes from, or what it asks for. */
const spoofs: readonly (readonly [id: string, line: string, seen: Seen['headers']])[] = [
  ['real-ip', 'X-Real-IP: 203.0.113.7', {}],
  ['real-ip-twice', 'X-Real-IP: 203.0.113.7\r\nX-Real-IP: 203.0.113.8', {}],
  ['real-ip-lower-case', 'x-real-ip: 203.0.113.7', {}],
  ['forwarded', 'Forwarded: for=203.0.113.7;proto=http;host=evil.example', { Forwarded: null }],
  ['forwarded-twice', 'Forwarded: for=203.0.113.7\r\nForwarded: for=203.0.113.8', { Forwarded: null }],
  ['forwarded-by', 'Forwarded: by=203.0.113.43, for="[2001:db8::1]:4711"', { Forwarded: null }],
  ['proto-http', 'X-Forwarded-Proto: http', {}],
  ['proto-list', 'X-Forwarded-Proto: http, https', {}],
  ['proto-twice', 'X-Forwarded-Proto: http\r\nX-Forwarded-Proto: http', {}],
  ['scheme', 'X-Forwarded-Scheme: http', { 'X-Forwarded-Scheme': null }],
  ['ssl-off', 'X-Forwarded-Ssl: off', { 'X-Forwarded-Ssl': null }],
  ['protocol', 'X-Forwarded-Protocol: http', { 'X-Forwarded-Protocol': null }],
  ['front-end-https', 'Front-End-Https: off', { 'Front-End-Https': null }],
  ['url-scheme', 'X-Url-Scheme: http', { 'X-Url-Scheme': null }],
  ['x-scheme', 'X-Scheme: http', { 'X-Scheme': null }],
  ['forwarded-host', 'X-Forwarded-Host: evil.example', { 'X-Forwarded-Host': HOST }],
  [
    'forwarded-host-twice',
    'X-Forwarded-Host: evil.example\r\nX-Forwarded-Host: worse.example',
    { 'X-Forwarded-Host': HOST },
  ],
  ['forwarded-server', 'X-Forwarded-Server: evil.example', { 'X-Forwarded-Server': null }],
  ['x-host', 'X-Host: evil.example', { 'X-Host': null }],
  ['original-host', 'X-Original-Host: evil.example', { 'X-Original-Host': null }],
  ['forwarded-port', 'X-Forwarded-Port: 80', { 'X-Forwarded-Port': '443' }],
  ['forwarded-prefix', 'X-Forwarded-Prefix: /evil', { 'X-Forwarded-Prefix': null }],
  ['forwarded-prefix-url', 'X-Forwarded-Prefix: //evil.example', { 'X-Forwarded-Prefix': null }],
  ['script-name', 'X-Script-Name: /evil', { 'X-Script-Name': null }],
  ['wsgi-script-name-underscore', 'SCRIPT_NAME: /admin', { SCRIPT_NAME: null }],
  ['wsgi-remote-user', 'REMOTE_USER: admin', { REMOTE_USER: null }],
  ['remote-user', 'Remote-User: admin', { 'Remote-User': null }],
  ['x-remote-user', 'X-Remote-User: admin', { 'X-Remote-User': null }],
  ['x-forwarded-user', 'X-Forwarded-User: admin', { 'X-Forwarded-User': null }],
  ['original-url', 'X-Original-URL: /admin/', { 'X-Original-URL': null }],
  ['rewrite-url', 'X-Rewrite-URL: /admin/', { 'X-Rewrite-URL': null }],
  ['original-uri', 'X-Original-URI: /admin/', { 'X-Original-URI': null }],
  ['forwarded-uri', 'X-Forwarded-Uri: /admin/', { 'X-Forwarded-Uri': null }],
  ['accel-mapping', 'X-Accel-Mapping: /=/etc/', { 'X-Accel-Mapping': null }],
  ['sendfile-type', 'X-Sendfile-Type: X-Accel-Redirect', { 'X-Sendfile-Type': null }],
  ['method-override', 'X-HTTP-Method-Override: DELETE', { 'X-HTTP-Method-Override': null }],
  ['method-override-short', 'X-HTTP-Method: DELETE', { 'X-HTTP-Method': null }],
  ['method-override-old', 'X-Method-Override: DELETE', { 'X-Method-Override': null }],
  ['httpoxy', 'Proxy: http://evil.example:8080', { Proxy: null }],
  ['httpoxy-lower-case', 'proxy: http://evil.example:8080', { Proxy: null }],
  ['request-id', 'X-Request-ID: chosen-by-client', { 'X-Request-ID': /^[0-9a-f]{32}$/ }],
  ['request-id-injection', 'X-Request-ID: a","client":"1.2.3.4', { 'X-Request-ID': /^[0-9a-f]{32}$/ }],
  ['request-id-twice', 'X-Request-ID: a\r\nX-Request-ID: b', { 'X-Request-ID': /^[0-9a-f]{32}$/ }],
  ['client-ip', 'Client-IP: 203.0.113.7', { 'Client-IP': null }],
  ['x-client-ip', 'X-Client-IP: 203.0.113.7', { 'X-Client-IP': null }],
  ['true-client-ip', 'True-Client-IP: 203.0.113.7', { 'True-Client-IP': null }],
  ['cf-connecting-ip', 'CF-Connecting-IP: 203.0.113.7', { 'CF-Connecting-IP': null }],
  ['cluster-client-ip', 'X-Cluster-Client-IP: 203.0.113.7', { 'X-Cluster-Client-IP': null }],
  ['originating-ip', 'X-Originating-IP: 203.0.113.7', { 'X-Originating-IP': null }],
  ['remote-ip', 'X-Remote-IP: 203.0.113.7', { 'X-Remote-IP': null }],
  ['remote-addr', 'X-Remote-Addr: 203.0.113.7', { 'X-Remote-Addr': null }],
  ['custom-ip-authorization', 'X-Custom-IP-Authorization: 127.0.0.1', { 'X-Custom-IP-Authorization': null }],
  ['forwarded-by-old', 'X-Forwarded: 203.0.113.7', { 'X-Forwarded': null }],
  ['forwarded-for-old', 'Forwarded-For: 203.0.113.7', { 'Forwarded-For': null }],
  ['client-certificate', 'X-SSL-Client-Verify: SUCCESS', { 'X-SSL-Client-Verify': null }],
  ['client-certificate-name', 'X-SSL-Client-S-DN: CN=admin', { 'X-SSL-Client-S-DN': null }],
  ['amzn-oidc-identity', 'X-Amzn-Oidc-Identity: admin', { 'X-Amzn-Oidc-Identity': null }],
  ['amzn-oidc-data', 'X-Amzn-Oidc-Data: e30.e30.', { 'X-Amzn-Oidc-Data': null }],
  ['amzn-oidc-token', 'X-Amzn-Oidc-Accesstoken: e30.e30.', { 'X-Amzn-Oidc-Accesstoken': null }],
  ['amzn-mtls-certificate', 'X-Amzn-Mtls-Clientcert: forged', { 'X-Amzn-Mtls-Clientcert': null }],
  ['amzn-mtls-subject', 'X-Amzn-Mtls-Clientcert-Subject: CN=admin', { 'X-Amzn-Mtls-Clientcert-Subject': null }],
];

export const cases: readonly Hostile[] = [
  ...chains,
  ...spoofs.map(([id, line, headers]) =>
    defused(
      `spoof-${id}`,
      `a header that would be believed: ${JSON.stringify(line)}`,
      request(GET, line.split('\r\n')),
      seen({ ...TRUE, ...headers }),
    ),
  ),
];
