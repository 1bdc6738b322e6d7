/** One command of the command line: a file of `lib/commands/` exports it as `command`. */
export interface Command {
  /** The words that call it, such as `task run`. The file has the same name, with hyphens. */
  readonly name: string;
  /** What it does, in one line. */
  readonly description: string;
  readonly options: readonly CommandOption[];
  /** Words that follow the options, such as a command to run. @default - none */
  readonly argument?: { readonly name: string; readonly description: string; readonly expected: string };
  /** Calls that work as they stand. */
  readonly examples: readonly Example[];
  /** Loads what does it, only when it is called: the CDK alone takes most of a second, which `--help` need not wait. */
  readonly load: () => Runner;
}

export interface Runner {
  /** Does it and answers with the exit code. */
  readonly run: (call: Call, terminal: Terminal) => Promise<number>;
}

export interface CommandOption {
  /** As commander reads them, such as `--env <name>` or `--json`. */
  readonly flags: string;
  readonly description: string;
  /** What is expected, with an example: told when it is missing. @default - nothing more is told */
  readonly expected?: string;
  /** The only values that it takes. @default - any */
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** May be given several times. */
  readonly repeated?: boolean;
}

export interface Example {
  readonly call: string;
  readonly does: string;
}

/** What somebody typed. */
export interface Call {
  /** Options by their long name in camel case. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly words: readonly string[];
}

/** Where a command writes and what surrounds it; tests put their own here. */
export interface Terminal {
  /** The result. */
  readonly out: (text: string) => void;
  /** Progress and trouble. */
  readonly err: (text: string) => void;
  /** Whether each of the two may have colours. */
  readonly colour: { readonly out: boolean; readonly err: boolean };
  /** Calls back once when somebody presses Ctrl-C, asks us to end or closes the terminal; the answer stops listening. */
  readonly onInterrupt: (react: () => void) => () => void;
}

/** How a command ended: done; refused, or a mistake that the caller can mend; a call that makes no sense. */
export const exitCodes = { ok: 0, refused: 1, usage: 2 } as const;

/** Something that whoever called can mend: told in words, without a stack trace. */
export class UserError extends Error {}

/** An option's text. */
export const textOption = ({ options }: Call, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** An option that may be given several times. */
export const listOption = ({ options }: Call, name: string): readonly string[] => {
  const value = options[name];
  return Array.isArray(value) ? value : [];
};
