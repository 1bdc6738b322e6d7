/** A response as it came over the wire. */
export interface RawResponse {
  readonly status: number;
  /** Names and values in their order, as they were spelled. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** Informational responses (1xx) that came before it. */
  readonly interim: readonly number[];
}

/** What could be read of a stream of responses. */
export interface Stream {
  readonly responses: readonly RawResponse[];
  /** Bytes after the last whole response: the start of another one, or something that is none. */
  readonly rest: Buffer;
}

/** Values of a header, whatever its spelling, one for each time that it was sent. */
export const valuesOf = ({ headers }: Pick<RawResponse, 'headers'>, name: string): readonly string[] =>
  headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value);

interface Head {
  readonly status: number;
  readonly headers: RawResponse['headers'];
  /** Where the body begins. */
  readonly end: number;
}

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})( [^\r\n]*)?$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*?)[ \t]*$/;

/**
 * Reads responses one after the other, as strictly as RFC 9112 allows: a response that isn't well-formed is left in
 * the rest.
 *
 * @param methods of the requests in their order, for a response to HEAD has no body. @default - none is HEAD
 * @param closed whether the stream has ended, which is what ends a body that has no length
 */
export function readResponses(bytes: Buffer, methods: readonly string[] = [], closed = false): Stream {
  const responses: RawResponse[] = [];
  let interim: number[] = [];
  let at = 0;
  for (;;) {
    const head = readHead(bytes, at);
    if (!head) break;
    if (head.status < 200 && head.status !== 101) {
      interim.push(head.status);
      at = head.end;
      continue;
    }
    const read = readBody(bytes, head, methods[responses.length] === 'HEAD', closed);
    if (!read) break;
    responses.push({ status: head.status, headers: head.headers, body: read.body, interim });
    interim = [];
    at = read.end;
  }
  return { responses, rest: bytes.subarray(at) };
}

function readHead(bytes: Buffer, from: number): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n', from);
  if (end === -1) return undefined;
  const [first = '', ...lines] = bytes.subarray(from, end).toString('latin1').split('\r\n');
  const status = STATUS_LINE.exec(first)?.[1];
  if (status === undefined) return undefined;
  const headers = lines.map((line) => HEADER_LINE.exec(line));
  if (headers.includes(null)) return undefined;
  return {
    status: Number(status),
    headers: headers.map((match) => [match?.[1] ?? '', match?.[2] ?? ''] as const),
    end: end + 4,
  };
}

interface Body {
  readonly body: Buffer;
  readonly end: number;
}

function readBody(bytes: Buffer, head: Head, isHead: boolean, closed: boolean): Body | undefined {
  const { status, end } = head;
  if (isHead || status === 204 || status === 304) return { body: Buffer.alloc(0), end };
  if (status === 101) return { body: bytes.subarray(end), end: bytes.length };
  if (valuesOf(head, 'Transfer-Encoding').join(',').toLowerCase() === 'chunked') return readChunks(bytes, end);
  const [length, ...others] = valuesOf(head, 'Content-Length');
  if (length !== undefined) {
    if (others.length > 0 || !/^\d+$/.test(length)) return undefined;
    const after = end + Number(length);
    return bytes.length < after ? undefined : { body: bytes.subarray(end, after), end: after };
  }
  return closed ? { body: bytes.subarray(end), end: bytes.length } : undefined;
}

function readChunks(bytes: Buffer, from: number): Body | undefined {
  const chunks: Buffer[] = [];
  let at = from;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = lineEnd === -1 ? null : /^[0-9a-fA-F]+$/.exec(bytes.subarray(at, lineEnd).toString('latin1'));
    if (!size) return undefined;
    const length = Number.parseInt(size[0], 16);
    const begin = lineEnd + 2;
    const after = begin + length + 2;
    if (bytes.length < after || bytes.subarray(after - 2, after).toString('latin1') !== '\r\n') return undefined;
    if (length === 0) return { body: Buffer.concat(chunks), end: after };
    chunks.push(bytes.subarray(begin, begin + length));
    at = after;
  }
}
