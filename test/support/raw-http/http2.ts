import { RawConnection } from './connection';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const FRAME_HEAD_BYTES = 9;
const LARGEST_FRAME = 16_384;
const SETTINGS_ACK = 0x1;
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;

/** Frame types of RFC 9113, section 6. */
export const frameTypes = {
  data: 0x0,
  headers: 0x1,
  rstStream: 0x3,
  settings: 0x4,
  ping: 0x6,
  goAway: 0x7,
  continuation: 0x9,
} as const;

/** A header field, pseudo-header or not, exactly as it is to be sent: nothing is lower-cased, ordered or refused. */
export type Field = readonly [name: string, value: string];

/** What came back on one stream. */
export interface StreamAnswer {
  /** The final status, when a response came. */
  readonly status?: number;
  readonly body: Buffer;
  /** The error code of RST_STREAM, when the far end reset the stream. */
  readonly reset?: number;
  readonly ended: boolean;
}

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** One frame's bytes. */
export function frame(type: number, flags: number, stream: number, payload: string | Buffer = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** Fields as HPACK literals without indexing and without Huffman codes (RFC 7541, 6.2.2): any byte goes through. */
export const fieldBlock = (fields: readonly Field[]): Buffer =>
  Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let left = bytes.length - 127;
  for (; left >= 128; left = Math.floor(left / 128)) length.push((left % 128) + 128);
  return Buffer.concat([Buffer.from([...length, left]), bytes]);
}

/** HEADERS and, when they don't fit one frame, CONTINUATION. */
export function headersFrames(stream: number, fields: readonly Field[], flags = END_STREAM): Buffer {
  const all = fieldBlock(fields);
  const pieces: Buffer[] = [];
  for (let at = 0; at === 0 || at < all.length; at += LARGEST_FRAME) pieces.push(all.subarray(at, at + LARGEST_FRAME));
  return Buffer.concat(
    pieces.map((piece, index) =>
      frame(
        index === 0 ? frameTypes.headers : frameTypes.continuation,
        (index === 0 ? flags : 0) | (index === pieces.length - 1 ? END_HEADERS : 0),
        stream,
        piece,
      ),
    ),
  );
}

/** An HTTP/2 connection on which frames are written by hand. */
export class RawHttp2 {
  private acknowledged = false;

  private constructor(readonly connection: RawConnection) {}

  /**
   * @throws when the far end doesn't choose HTTP/2
   */
  static async open(port: number, name?: string): Promise<RawHttp2> {
    const connection = await RawConnection.open({ port, name, protocols: ['h2'] });
    if (connection.protocol !== 'h2') {
      connection.destroy();
      throw new Error(`port ${port} chose ${connection.protocol ?? 'no protocol'}, expected h2`);
    }
    connection.send(Buffer.concat([Buffer.from(PREFACE), frame(frameTypes.settings, 0, 0)]));
    return new RawHttp2(connection);
  }

  send(bytes: Buffer): void {
    if (!this.acknowledged) this.connection.send(frame(frameTypes.settings, SETTINGS_ACK, 0));
    this.acknowledged = true;
    this.connection.send(bytes);
  }

  /** What has come on a stream so far. */
  answer(stream: number): StreamAnswer {
    const frames = readFrames(this.connection.received).filter((each) => each.stream === stream);
    const of = (type: number): readonly Frame[] => frames.filter((each) => each.type === type);
    const reset = of(frameTypes.rstStream)[0]?.payload.readUInt32BE(0);
    const statuses = of(frameTypes.headers).map(({ payload }) => statusOf(payload));
    return {
      status: statuses.find((status) => status !== undefined && status >= 200),
      body: Buffer.concat(of(frameTypes.data).map(({ payload }) => payload)),
      reset,
      ended: reset !== undefined || frames.some(({ flags, type }) => type <= 1 && (flags & END_STREAM) !== 0),
    };
  }

  /** The error code of GOAWAY, when the far end has given up the connection. */
  get goneAway(): number | undefined {
    return readFrames(this.connection.received)
      .find(({ type }) => type === frameTypes.goAway)
      ?.payload.readUInt32BE(4);
  }

  /** Waits for the end of streams, of the connection, or of the time. */
  async ended(streams: readonly number[], timeoutMs?: number): Promise<void> {
    await this.connection.until(
      () => this.goneAway !== undefined || streams.every((stream) => this.answer(stream).ended),
      timeoutMs,
    );
  }

  destroy(): void {
    this.connection.destroy();
  }
}

/** Whole frames of a stream of bytes. */
export function readFrames(bytes: Buffer): readonly Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  while (bytes.length >= at + FRAME_HEAD_BYTES) {
    const end = at + FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3);
    if (bytes.length < end) break;
    frames.push({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
      payload: bytes.subarray(at + FRAME_HEAD_BYTES, end),
    });
    at = end;
  }
  return frames;
}

/** Statuses that have an index of their own in HPACK's static table (RFC 7541, appendix A). */
const INDEXED_STATUSES: Readonly<Record<number, number>> = {
  136: 200,
  137: 204,
  138: 206,
  139: 304,
  140: 400,
  141: 404,
  142: 500,
};

/**
 * The status in a block of response fields. It is the first field, and nginx writes it by its index or as a plain
 * literal, so no table need be kept for it.
 */
function statusOf(block: Buffer): number | undefined {
  let at = 0;
  while (((block[at] ?? 0) & 0xe0) === 0x20) at += 1;
  const first = block[at] ?? 0;
  const indexed = INDEXED_STATUSES[first];
  if (indexed !== undefined) return indexed;
  const namesStatus = [0x08, 0x18, 0x48].includes(first) || (first >= 0x48 && first <= 0x4e);
  return namesStatus && block[at + 1] === 3 ? Number(block.toString('latin1', at + 2, at + 5)) : undefined;
}
