import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const SECTIONS = join(__dirname, 'sections');

/** Where a section says things. */
export interface Output {
  /** A block of its result, for people. */
  print(text: string): void;
  /** What it is doing just now. */
  progress(text: string): void;
}

/** One file of `test/bench/sections`. */
export interface Section {
  /** What it measures, in a line. */
  readonly title: string;
  /** Its arguments, a line each. */
  readonly usage: readonly string[];
  /** Measures, prints, and returns the figures for `--json`. */
  run(args: readonly string[], output: Output): unknown;
}

/**
 * Every section by name, found by listing the folder: a new section is a new file and nothing else.
 *
 * @throws when a file breaks that contract
 */
export function sections(): ReadonlyMap<string, Section> {
  const files = readdirSync(SECTIONS).filter((file) => file.endsWith('.ts'));
  return new Map(
    files.sort().map((file) => {
      const section = require(join(SECTIONS, file)) as Partial<Section>;
      if (!section.title || !section.usage || !section.run)
        throw new Error(`${file}: expected exports named title, usage and run`);
      return [basename(file, '.ts'), section as Section];
    }),
  );
}

/** A number behind `--<name>=`. */
export function numberOf(args: readonly string[], name: string, otherwise: number): number {
  const given = args.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3);
  if (given === undefined) return otherwise;
  if (/^\d+$/.test(given)) return Number(given);
  throw new UsageError(`--${name}=${given}: expected a whole number, for example --${name}=${otherwise}.`);
}

/** A mistake of whoever called. */
export class UsageError extends Error {}
