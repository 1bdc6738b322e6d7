import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as the app received it. */
export interface Received {
  readonly method: string;
  /** The request target, exactly. */
  readonly target: string;
  readonly httpVersion: string;
  /** Header lines in order, as `[name, value]`, names as they were written. */
  readonly headerLines: readonly (readonly [string, string])[];
  /** Values by lower-case name; several lines of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the app answers; by default 200 with a short text. */
export type Answer = (request: Received, response: ServerResponse) => void;

export interface RecordingApp {
  /** As `address:port`, for the proxy. */
  readonly address: string;
  readonly port: number;
  /** Every request so far, in order of arrival of its end. */
  readonly received: readonly Received[];
  /** How many connections were opened to it so far. */
  readonly connections: () => number;
  /** From now on it answers so. */
  answer(answer: Answer): void;
  /** From now on it answers every request so. */
  says(status: number, headers: Readonly<Record<string, string | string[]>>, body?: string | Buffer): void;
  /** Forgets what it received and answers as in the beginning. */
  reset(): void;
  close(): Promise<void>;
}

/** An HTTP app on loopback that records every request exactly. */
export async function startRecordingApp(port = 0): Promise<RecordingApp> {
  const received: Received[] = [];
  let connections = 0;
  let answer = usual;
  const open = new Set<Socket>();
  const server = createServer({ maxHeaderSize: 256 * 1024, keepAliveTimeout: 75_000 }, async (request, response) => {
    const record = await recordOf(request).catch(() => undefined);
    if (!record) return;
    received.push(record);
    answer(record, response);
  });
  server.on('connection', (socket) => {
    connections += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    address: `127.0.0.1:${bound}`,
    port: bound,
    received,
    connections: () => connections,
    answer: (given) => {
      answer = given;
    },
    says: (status, headers, body = '') => {
      answer = (_request, response) => {
        response.writeHead(status, headers);
        response.end(body);
      };
    },
    reset: () => {
      received.length = 0;
      answer = usual;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

const usual: Answer = (_request, response) => {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end('the app\n');
};

async function recordOf(request: IncomingMessage): Promise<Received> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const headerLines = pairs(request.rawHeaders);
  const headers: Record<string, string> = {};
  for (const [name, value] of headerLines) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    httpVersion: request.httpVersion,
    headerLines,
    headers,
    body: Buffer.concat(pieces).toString('latin1'),
  };
}

const pairs = (flat: readonly string[]): [string, string][] =>
  flat.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : []));
