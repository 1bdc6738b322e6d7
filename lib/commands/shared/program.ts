import { Command as Commander, CommanderError, Option } from 'commander';
import { version } from '../../../package.json';
import { ConfigurationError, formatMistakes } from '../../config/parse';
import { UsageError } from '../../controls/gate/usage-error';
import { type Command, type CommandOption, exitCodes, type Terminal, UserError } from './command';
import { aboutOptions } from './usage';

/**
 * Runs what somebody typed.
 *
 * @param words what follows the program's name
 * @returns the exit code: 0 done, 1 refused or a mistake of the caller's, 2 a call that makes no sense, else what a
 *   command it ran answered
 * @throws what is a fault of the kit, with its stack trace
 */
export async function runProgram(
  words: readonly string[],
  known: readonly Command[],
  terminal: Terminal,
): Promise<number> {
  let code: number = exitCodes.ok;
  const program = programOf(known, terminal, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(parseable(words, known), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error instanceof ConfigurationError) terminal.err(formatMistakes(error.mistakes));
    else if (error instanceof UserError) terminal.err(error.message);
    else if (error instanceof UsageError) terminal.err(aboutOptions(error.message, words));
    else throw error;
    return exitCodes.refused;
  }
}

/**
 * The words as commander understands them: `help task run` is `task run --help`, and an unknown command stays an unknown
 * command when it is asked for help, where commander would show a list of others as if that were the answer.
 */
function parseable(words: readonly string[], known: readonly Command[]): string[] {
  const asked = words[0] === 'help' ? [...words.slice(1), '--help'] : [...words];
  const end = asked.findIndex((word) => word.startsWith('-'));
  const called = end < 0 ? asked : asked.slice(0, end);
  const exists = known.some(({ name }) => {
    const parts = name.split(' ');
    return called.slice(0, parts.length).every((word, index) => word === parts[index]);
  });
  return exists ? asked : asked.filter((word) => word !== '--help' && word !== '-h');
}

function programOf(known: readonly Command[], terminal: Terminal, ended: (code: number) => void): Commander {
  const program = quiet(new Commander('breakwater'), terminal)
    .description('Takes a containerised web app to production on AWS, and refuses what breaks its checklist.')
    .usage('<command> [options]')
    .version(version, '--version', 'the version of the kit')
    .helpCommand('help [command]', 'the same as a command with --help')
    .addHelpText('afterAll', EXIT_CODES);
  const groups = new Map<string, Commander>();
  for (const command of known) {
    const [first = '', second] = command.name.split(' ');
    const made = second === undefined ? program.command(first) : groupOf(first).command(second);
    define(quiet(made, terminal), command, terminal, ended);
  }
  return program;

  function groupOf(name: string): Commander {
    const group = groups.get(name) ?? quiet(program.command(name), terminal).helpCommand(false);
    const of = known.filter((command) => command.name.startsWith(`${name} `));
    group.description(of.map((command) => command.description).join(' '));
    groups.set(name, group);
    return group;
  }
}

const EXIT_CODES = `
Exit codes: ${exitCodes.ok} done, ${exitCodes.refused} refused or a mistake that you can mend, ${exitCodes.usage} a call that
makes no sense. A task that was run to its end gives its own.`;

/** Speaks through the terminal and throws instead of ending the process. */
function quiet(command: Commander, terminal: Terminal): Commander {
  return command
    .exitOverride()
    .showHelpAfterError('Type the command with --help to see what it takes.')
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      getOutHelpWidth: () => 80,
      getErrHelpWidth: () => 80,
      getOutHasColors: () => terminal.colour.out,
      getErrHasColors: () => terminal.colour.err,
    });
}

function define(made: Commander, command: Command, terminal: Terminal, ended: (code: number) => void): void {
  made.description(command.description);
  for (const option of command.options) made.addOption(optionOf(option));
  if (command.argument) made.argument(`<${command.argument.name}...>`, command.argument.description);
  made.addHelpText('after', examplesOf(command));
  made.configureOutput({
    outputError: (text, write) => write([text.trimEnd(), ...expectedBy(command, text)].join('\n')),
  });
  made.action(async (...given: unknown[]) => {
    const words = command.argument ? (given[0] as string[]) : [];
    ended(await command.load().run({ options: made.opts(), words }, terminal));
  });
}

/** What was expected in the place that commander's error names. */
function expectedBy({ options, argument }: Command, error: string): string[] {
  const named = [
    ...options.map(({ flags, expected }) => ({ name: flags, expected })),
    ...(argument ? [argument] : []),
  ].find(({ name }) => error.includes(`'${name}'`));
  return named?.expected === undefined ? [] : [`Expected ${named.expected}.`];
}

function optionOf({ flags, description, choices, required, repeated }: CommandOption): Option {
  const option = new Option(flags, description);
  if (choices) option.choices(choices);
  if (required) option.makeOptionMandatory();
  if (repeated) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return option;
}

const examplesOf = ({ examples }: Command): string =>
  ['', 'Examples:', ...examples.flatMap(({ call, does }) => [`  ${call}`, `      ${does}`])].join('\n');
