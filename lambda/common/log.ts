import { HIDDEN, scrubbed } from './secrets/scrub';
import { Secret } from './secrets/secret';

/** What may be written. A `Secret`, an error or an object of a class is none of it, and the compiler says so. */
export type Loggable =
  | string
  | number
  | boolean
  | null
  | undefined
  | Date
  | readonly Loggable[]
  | { readonly [field: string]: Loggable };

export type Fields = { readonly [field: string]: Loggable };

type Level = 'INFO' | 'WARN' | 'ERROR';

/** Levels of nesting that are written. */
const DEEPEST = 8;

/**
 * Writes JSON lines, one an entry: `level`, `message` and fields. No secret can pass: the types refuse one, a `Secret`
 * shows itself as `«secret»` at any depth, and values that the process knows to be secret are taken out of every text.
 */
export class Log {
  constructor(private readonly context: Fields = {}) {}

  /** A log whose entries all have these fields too. */
  with(fields: Fields): Log {
    return new Log({ ...this.context, ...fields });
  }

  info(message: string, fields: Fields = {}): void {
    this.write('INFO', message, fields);
  }

  warn(message: string, fields: Fields = {}): void {
    this.write('WARN', message, fields);
  }

  /** @param error what was thrown: its name, code, message, stack and causes are written. @default - nothing was */
  error(message: string, fields: Fields = {}, error?: unknown): void {
    this.write('ERROR', message, error === undefined ? fields : { ...fields, error: told(error) });
  }

  private write(level: Level, message: string, fields: Fields): void {
    const entry = { ...this.context, ...fields, level, message };
    // The console's own level is what Lambda filters by.
    const write = { INFO: console.log, WARN: console.warn, ERROR: console.error }[level];
    write(JSON.stringify(clean(entry, DEEPEST)));
  }
}

/** The log of a function's handler. */
export const log = new Log();

/** A handler that uses no event can be called without one. */
type Guarded<Event, Answer> = (...event: unknown extends Event ? [event?: unknown] : [event: Event]) => Promise<Answer>;

/**
 * A handler whose failures may be seen: what Lambda itself writes about an error that leaves the handler has no secret
 * either. The error keeps its name, for alarms and retries go by it.
 */
export function guarded<Event, Answer>(handler: (event: Event) => Promise<Answer>): Guarded<Event, Answer> {
  return async (...[event]) => {
    try {
      return await handler(event as Event);
    } catch (error) {
      log.error('the function failed', {}, error);
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      const shown = new Error(scrubbed(message));
      shown.name = name;
      shown.stack = stack === undefined ? undefined : scrubbed(stack);
      throw shown;
    }
  };
}

/** An error as fields. Other properties stay out: libraries put requests, statements and settings there. */
function told(error: unknown, depth = DEEPEST): Fields {
  if (!(error instanceof Error)) return { message: clean(error, depth) as Loggable };
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  const errors = (error as { errors?: unknown }).errors;
  return {
    name,
    message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack,
    ...(cause !== undefined && depth > 0 ? { cause: told(cause, depth - 1) } : {}),
    ...(Array.isArray(errors) && depth > 0 ? { errors: errors.map((each) => told(each, depth - 1)) } : {}),
  };
}

/** What is left of a value when everything that may not be written is taken out, whatever the types said of it. */
function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrubbed(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret) return HIDDEN;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Error) return clean(told(value, depth), depth);
  if (depth === 0) return '«too deep»';
  if (Array.isArray(value)) return value.map((each) => clean(each, depth - 1));
  // An object of a class may hold a password under any name: a client, a connection, a request.
  if (!isPlain(value)) return `«${value.constructor?.name ?? 'object'}»`;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [scrubbed(key), clean(each, depth - 1)]));
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
