import { commands } from '../lib/commands/shared/find';
import { runProgram } from '../lib/commands/shared/program';
import { ownTerminal } from '../lib/commands/shared/terminal';

void runProgram(process.argv.slice(2), commands(), ownTerminal()).then((code) => {
  process.exitCode = code;
});
