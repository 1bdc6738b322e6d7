import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Answers kept at most; the oldest go first. Three environments make about thirty at each change. */
const KEPT = 1_000;

/** An answer as it is stored. The digest tells a whole entry from a torn or meddled one. */
interface Entry {
  readonly key: string;
  readonly answer: unknown;
  readonly digest: string;
}

/**
 * Answers of checks, each kept under a key of everything that decides it, so that the same question is not worked out
 * twice. An entry that is missing, torn or of another key is no answer.
 */
export class Memory {
  /** @param folder where the answers are kept; without one, none is */
  constructor(private readonly folder?: string) {}

  /** Whether anything is kept at all. */
  get keeps(): boolean {
    return this.folder !== undefined;
  }

  /** What was answered under this key; nothing when it has to be worked out. */
  recall<T>(key: string): T | undefined {
    if (this.folder === undefined) return undefined;
    try {
      const entry = JSON.parse(readFileSync(this.fileOf(this.folder, key), 'utf8')) as Entry;
      return entry.key === key && entry.digest === digestOf(key, entry.answer) ? (entry.answer as T) : undefined;
    } catch {
      return undefined;
    }
  }

  remember(key: string, answer: unknown): void {
    if (this.folder === undefined) return;
    const entry: Entry = { key, answer, digest: digestOf(key, answer) };
    const file = this.fileOf(this.folder, key);
    try {
      mkdirSync(this.folder, { recursive: true });
      // Written aside and renamed, so that a synthesis running beside this one never reads half an entry.
      writeFileSync(`${file}.${process.pid}`, JSON.stringify(entry));
      renameSync(`${file}.${process.pid}`, file);
      forgetOldest(this.folder);
    } catch {
      // A memory that can't be written costs time next time and nothing else.
    }
  }

  private fileOf(folder: string, key: string): string {
    return join(folder, `${key}.json`);
  }
}

/**
 * The key of everything that decides an answer.
 *
 * @param kind what is answered, such as `schema`: names of files begin with it
 */
export const keyOf = (kind: string, decides: readonly unknown[]): string =>
  `${kind}-${sha256(JSON.stringify(decides))}`;

function forgetOldest(folder: string): void {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  if (files.length <= KEPT) return;
  const byAge = files
    .map((file) => ({ file, at: statSync(join(folder, file)).mtimeMs }))
    .sort((one, other) => one.at - other.at);
  for (const { file } of byAge.slice(0, files.length - KEPT)) rmSync(join(folder, file), { force: true });
}

const digestOf = (key: string, answer: unknown): string => sha256(`${key}\n${JSON.stringify(answer)}`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
