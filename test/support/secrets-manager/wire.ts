import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SecretsManagerStandIn } from './service';

/** The stand-in behind HTTP on loopback, for the SDK's real client: with its retries, its encoding and its time limits. */
export interface Wire {
  /** For the client's `endpoint`, or the variable AWS_ENDPOINT_URL_SECRETS_MANAGER. */
  readonly url: string;
  close(): Promise<void>;
}

export async function overTheWire(service: SecretsManagerStandIn): Promise<Wire> {
  const server = createServer((request, response) => void answer(service, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(service: SecretsManagerStandIn, request: IncomingMessage, response: ServerResponse) {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const operation = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
  const reply = (status: number, body: unknown) => {
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body, inSeconds));
  };
  try {
    reply(200, await service.call(operation, JSON.parse(Buffer.concat(pieces).toString('utf8'))));
  } catch (error) {
    const { name, message } = error as Error;
    reply(name === 'Error' ? 500 : 400, { __type: name, Message: message });
  }
}

/** The protocol writes moments as seconds since 1970. JSON has made texts of them before it asks. */
function inSeconds(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const before = this[key];
  return before instanceof Date ? before.getTime() / 1000 : value;
}
