import { CLIENT, defused, denied, HOST, type Hostile, refused, request, SMUGGLED } from '../case';

const POST = 'POST /submit HTTP/1.1';
/** A body that ends for who reads chunks, and goes on for who counts bytes. */
const TWO_ENDS = `0\r\n\r\n${SMUGGLED}`;
const counted = `Content-Length: ${TWO_ENDS.length}`;

/** Two statements about the body's length: the one who believes the other one reads a second request. */
const conflicts: readonly Hostile[] = [
  refused('cl-te', 'proxy counts, app reads chunks', request(POST, [counted, 'Transfer-Encoding: chunked'], TWO_ENDS)),
  refused(
    'te-cl',
    'proxy reads chunks, app counts',
    request(POST, ['Transfer-Encoding: chunked', 'Content-Length: 4'], `5c\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  ),
  refused(
    'cl-zero-te',
    'no body for who counts',
    request(POST, ['Content-Length: 0', 'Transfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'te-on-get',
    'a body where some servers expect none',
    request('GET / HTTP/1.1', [counted, 'Transfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'te-upper-case',
    'the name of a coding has no case',
    request(POST, [counted, 'TRANSFER-ENCODING: CHUNKED'], TWO_ENDS),
  ),
  refused(
    'te-many-spaces',
    'white space before the value',
    request(POST, [counted, 'Transfer-Encoding:     chunked'], TWO_ENDS),
  ),
  refused(
    'te-trailing-spaces',
    'white space after the value',
    request(POST, [counted, 'Transfer-Encoding: chunked   '], TWO_ENDS),
  ),
  refused(
    'te-behind-bare-lf',
    'a line end that only one side knows',
    request(POST, [counted, 'X-A: b\nTransfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'te-behind-bare-cr',
    'a line end that only one side knows',
    request(POST, [counted, 'X-A: b\rTransfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'te-folded',
    'a value that continues on the next line',
    request(POST, [counted, 'Transfer-Encoding:\r\n chunked'], TWO_ENDS),
  ),
  refused(
    'te-leading-space',
    'a header that may be read as a continuation',
    request(POST, [counted, ' Transfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'te-leading-tab',
    'a header that may be read as a continuation',
    request(POST, [counted, '\tTransfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'te-space-before-colon',
    'a name that only one side recognises',
    request(POST, [counted, 'Transfer-Encoding : chunked'], TWO_ENDS),
  ),
  refused(
    'te-tab-before-colon',
    'a name that only one side recognises',
    request(POST, [counted, 'Transfer-Encoding\t: chunked'], TWO_ENDS),
  ),
  refused(
    'te-nul-in-name',
    'a name that ends early in C',
    request(POST, [counted, 'Transfer-Encoding\0: chunked'], TWO_ENDS),
  ),
  refused(
    'te-nul-in-value',
    'a value that ends early in C',
    request(POST, [counted, 'Transfer-Encoding: chunked\0'], TWO_ENDS),
  ),
  refused(
    'te-http-1.0',
    'a version in which chunks did not exist',
    request('POST /submit HTTP/1.0', ['Transfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'te-cl-http-1.0',
    'a version in which chunks did not exist',
    request('POST /submit HTTP/1.0', [counted, 'Transfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'cl-te-named-hop',
    'a length to be dropped as hop-by-hop',
    request(POST, ['Connection: Content-Length', counted, 'Transfer-Encoding: chunked'], TWO_ENDS),
  ),
];

/** Lengths that are no plain number, or too many of them. */
const lengths: readonly Hostile[] = [
  ...[
    ['cl-negative', '-5'],
    ['cl-plus', '+5'],
    ['cl-hexadecimal', '0x5'],
    ['cl-decimal-point', '5.0'],
    ['cl-exponent', '5e0'],
    ['cl-list-same', '5, 5'],
    ['cl-list-other', '5, 6'],
    ['cl-two-numbers', '5 6'],
    ['cl-word', 'five'],
    ['cl-quoted', '"5"'],
    ['cl-underscore', '1_0'],
    ['cl-tab-before', '\t5'],
    ['cl-vertical-tab', '\x0b5'],
    ['cl-arabic-digit', '\xd9\xa5'],
    ['cl-overflow-64-bit', '18446744073709551621'],
    ['cl-forty-digits', '9'.repeat(40)],
    ['cl-semicolon', '5;'],
    ['cl-minus-zero', '-0'],
  ].map(([id = '', length]) =>
    refused(
      id,
      `a length that parsers read differently: ${JSON.stringify(length)}`,
      request(POST, [`Content-Length: ${length}`], 'hello'),
    ),
  ),
  refused(
    'cl-twice-same',
    'who takes the first, who the last',
    request(POST, ['Content-Length: 5', 'Content-Length: 5'], 'hello'),
  ),
  refused(
    'cl-twice-other',
    'who takes the first, who the last',
    request(POST, ['Content-Length: 5', `Content-Length: ${5 + SMUGGLED.length}`], `hello${SMUGGLED}`),
  ),
  refused(
    'cl-twice-case',
    'the same name in other letters',
    request(POST, ['Content-Length: 5', 'content-length: 0'], 'hello'),
  ),
  refused(
    'cl-space-before-colon',
    'a name that only one side recognises',
    request(POST, ['Content-Length : 5'], 'hello'),
  ),
  refused('cl-folded', 'a value on the next line', request(POST, ['Content-Length:\r\n 5'], 'hello')),
  refused('cl-nul', 'a value that ends early in C', request(POST, ['Content-Length: 5\x000'], 'hello')),
  refused(
    'cl-largest-64-bit',
    'the largest length that fits: no room is made for it',
    request(POST, ['Content-Length: 9223372036854775807'], 'hello'),
    413,
  ),
  {
    ...refused('cl-too-long-then-closed', 'a body that never comes whole: nothing of it reaches the app', [
      request(POST, ['Content-Length: 50'], 'hello'),
      { halfClose: true },
    ]),
    answers: [],
  },
];

/** Read by one rule only; what follows a body is a request that meets the same fences. */
const boundaries: readonly Hostile[] = [
  defused(
    'cl-leading-zeros',
    'octal for some: told on as a plain number',
    request(POST, ['Content-Length: 005'], 'hello'),
    {
      method: 'POST',
      target: '/submit',
      headers: { 'Content-Length': '5' },
      body: 'hello',
    },
  ),
  defused(
    'cl-underscore-name',
    'a name that becomes CONTENT_LENGTH in a WSGI environment',
    request('GET /page HTTP/1.1', ['Content_Length: 500']),
    {
      method: 'GET',
      target: '/page',
      headers: { Content_Length: null, 'Content-Length': null },
    },
  ),
  defused(
    'te-underscore-name',
    'a name that becomes HTTP_TRANSFER_ENCODING in a WSGI environment',
    request(POST, ['Content-Length: 5', 'Transfer_Encoding: chunked'], 'hello'),
    {
      method: 'POST',
      target: '/submit',
      headers: { Transfer_Encoding: null, 'Transfer-Encoding': null },
      body: 'hello',
    },
  ),
  defused(
    'get-with-request-as-body',
    'a server that reads no body of GET would read a request',
    request('GET /page HTTP/1.1', [`Content-Length: ${SMUGGLED.length}`], SMUGGLED),
    {
      method: 'GET',
      target: '/page',
      body: SMUGGLED,
    },
  ),
  defused(
    'head-with-request-as-body',
    'a server that reads no body of HEAD would read a request',
    request('DELETE /page HTTP/1.1', [`Content-Length: ${SMUGGLED.length}`], SMUGGLED),
    {
      method: 'DELETE',
      target: '/page',
      body: SMUGGLED,
    },
  ),
  {
    id: 'cl-zero-then-request',
    why: 'the second request is fenced as the first',
    send: [request(POST, ['Content-Length: 0']) + SMUGGLED],
    answers: [{ status: 200 }, { status: 404 }],
    connection: 'open',
    app: [{ method: 'POST', target: '/submit', body: '' }],
  },
  {
    id: 'cl-short-then-request',
    why: 'what follows the counted body is a request of its own, and fenced',
    send: [request(POST, ['Content-Length: 5'], `hello${SMUGGLED}`)],
    answers: [{ status: 200 }, { status: 404 }],
    connection: 'open',
    app: [{ method: 'POST', target: '/submit', body: 'hello' }],
  },
  {
    id: 'cl-short-then-garbage',
    why: 'what follows the counted body is no request',
    send: [request(POST, ['Content-Length: 5'], 'hello, and more')],
    answers: [{ status: 200 }, { status: 400 }],
    connection: 'closed',
    app: [{ method: 'POST', target: '/submit', body: 'hello' }],
  },
  {
    id: 'cl-prefix-swallows-next',
    why: 'a body whose end takes in the next request, which is then never one',
    send: [request(POST, [`Content-Length: ${5 + SMUGGLED.length}`], `x=1&y${SMUGGLED}`)],
    answers: [{ status: 200 }],
    connection: 'open',
    app: [{ method: 'POST', target: '/submit', body: `x=1&y${SMUGGLED}` }],
  },
  denied(
    'denied-with-request-as-body',
    'a body left unread on a kept connection would be the next request',
    request('POST /.env HTTP/1.1', [`Content-Length: ${SMUGGLED.length}`], SMUGGLED),
    404,
  ),
  denied(
    'denied-with-chunked-request',
    'the same by chunks',
    request(
      'POST /.env HTTP/1.1',
      ['Transfer-Encoding: chunked'],
      `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    ),
    404,
  ),
  denied(
    'stranger-with-request-as-body',
    'a body left unread behind an unknown name',
    `POST / HTTP/1.1\r\nHost: other.example\r\nX-Forwarded-For: ${CLIENT}\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    421,
  ),
  refused(
    'te-twice-chunked-identity',
    'who takes the first, who the last',
    request(POST, ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], TWO_ENDS),
  ),
  refused(
    'te-twice-identity-chunked',
    'who takes the first, who the last',
    request(POST, ['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'te-twice-chunked',
    'the same coding told twice',
    request(POST, ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], TWO_ENDS),
  ),
  refused(
    'te-empty-cl',
    'no coding at all, but the header',
    `POST /submit HTTP/1.1\r\nHost: ${HOST}\r\nX-Forwarded-For: ${CLIENT}\r\n${counted}\r\nTransfer-Encoding:\r\n\r\n${TWO_ENDS}`,
    501,
  ),
  refused('cl-empty', 'a length with no digit', request(POST, ['Content-Length:'], '')),
];

export const cases: readonly Hostile[] = [...conflicts, ...lengths, ...boundaries];
