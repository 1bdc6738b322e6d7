import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';

/** Milliseconds that anything here waits unless it is told otherwise: no test hangs on a peer that says nothing. */
const PATIENCE_MS = 5000;

/** Where to connect, and how. */
export interface Peer {
  /** Port on loopback. */
  readonly port: number;
  /** Name in the handshake (SNI). @default - none: the load balancer sends none either */
  readonly name?: string;
  /** Speaks without TLS. @default - false */
  readonly plain?: boolean;
  /** Protocols offered in the handshake. @default - none, which means HTTP/1.1 */
  readonly protocols?: readonly string[];
}

/** Why waiting ended. */
export type Waited = 'enough' | 'closed' | 'late';

/**
 * A connection, over TLS unless told otherwise, that sends bytes as they are given and keeps the bytes that come back. Nothing is normalised on
 * the way out: what an HTTP library would refuse to send is what these tests are about.
 */
export class RawConnection {
  private readonly pieces: Buffer[] = [];
  private readonly watchers = new Set<() => void>();
  private over = false;
  private reason: string | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (piece) => {
      this.pieces.push(piece);
      this.tell();
    });
    // The far end may slam the door on hostile bytes; that is an answer, not a failure of the test.
    socket.on('error', (error) => {
      this.reason = error.message;
    });
    const ended = (): void => {
      this.over = true;
      this.tell();
    };
    socket.on('end', ended);
    socket.on('close', ended);
  }

  /**
   * @throws when there is no connection within five seconds
   */
  static open({ port, name, plain, protocols }: Peer): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const address = { host: '127.0.0.1', port, allowHalfOpen: true };
      const socket = plain
        ? connectPlain(address)
        : connectTls({
            ...address,
            servername: name,
            ALPNProtocols: protocols && [...protocols],
            // The proxy signs its own certificate, and the load balancer doesn't check it.
            rejectUnauthorized: false,
          });
      const late = setTimeout(() => socket.destroy(new Error(`no connection to port ${port}`)), PATIENCE_MS);
      socket.once('error', reject);
      socket.once(plain ? 'connect' : 'secureConnect', () => {
        clearTimeout(late);
        socket.off('error', reject);
        socket.setNoDelay(true);
        resolve(new RawConnection(socket));
      });
      socket.once('close', () => clearTimeout(late));
    });
  }

  /** The protocol that the far end chose of those offered. */
  get protocol(): string | undefined {
    return (this.socket instanceof TLSSocket && this.socket.alpnProtocol) || undefined;
  }

  /** Everything received so far. */
  get received(): Buffer {
    return Buffer.concat(this.pieces);
  }

  /** Whether the far end has ended or broken the connection. */
  get closed(): boolean {
    return this.over;
  }

  /** What broke the connection, if it wasn't ended in order. */
  get broken(): string | undefined {
    return this.reason;
  }

  /** Sends bytes; a string is taken as Latin-1, one character a byte. Silent when the far end is gone. */
  send(bytes: string | Buffer): void {
    if (!this.socket.writable) return;
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends piece by piece with a pause after each, until all is sent or the far end has closed. */
  async sendSlowly(bytes: string | Buffer, { size, everyMs }: { size: number; everyMs: number }): Promise<void> {
    const all = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    for (let at = 0; at < all.length && !this.over; at += size) {
      this.send(all.subarray(at, at + size));
      await this.until(() => false, everyMs);
    }
  }

  /** Says that nothing more will be sent, and goes on reading. */
  halfClose(): void {
    this.socket.end();
  }

  /** Stops reading, so that what the far end sends fills its buffers. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Waits until what was received is enough, the far end has closed, or the time is over. */
  until(enough: (received: Buffer) => boolean, timeoutMs = PATIENCE_MS): Promise<Waited> {
    return new Promise((resolve) => {
      const done = (waited: Waited): void => {
        clearTimeout(late);
        this.watchers.delete(look);
        resolve(waited);
      };
      const look = (): void => {
        if (enough(this.received)) done('enough');
        else if (this.over) done('closed');
      };
      const late = setTimeout(() => done('late'), timeoutMs);
      this.watchers.add(look);
      look();
    });
  }

  /** Drops the connection at once. */
  destroy(): void {
    this.socket.destroy();
  }

  private tell(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
