import { Command as Commander, CommanderError, Option } from 'commander';
import { ConfigurationError, formatMistakes } from '../../config/parse';
import { UsageError } from '../../controls/judging-date';
import { type Command, type CommandOption, exitCodes, type Terminal, UserError } from './command';

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
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error instanceof ConfigurationError) terminal.err(formatMistakes(error.mistakes));
    else if (error instanceof UserError || error instanceof UsageError) terminal.err(error.message);
    else throw error;
    return exitCodes.refused;
  }
}

function programOf(known: readonly Command[], terminal: Terminal, ended: (code: number) => void): Commander {
  const program = quiet(new Commander('breakwater'), terminal)
    .description('Takes a containerised web app to production on AWS, and refuses what breaks its checklist.')
    .usage('<command> [options]')
    .helpCommand(false);
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
  made.action(async (...given: unknown[]) => {
    const words = command.argument ? (given[0] as string[]) : [];
    ended(await command.load().run({ options: made.opts(), words }, terminal));
  });
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
