import { fieldBlock, frame, frameTypes, headersFrames, readFrames } from './http2';
import { readResponses, valuesOf } from './responses';

const read = (text: string, methods?: readonly string[], closed?: boolean) =>
  readResponses(Buffer.from(text, 'latin1'), methods, closed);
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

it('reads pipelined responses, and keeps what is not whole yet', () => {
  const { responses, rest } = read(`${ok('one')}${ok('two')}HTTP/1.1 2`);
  expect(responses.map(({ body }) => body.toString())).toEqual(['one', 'two']);
  expect(rest.toString()).toBe('HTTP/1.1 2');
});

it('reads chunks', () => {
  const { responses, rest } = read(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n',
  );
  expect(responses.map(({ body }) => body.toString())).toEqual(['hello0123456789']);
  expect(rest).toHaveLength(0);
});

it('knows that a response to HEAD has a length and no body', () => {
  const { responses } = read(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${ok('next')}`, ['HEAD', 'GET']);
  expect(responses.map(({ body }) => body.toString())).toEqual(['', 'next']);
});

it('puts informational responses with the one that they announce', () => {
  expect(read(`HTTP/1.1 100 Continue\r\n\r\n${ok('x')}`).responses).toMatchObject([{ status: 200, interim: [100] }]);
});

it('ends a body without a length when the connection does', () => {
  const text = 'HTTP/1.0 200 OK\r\n\r\nhello';
  expect(read(text).responses).toHaveLength(0);
  expect(read(text, [], true).responses.map(({ body }) => body.toString())).toEqual(['hello']);
});

it.each([
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx'],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\nx'],
  ['a header without a colon', 'HTTP/1.1 200 OK\r\nContent-Length\r\n\r\nx'],
  ['no status line', '<html></html>\r\n\r\n'],
  ['a chunk that is too long', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n0\r\n\r\n'],
])('takes %s for no response', (_what, text) => {
  const { responses, rest } = read(text);
  expect(responses).toHaveLength(0);
  expect(rest.toString()).toBe(text);
});

it('finds every value of a name, however it is spelled', () => {
  const [response] = read('HTTP/1.1 204 No Content\r\nA: 1\r\na: 2\r\n\r\n').responses;
  expect(response && valuesOf(response, 'A')).toEqual(['1', '2']);
});

it('writes frames that read back, and splits a head that is too long for one', () => {
  const block = fieldBlock([['x', 'y'.repeat(20_000)]]);
  const frames = readFrames(
    Buffer.concat([frame(frameTypes.ping, 0, 0, 'abcdefgh'), headersFrames(1, [['x', 'y'.repeat(20_000)]])]),
  );
  expect(frames.map(({ type, stream, flags }) => [type, stream, flags])).toEqual([
    [frameTypes.ping, 0, 0],
    [frameTypes.headers, 1, 1],
    [frameTypes.continuation, 1, 4],
  ]);
  expect(Buffer.concat(frames.slice(1).map(({ payload }) => payload)).equals(block)).toBe(true);
});
