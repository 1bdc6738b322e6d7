/** One thing wrong with an environment's file, in words for the person who wrote it. */
export interface Mistake {
  /** Where, such as `app.secrets[0].name`. Empty for the file as a whole. */
  readonly path: string;
  /** What stands there; `undefined` when nothing does. Anything that looks like a secret is already hidden. */
  readonly value: unknown;
  /** What would have been right. */
  readonly expected: string;
  /** One value that is. */
  readonly example: unknown;
  /** The file, relative to the project. */
  readonly file: string;
  /** The sum behind a refusal that weighs several values against each other. */
  readonly arithmetic?: string;
}

/**
 * A configuration that can't be built, with every mistake in it. It is the operator's to mend, so it carries no stack
 * trace: `formatMistakes` says all there is to say.
 */
export class ConfigurationError extends Error {
  constructor(readonly mistakes: readonly Mistake[]) {
    super(mistakes.map(inOneLine).join('\n'));
    this.name = 'ConfigurationError';
    this.stack = `${this.name}: ${this.message}`;
  }

  /** For `--json`. */
  toJSON(): { readonly error: 'configuration'; readonly mistakes: readonly Mistake[] } {
    return { error: 'configuration', mistakes: this.mistakes };
  }
}

const inOneLine = ({ file, path, value, expected, example, arithmetic }: Mistake): string =>
  `${file}: ${path || 'the file'}: found ${shown(value)}, expected ${expected}, for example ${shown(example)}${arithmetic ? ` (${arithmetic.replace(/\n\s*/g, '; ')})` : ''}`;

const MOST_SHOWN = 200;
const ONE_LINE = 96;

/** A value as it would be written in the file, cut when it is long. */
export function shown(value: unknown): string {
  const text = inline(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN - 1)}…` : text;
}

/** A value as it is to be written in the file: whole, over several lines when one is too short. */
export function literal(value: unknown, indent = ''): string {
  const text = inline(value);
  if (indent.length + text.length <= ONE_LINE || typeof value !== 'object' || value === null) return text;
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => literal(item, deeper))
    : Object.entries(value).map(([key, inner]) => `${property(key)}: ${literal(inner, deeper)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${lines.map((line) => `${deeper}${line},\n`).join('')}${indent}${close}`;
}

/** Stands in for a value that must not be repeated. */
export class Hidden {
  toString(): string {
    return '(hidden, it looks like a secret)';
  }
  toJSON(): string {
    return this.toString();
  }
}

function inline(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Hidden) return value.toString();
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, inner]) => `${property(key)}: ${inline(inner)}`);
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{}';
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const property = (key: string): string => (IDENTIFIER.test(key) ? key : `'${key}'`);

export type Path = readonly PropertyKey[];

/** A path as it is written in TypeScript: `contacts.critical[0]`. */
export function written(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!IDENTIFIER.test(name)) return `${text}['${name}']`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
