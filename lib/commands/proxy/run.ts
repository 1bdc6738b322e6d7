import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeProxyImageFolder } from '../../constructs/proxy/image-folder';
import { renderNginxConf } from '../../constructs/proxy/nginx-conf';
import { type Call, exitCodes, type Terminal, textOption, UserError } from '../shared/command';
import { environmentNamed } from '../shared/environments';

/** Renders the proxy of one environment: its configuration on standard output, or its image's folder. */
export async function run(call: Call, terminal: Terminal): Promise<number> {
  const environment = environmentNamed(textOption(call, 'env') ?? '');
  const folder = textOption(call, 'output');
  if (folder === undefined) {
    terminal.out(renderNginxConf(environment).trimEnd());
    return exitCodes.ok;
  }
  makeEmpty(folder);
  writeProxyImageFolder(environment, folder);
  const files = readdirSync(folder).sort();
  terminal.err(`Wrote ${files.map((file) => join(folder, file)).join(', ')}.`);
  return exitCodes.ok;
}

/** Makes the folder. What lies in it already would go into the image. */
function makeEmpty(folder: string): void {
  const trouble = (found: string) =>
    new UserError(
      `--output: '${folder}' ${found}. Expected an empty or a new folder, for example --output proxy-image.`,
    );
  try {
    mkdirSync(folder, { recursive: true });
    const [first] = readdirSync(folder);
    if (first !== undefined) throw trouble(`holds ${first}`);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw trouble(`can't be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}
