import { defused, type Hostile, refused, request, type Step } from '../case';
import { LARGE } from '../run';

/** Sent to an nginx whose patience is a second; the wait is the attack. */
const slow = (id: string, why: string, send: readonly Step[]): Hostile => ({
  ...refused(`slow-${id}`, why, send),
  answers: [],
  impatient: true,
});
const LONG_MS = 4000;
const PAUSE: Step = { pauseMs: LONG_MS };
const begun = request('GET /page HTTP/1.1').slice(0, -2);
const post = request('POST /submit HTTP/1.1', ['Content-Length: 1000']);
const chunked = request('POST /submit HTTP/1.1', ['Transfer-Encoding: chunked']);

export const cases: readonly Hostile[] = [
  slow('nothing', 'a connection on which nothing is said', [PAUSE]),
  slow('request-line', 'a request line, a byte at a time', [
    { slowly: 'GET /page HTTP/1.1\r\nHost: ums', size: 1, everyMs: 300 },
  ]),
  slow('half-request-line', 'half a request line, and silence', ['GET /pa', PAUSE]),
  slow('headers', 'a header every now and then', [begun, { slowly: 'X-A: b\r\n'.repeat(20), size: 8, everyMs: 400 }]),
  slow('last-line', 'all but the last line', [begun, PAUSE]),
  slow('body-nothing', 'a body that does not come', [post, PAUSE]),
  slow('body-stops', 'a body that stops half-way', [`${post}${'a'.repeat(500)}`, PAUSE]),
  slow('chunks-stop', 'chunks that stop half-way', [`${chunked}5\r\nhello\r\n`, PAUSE]),
  slow('chunk-size-stops', 'half the size of a chunk', [`${chunked}5`, PAUSE]),
  slow('login-body', 'a login that does not come', [
    request('POST /api/auth/login HTTP/1.1', ['Content-Length: 100']),
    PAUSE,
  ]),
  slow('fenced-body', 'a body that does not come, for an address that is fenced', [
    request('POST /submit HTTP/1.1', ['Content-Length: 9']),
    PAUSE,
  ]),
  {
    ...slow('second-request', 'half a second request on a kept connection', [
      `${request('HEAD /.env HTTP/1.1')}GET /pa`,
      PAUSE,
    ]),
    answers: [{ status: 404 }],
  },
  {
    ...slow('reading', 'an answer that is not read: nginx has it from the app by then, and drops it', [
      request(`GET ${LARGE} HTTP/1.1`),
      { stopReadingMs: LONG_MS },
    ]),
    bare: /^HTTP\/1\.1 200 /,
    app: [{ method: 'GET', target: LARGE }],
  },
  {
    // Never silent for a second: nginx waits, as it must for a bad line, and the app hears of it when it is whole.
    ...defused(
      'slow-body-drips',
      "a body, a byte every now and then: it holds none of the app's workers",
      [request('POST /submit HTTP/1.1', ['Content-Length: 10']), { slowly: '0123456789', size: 1, everyMs: 300 }],
      { method: 'POST', target: '/submit', body: '0123456789' },
    ),
    impatient: true,
  },
];
