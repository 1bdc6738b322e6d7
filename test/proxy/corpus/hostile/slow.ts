import { type Hostile, refused, request, type Step } from '../case';

/** Sent to an nginx whose patience is a second or two; the wait is the attack. */
const slow = (id: string, why: string, send: readonly Step[], status?: number): Hostile => ({
  ...refused(`slow-${id}`, why, send, status),
  answers: status === undefined ? [] : [{ status }],
  impatient: true,
});
const LONG_MS = 6000;
const post = request('POST /submit HTTP/1.1', ['Content-Length: 1000']);

export const cases: readonly Hostile[] = [
  slow('nothing', 'a connection on which nothing is said', [{ pauseMs: LONG_MS }]),
  slow('request-line', 'a request line, a byte at a time', [
    { slowly: 'GET /page HTTP/1.1\r\nHost: ums', size: 1, everyMs: 300 },
  ]),
  slow('half-request-line', 'half a request line, and silence', ['GET /pa', { pauseMs: LONG_MS }]),
  slow('headers', 'a header every now and then', [
    request('GET /page HTTP/1.1').slice(0, -2),
    { slowly: 'X-A: b\r\n'.repeat(20), size: 8, everyMs: 400 },
  ]),
  slow('last-line', 'all but the last line', [request('GET /page HTTP/1.1').slice(0, -2), { pauseMs: LONG_MS }]),
  slow('body-nothing', 'a body that does not come', [post, { pauseMs: LONG_MS }]),
  slow('body-stops', 'a body that stops half-way', [`${post}${'a'.repeat(500)}`, { pauseMs: LONG_MS }]),
  slow('chunks-stop', 'chunks that stop half-way', [
    request('POST /submit HTTP/1.1', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n'),
    { pauseMs: LONG_MS },
  ]),
  slow('chunk-size-stops', 'half the size of a chunk', [
    request('POST /submit HTTP/1.1', ['Transfer-Encoding: chunked'], '5'),
    { pauseMs: LONG_MS },
  ]),
  slow('login-body', 'a login that does not come', [
    request('POST /api/auth/login HTTP/1.1', ['Content-Length: 100']),
    { pauseMs: LONG_MS },
  ]),
];
