import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from './command';

const COMMANDS = join(__dirname, '..');

/**
 * Every command, found by listing the folder above this one: a new command is a new file and nothing else.
 *
 * @throws when a file breaks that contract
 */
export function commands(): readonly Command[] {
  return readdirSync(COMMANDS)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => {
      const { command } = require(join(COMMANDS, file)) as { command?: Command };
      const expected = basename(file, '.ts').replaceAll('-', ' ');
      if (command?.name !== expected)
        throw new Error(`${file}: expected an export named command with name '${expected}', found '${command?.name}'`);
      return command;
    });
}
