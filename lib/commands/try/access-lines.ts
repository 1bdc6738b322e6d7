import { closeSync, openSync, readSync } from 'node:fs';
import type pico from 'picocolors';

/** Milliseconds between two looks at the file. */
const EVERY = 100;
const PIECE = 64 * 1024;

/** Passes on each line that is added to a file, from its beginning. The answer stops, after what is there by then. */
export function following(file: string, onLine: (line: string) => void): () => void {
  const descriptor = openSync(file, 'r');
  const piece = Buffer.alloc(PIECE);
  let rest = Buffer.alloc(0);
  const look = () => {
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece)) {
      rest = Buffer.concat([rest, piece.subarray(0, read)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        onLine(rest.subarray(0, end).toString('utf8'));
        rest = rest.subarray(end + 1);
      }
    }
  };
  const timer = setInterval(look, EVERY);
  return () => {
    clearInterval(timer);
    look();
    closeSync(descriptor);
  };
}

/** A line of the access log for people; one that can't be read stands as it is. */
export function printedAccess(line: string, colours: ReturnType<typeof pico.createColors>): string {
  const fields = fieldsOf(line);
  if (!fields) return line;
  const { time = '', status = '', method = '', path = '', seconds = '' } = fields;
  const shade = /^[45]/.test(status) ? (status.startsWith('5') ? colours.red : colours.yellow) : colours.green;
  const why = [fields.blocked && `blocked: ${fields.blocked}`, fields.limited && `limited: ${fields.limited}`];
  const clock = /T(\d\d:\d\d:\d\d)/.exec(time)?.[1] ?? time;
  return [
    colours.dim(clock),
    shade(status),
    method.padEnd(7),
    path,
    colours.dim(`${seconds} s`),
    colours.yellow(why.filter(Boolean).join(', ')),
  ]
    .join(' ')
    .trimEnd();
}

/** Without control characters: a client's path must not command the terminal of whoever looks on. */
const shown = (value: unknown): string => String(value).replace(/\p{Cc}|\p{Cf}/gu, '\uFFFD');

function fieldsOf(line: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, each === null ? '' : shown(each)]));
  } catch {
    return undefined;
  }
}
