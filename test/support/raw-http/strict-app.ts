import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Received } from '../nginx/recording-app';

/** What it answers to a request: header lines and a body. */
export interface StrictAnswer {
  readonly headers?: readonly string[];
  readonly body: string;
}

export interface StrictApp {
  /** As `address:port`, for the proxy. */
  readonly address: string;
  /** Every whole request so far, in order. */
  readonly received: readonly Received[];
  /** Heads that RFC 9112 has a server refuse: what should never come from a proxy. */
  readonly malformed: readonly string[];
  close(): Promise<void>;
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^\0-\x20\x7f]+) HTTP\/1\.([01])$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([^\0\r\n]*)$/;

interface Head extends Omit<Received, 'body'> {
  /** Where the body begins and ends in the bytes of the connection. */
  readonly begin: number;
  readonly end: number;
}

/**
 * An HTTP app on loopback that reads requests byte by byte as RFC 9112 demands. Node's own server refuses methods and
 * targets that gunicorn takes, and would hide that they came through.
 */
export async function startStrictApp(answer: (request: Received) => StrictAnswer): Promise<StrictApp> {
  const received: Received[] = [];
  const malformed: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('data', (piece) => {
      bytes = Buffer.concat([bytes, piece]);
      for (let next = take(bytes); next; next = take(bytes)) {
        if (next === 'malformed') {
          malformed.push(bytes.toString('latin1', 0, 2000));
          socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
          return;
        }
        bytes = bytes.subarray(next.end);
        received.push(next.request);
        socket.write(bytesOf(answer(next.request), next.request.method === 'HEAD'));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    malformed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

const bytesOf = ({ headers = [], body }: StrictAnswer, isHead: boolean): Buffer =>
  Buffer.from(
    [
      'HTTP/1.1 200 OK',
      'Content-Type: text/plain',
      `Content-Length: ${body.length}`,
      ...headers,
      '',
      isHead ? '' : body,
    ].join('\r\n'),
    'latin1',
  );

/** The next whole request, nothing while it isn't whole. */
function take(bytes: Buffer): { request: Received; end: number } | 'malformed' | undefined {
  const head = readHead(bytes);
  if (!head || head === 'malformed') return head;
  const { begin, end, ...request } = head;
  if (bytes.length < end) return undefined;
  return { request: { ...request, body: bytes.toString('latin1', begin, end) }, end };
}

function readHead(bytes: Buffer): Head | 'malformed' | undefined {
  const length = bytes.indexOf('\r\n\r\n');
  if (length === -1) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, length).split('\r\n');
  const request = REQUEST_LINE.exec(first);
  const parsed = lines.map((line) => HEADER_LINE.exec(line));
  if (!request || parsed.includes(null)) return 'malformed';
  const headerLines = parsed.map((match) => [match?.[1] ?? '', match?.[2] ?? ''] as const);
  const headers: Record<string, string> = {};
  for (const [name, value] of headerLines) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  const bodyLength = headers['content-length'] ?? '0';
  // Chunks would be lawful; the proxy reads bodies whole, so none is expected.
  if (!/^\d+$/.test(bodyLength) || headers['transfer-encoding'] !== undefined) return 'malformed';
  const begin = length + 4;
  return {
    method: request[1] ?? '',
    target: request[2] ?? '',
    httpVersion: `1.${request[3]}`,
    headerLines,
    headers,
    begin,
    end: begin + Number(bodyLength),
  };
}
