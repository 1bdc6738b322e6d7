import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';

export interface Request {
  /** @default - GET */
  readonly method?: string;
  /** The request target, sent as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

export interface Response {
  readonly status: number;
  /** Lower-case names; every line of a name, in order. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** The one value of a header. Fails when it was sent twice. */
  header(name: string): string | undefined;
  readonly body: Buffer;
  readonly text: string;
}

interface Target {
  readonly port: number;
  readonly name: string;
  readonly certificate: string;
}

/** Speaks to the proxy as the load balancer does: HTTP/1.1 over TLS, under the proxy's name unless told otherwise. */
export class Http1Client {
  private readonly agent: Agent;

  constructor(
    private readonly target: Target,
    options: { readonly keepAlive?: boolean } = {},
  ) {
    this.agent = new Agent({ keepAlive: options.keepAlive ?? true, maxSockets: 64 });
  }

  get(path: string, headers: Request['headers'] = {}): Promise<Response> {
    return this.send({ path, headers });
  }

  send({ method = 'GET', path, headers = {}, body }: Request): Promise<Response> {
    const { port, name, certificate } = this.target;
    return new Promise((resolve, reject) => {
      const sent = httpsRequest(
        {
          host: '127.0.0.1',
          port,
          servername: name,
          ca: certificate,
          method,
          path,
          agent: this.agent,
          headers: {
            Host: name,
            ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
            ...(headers as Record<string, string | string[]>),
          },
        },
        async (answer) => {
          try {
            const pieces: Buffer[] = [];
            for await (const piece of answer) pieces.push(piece as Buffer);
            const lines: Record<string, string[]> = {};
            for (let index = 0; index < answer.rawHeaders.length; index += 2) {
              const key = (answer.rawHeaders[index] ?? '').toLowerCase();
              lines[key] = [...(lines[key] ?? []), answer.rawHeaders[index + 1] ?? ''];
            }
            resolve(responseOf(answer.statusCode ?? 0, lines, Buffer.concat(pieces)));
          } catch (error) {
            reject(error);
          }
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** The same over HTTP/2. */
export class Http2Client {
  private readonly session: ClientHttp2Session;

  constructor(private readonly target: Target) {
    this.session = connect(`https://127.0.0.1:${target.port}`, { ca: target.certificate, servername: target.name });
    this.session.on('error', () => undefined);
  }

  get(path: string, headers: Request['headers'] = {}): Promise<Response> {
    return this.send({ path, headers });
  }

  send({ method = 'GET', path, headers = {}, body }: Request): Promise<Response> {
    return new Promise((resolve, reject) => {
      const { Host, ...others } = headers as Record<string, string | string[]>;
      const stream = this.session.request({
        ':method': method,
        ':path': path,
        ':authority': (Host as string | undefined) ?? this.target.name,
        ...others,
      });
      const pieces: Buffer[] = [];
      let status = 0;
      let lines: Record<string, string[]> = {};
      stream.on('response', (received: IncomingHttpHeaders, _flags: number, raw?: readonly string[]) => {
        status = Number(received[':status']);
        lines = linesOf(received, raw);
      });
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => resolve(responseOf(status, lines, Buffer.concat(pieces))));
      stream.on('error', reject);
      stream.end(body);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.session.close(() => resolve()));
  }
}

function linesOf(received: IncomingHttpHeaders, raw: readonly string[] | undefined): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  const add = (name: string, value: string) => {
    lines[name] = [...(lines[name] ?? []), value];
  };
  if (raw) for (let index = 0; index < raw.length; index += 2) add(raw[index] ?? '', raw[index + 1] ?? '');
  else for (const [name, value] of Object.entries(received)) for (const each of [value].flat()) add(name, String(each));
  delete lines[':status'];
  return lines;
}

const responseOf = (status: number, headers: Record<string, string[]>, body: Buffer): Response => ({
  status,
  headers,
  header: (name) => {
    const values = headers[name.toLowerCase()] ?? [];
    if (values.length > 1) throw new Error(`${name} was sent ${values.length} times: ${values.join(' | ')}`);
    return values[0];
  },
  body,
  text: body.toString('utf8'),
});
