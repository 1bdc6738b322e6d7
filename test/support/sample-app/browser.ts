import { type IncomingHttpHeaders, request as overHttp, type RequestOptions } from 'node:http';
import { request as overHttps } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as UTF-8. */
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface BrowserOptions {
  /** Where it connects to. */
  readonly port: number;
  /** The Host that it asks for. */
  readonly host: string;
  /** The name that the certificate must bear. @default - the Host */
  readonly name?: string;
  /** The certificate that it trusts. @default - plain HTTP */
  readonly ca?: string | Buffer;
  /** Headers of every request, as a proxy in between would set them. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks as a browser does: one client with its cookies, which follows no redirect by itself. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(private readonly options: BrowserOptions) {}

  /** @param path as it is to stand on the request line */
  ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
    const { port, host, ca, name = host } = this.options;
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const options: RequestOptions = {
      host: '127.0.0.1',
      port,
      path,
      method,
      agent: false,
      headers: {
        Host: host,
        ...(cookie ? { Cookie: cookie } : {}),
        ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
        ...this.options.headers,
        ...headers,
      },
    };
    return new Promise((resolve, reject) => {
      const asking = ca === undefined ? overHttp(options) : overHttps({ ...options, ca, servername: name });
      asking.once('error', reject);
      asking.once('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.once('error', reject);
        response.once('end', () => {
          for (const line of response.headers['set-cookie'] ?? []) this.keep(line);
          const body = Buffer.concat(pieces);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body,
            text: body.toString('utf8'),
          });
        });
      });
      asking.end(body);
    });
  }

  /** Sends a form. */
  post(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    return this.ask(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  }

  /** Sends JSON. */
  json(path: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(value),
    });
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The token of the form on a page. */
export const tokenIn = (page: string): string => /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '';
