import { connect, type TLSSocket } from 'node:tls';
import type { Server } from './servers';

const AT_ONCE = 20;

/** Memory that idle connections take, each of which has had one answer. */
export interface Idle {
  readonly connections: number;
  /** Of master and worker, MiB, before and with them. */
  readonly beforeMiB: number;
  readonly withMiB: number;
}

/** Opens connections, has one request answered on each, and reads the server's memory while they are kept. */
export async function idle(server: Server, name: string, connections: number): Promise<Idle> {
  const beforeMiB = server.residentKiB() / 1024;
  const open: TLSSocket[] = [];
  try {
    for (let at = 0; at < connections; at += AT_ONCE)
      open.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(AT_ONCE, connections - at) }, () => answered(server.port, name)),
        )),
      );
    return { connections, beforeMiB, withMiB: server.residentKiB() / 1024 };
  } finally {
    for (const socket of open) socket.destroy();
  }
}

function answered(port: number, name: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: name, rejectUnauthorized: false });
    socket.once('error', reject);
    socket.once('secureConnect', () => socket.write(`GET /health HTTP/1.1\r\nHost: ${name}\r\n\r\n`));
    socket.once('data', () => resolve(socket));
  });
}
