import { inspect } from 'node:util';
import { HIDDEN } from './scrub';
import { Secret } from './secret';

/** A secret's content that can't be used. The message tells places and kinds, never content. */
export class SecretContentError extends Error {
  override readonly name = 'SecretContentError';

  /** @param mistakes each with its place and what was expected */
  constructor(readonly mistakes: readonly string[]) {
    super(`The secret's content can't be used: ${mistakes.join('; ')}`);
  }
}

/** A JSON value in which each `Secret` stands for its text. */
export type Content =
  | string
  | number
  | boolean
  | null
  | undefined
  | Secret
  | readonly Content[]
  | { readonly [field: string]: Content };

/** The JSON object in a secret. Fields that nobody here knows stay as they are. */
export class SecretDocument {
  readonly #fields: Readonly<Record<string, unknown>>;

  private constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields;
  }

  /** @throws SecretContentError when the text is not a JSON object */
  static parse(text: Secret): SecretDocument {
    let value: unknown;
    try {
      value = JSON.parse(text.reveal());
    } catch {
      // The error of JSON.parse quotes the text.
      throw new SecretContentError(['it is not JSON; expected a JSON object, for example {"current": "…"}']);
    }
    if (kindOf(value) !== 'an object')
      throw new SecretContentError([`it is ${kindOf(value)}; expected a JSON object, for example {"current": "…"}`]);
    return new SecretDocument(value as Record<string, unknown>);
  }

  /** An empty one. */
  static readonly empty = new SecretDocument({});

  /** A field as it was parsed. It may be a secret: wrap it before it goes anywhere. */
  field(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  /** The same with some fields set; one that is `undefined` is left out. */
  with(changes: Readonly<Record<string, Content>>): SecretDocument {
    return new SecretDocument({ ...this.#fields, ...changes });
  }

  /** The text that a secret is given. */
  serialize(): Secret {
    return new Secret(JSON.stringify(revealed(this.#fields)));
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** What a parsed value is, for messages that may not quote it. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value === '') return 'an empty text';
  return { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'an object';
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, revealed(each)]));
}
