import { type Ordinary, passes, request } from '../case';

const json = (body: string): string[] => ['Content-Type: application/json', `Content-Length: ${body.length}`];
const TOKEN = 'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.k3J8s-_x';
const ITEM = '{"name":"lamp","tags":["a","b"]}';

/** Apps on telephones and services that call the API. */
const api: readonly Ordinary[] = [
  passes('curl', 'curl', 'GET /api/items HTTP/1.1', ['User-Agent: curl/8.10.1', 'Accept: */*']),
  passes('api-token', 'a client with a token', 'GET /api/me HTTP/1.1', [TOKEN]),
  passes('api-basic', 'a client with a password', 'GET /api/me HTTP/1.1', ['Authorization: Basic YW5uYTpob3JzZQ==']),
  passes('api-key', 'a client with a key', 'GET /api/me HTTP/1.1', ['X-API-Key: 5d41402abc4b2a76b9719d911017c592']),
  passes('api-post', 'something made', 'POST /api/items HTTP/1.1', [TOKEN, ...json(ITEM)], ITEM),
  passes('api-put', 'something replaced', 'PUT /api/items/1 HTTP/1.1', [TOKEN, ...json(ITEM)], ITEM),
  passes(
    'api-patch',
    'something changed',
    'PATCH /api/items/1 HTTP/1.1',
    ['Content-Type: application/merge-patch+json', 'Content-Length: 12', 'If-Match: "v1"'],
    '{"name":"x"}',
  ),
  passes('api-delete', 'something deleted', 'DELETE /api/items/1 HTTP/1.1', [TOKEN]),
  passes('api-delete-body', 'several things deleted', 'DELETE /api/items HTTP/1.1', json('[1,2,3]'), '[1,2,3]'),
  passes('api-options', 'what may be done, asked without an origin', 'OPTIONS /api/items HTTP/1.1'),
  passes('api-head', 'whether something is there', 'HEAD /api/items/1 HTTP/1.1', [TOKEN]),
  passes('api-get-body', 'a search with a body', 'GET /api/search HTTP/1.1', json('{"q":"a"}'), '{"q":"a"}'),
  passes(
    'api-idempotency',
    'a payment that is sent once',
    'POST /api/payments HTTP/1.1',
    ['Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324', ...json('{"sum":1}')],
    '{"sum":1}',
  ),
  passes('api-trace', 'a trace of a distributed system', 'GET /api/items HTTP/1.1', [
    'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'tracestate: a=b',
    'baggage: user=1',
  ]),
  passes(
    'api-protobuf',
    'bytes',
    'POST /api/events HTTP/1.1',
    ['Content-Type: application/x-protobuf', 'Content-Length: 6'],
    '\x08\x96\x01\0\xff\xfe',
  ),
  passes(
    'api-compressed',
    'a compressed body',
    'POST /api/events HTTP/1.1',
    ['Content-Encoding: gzip', 'Content-Length: 8'],
    '\x1f\x8b\x08\0\0\0\0\0',
  ),
  passes(
    'api-graphql',
    'a query language',
    'POST /graphql HTTP/1.1',
    json('{"query":"{ me { name } }"}'),
    '{"query":"{ me { name } }"}',
  ),
  passes(
    'api-xml',
    'an old interface',
    'POST /soap HTTP/1.1',
    ['Content-Type: text/xml; charset=utf-8', 'SOAPAction: "urn:a#b"', 'Content-Length: 22'],
    '<Envelope>a</Envelope>',
  ),
  passes('api-empty-json', 'nothing as JSON', 'POST /api/ping HTTP/1.1', json(''), ''),
  passes(
    'api-text-line-ends',
    'text with every kind of line end',
    'POST /notes HTTP/1.1',
    ['Content-Type: text/plain', 'Content-Length: 14'],
    'a\r\nb\nc\rd\r\n\r\ne\n',
  ),
  passes(
    'api-http-in-body',
    'a body that quotes a request',
    'POST /notes HTTP/1.1',
    ['Content-Type: text/plain', 'Content-Length: 34'],
    'GET /.env HTTP/1.1\r\nHost: a\r\n\r\n0\r\n',
  ),
  passes('android', 'an app on a telephone', 'GET /api/feed?since=2026-11-01T00%3A00%3A00Z HTTP/1.1', [
    'User-Agent: okhttp/4.12.0',
    'Accept-Encoding: gzip',
  ]),
  passes('ios', 'an app on a telephone', 'GET /api/feed HTTP/1.1', [
    'User-Agent: App/42 CFNetwork/1568 Darwin/24.0.0',
    'Accept: */*',
    'Accept-Language: ja-JP',
  ]),
  passes('python', 'a script', 'GET /api/items HTTP/1.1', [
    'User-Agent: python-requests/2.32.3',
    'Accept-Encoding: gzip, deflate',
    'Accept: */*',
  ]),
  passes('go', 'a service', 'GET /api/items HTTP/1.1', ['User-Agent: Go-http-client/1.1']),
  passes('java', 'a service', 'GET /api/items HTTP/1.1', [
    'User-Agent: Java/21.0.4',
    'Accept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
  ]),
  passes('header-lower-case', 'names in lower case', 'GET /page HTTP/1.1', [
    'user-agent: x',
    'accept: */*',
    'x-custom: y',
  ]),
  passes('header-empty', 'a header without a value', 'GET /page HTTP/1.1', ['X-Empty:', 'Accept: */*']),
  passes('header-long', 'a header of six kilobytes', 'GET /page HTTP/1.1', [`X-Long: ${'a'.repeat(6000)}`]),
  passes(
    'header-sixty',
    'sixty headers',
    'GET /page HTTP/1.1',
    Array.from({ length: 60 }, (_, index) => `X-Custom-${index}: value ${index}`),
  ),
  passes('header-utf-8', 'a value beyond ASCII', 'GET /page HTTP/1.1', ['X-Name: J\xc3\xbcrgen']),
  passes('header-same-name', 'a list in two lines', 'GET /page HTTP/1.1', [
    'Accept-Language: en',
    'Accept-Language: de',
    'X-List: a',
    'X-List: b',
  ]),
  passes('header-punctuation', 'a value of punctuation', 'GET /page HTTP/1.1', [
    'X-Odd: !#$%&\'*+.^_`|~"(),/:;<=>?@[\\]{}',
  ]),
];

/** Machines that call by themselves. */
const machines: readonly Ordinary[] = [
  passes('googlebot', 'a search engine', 'GET /robots.txt HTTP/1.1', [
    'User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'From: googlebot(at)googlebot.com',
  ]),
  passes('bingbot', 'a search engine', 'GET /sitemap.xml HTTP/1.1', [
    'User-Agent: Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  ]),
  passes('sitemap-gz', 'a search engine', 'GET /sitemap.xml.gz HTTP/1.1'),
  passes('feed', 'a feed reader', 'GET /feed.atom HTTP/1.1', ['If-None-Match: "1"', 'A-IM: feed']),
  passes('link-preview', 'a preview in a chat', 'GET /page HTTP/1.1', [
    'User-Agent: Slackbot-LinkExpanding 1.0',
    'Range: bytes=0-32768',
  ]),
  passes('monitor', 'a monitor', 'GET /health HTTP/1.1', ['User-Agent: UptimeRobot/2.0']),
  passes('monitor-head', 'a monitor', 'HEAD / HTTP/1.1', ['User-Agent: Pingdom.com_bot_version_1.4']),
  passes('readiness', 'whether it is ready', 'GET /health/readiness HTTP/1.1', ['User-Agent: kube-probe/1.31']),
  passes(
    'webhook-payment',
    'a payment service',
    'POST /webhooks/stripe HTTP/1.1',
    [
      'User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'Stripe-Signature: t=1492774577,v1=5257a8',
      ...json('{"id":"evt_1","type":"charge.succeeded"}'),
    ],
    '{"id":"evt_1","type":"charge.succeeded"}',
  ),
  passes(
    'webhook-code',
    'a code host',
    'POST /webhooks/github HTTP/1.1',
    [
      'User-Agent: GitHub-Hookshot/044aadd',
      'X-GitHub-Event: push',
      'X-Hub-Signature-256: sha256=abc',
      ...json('{"ref":"refs/heads/main"}'),
    ],
    '{"ref":"refs/heads/main"}',
  ),
  passes(
    'webhook-chat',
    'a chat',
    'POST /webhooks/slack HTTP/1.1',
    ['Content-Type: application/x-www-form-urlencoded', 'X-Slack-Signature: v0=a2114d', 'Content-Length: 19'],
    'payload=%7B%22a%22%'.padEnd(19, 'x'),
  ),
  passes('load-balancer', 'what the load balancer adds', 'GET /page HTTP/1.1', [
    'X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678',
  ]),
  passes('archive', 'an archive', 'GET /page HTTP/1.1', [
    'User-Agent: archive.org_bot',
    'Via: 1.1 cache.example',
    'Warning: 110 - "stale"',
  ]),
  passes('cdn', 'a cache between', 'GET /page HTTP/1.1', [
    'Via: 2.0 a.example, 1.1 b.example',
    'Cache-Control: max-stale=60',
    'CDN-Loop: example',
  ]),
];

const CHUNKED = ['Transfer-Encoding: chunked'];
const chunkedBody = (
  id: string,
  why: string,
  body: string,
  wire: string,
  headers: readonly string[] = [],
): Ordinary => ({
  ...passes(id, why, 'POST /submit HTTP/1.1', [...CHUNKED, ...headers], body),
  send: [request('POST /submit HTTP/1.1', [...CHUNKED, ...headers], wire)],
});
const POST_FIVE = request('POST /submit HTTP/1.1', ['Content-Length: 5']);

/** Ways in which bodies and requests come over the wire. */
const wires: readonly Ordinary[] = [
  chunkedBody('chunked', 'a client that streams', 'hello world', '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n', [
    'Content-Type: text/plain',
  ]),
  chunkedBody('chunked-one', 'a client that streams', 'a'.repeat(4096), `1000\r\n${'a'.repeat(4096)}\r\n0\r\n\r\n`),
  chunkedBody('chunked-empty', 'a client that streams nothing', '', '0\r\n\r\n'),
  chunkedBody(
    'chunked-bytes',
    'a client that streams bytes',
    '\0\r\n\r\n0\r\n\r\n\xff',
    'b\r\n\0\r\n\r\n0\r\n\r\n\xff\r\n0\r\n\r\n'.replace(/^b/, 'b'),
  ),
  chunkedBody(
    'chunked-trailer',
    'a checksum behind the body',
    'hello',
    '5\r\nhello\r\n0\r\nX-Checksum: 5d41402a\r\n\r\n',
    ['Trailer: X-Checksum'].slice(1),
  ),
  {
    ...passes(
      'continue',
      'curl with a large body waits to be told',
      'POST /submit HTTP/1.1',
      ['Content-Length: 5', 'Expect: 100-continue'],
      'hello',
    ),
    send: [request('POST /submit HTTP/1.1', ['Content-Length: 5', 'Expect: 100-continue']), { pauseMs: 100 }, 'hello'],
  },
  {
    ...passes('body-later', 'a body in its own packet', 'POST /submit HTTP/1.1', ['Content-Length: 5'], 'hello'),
    send: [POST_FIVE, { pauseMs: 100 }, 'hello'],
  },
  {
    ...passes('body-in-pieces', 'a slow telephone', 'POST /submit HTTP/1.1', ['Content-Length: 5'], 'hello'),
    send: [POST_FIVE, { slowly: 'hello', size: 1, everyMs: 50 }],
  },
  {
    ...passes('head-in-pieces', 'a slow telephone', 'GET /page HTTP/1.1', ['Accept: */*']),
    send: [{ slowly: request('GET /page HTTP/1.1', ['Accept: */*']), size: 16, everyMs: 20 }],
  },
  passes('keep-alive', 'a client that says what is the default', 'GET /page HTTP/1.1', ['Connection: keep-alive']),
];

export const cases: readonly Ordinary[] = [...api, ...machines, ...wires];
