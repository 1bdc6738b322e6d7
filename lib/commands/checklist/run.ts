import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tier } from '../../controls/view';
import { type Call, exitCodes, type Terminal, textOption, UserError } from '../shared/command';
import { checklistFor } from './checklist-for';
import { page } from './page';
import { printedChecklist } from './print';

/** The page that `--write` refreshes. */
export const PAGE = join(__dirname, '..', '..', '..', 'CHECKLIST.md');

/** Tells which rows are held, for a tier or for an environment as it renders now. */
export async function run(call: Call, terminal: Terminal): Promise<number> {
  const name = textOption(call, 'env');
  const tier = textOption(call, 'tier') as Tier | undefined;
  if (name !== undefined && tier !== undefined) throw new UserError('--env has a tier of its own. Leave --tier out.');
  const today = textOption(call, 'today');
  if (today !== undefined && name === undefined)
    throw new UserError('--today is the day that the exceptions of an environment are judged by. Add --env.');
  if (call.options.write === true) {
    if (name !== undefined || tier !== undefined)
      throw new UserError('--write is about production. Leave --env and --tier out.');
    writeFileSync(PAGE, page(checklistFor('production')));
    terminal.err('Wrote CHECKLIST.md.');
    return exitCodes.ok;
  }
  // Rendering needs the CDK, which takes most of a second; a tier's checklist does not.
  const { ofEnvironment } =
    name === undefined ? {} : (require('./of-environment') as typeof import('./of-environment'));
  const found =
    ofEnvironment && name !== undefined ? ofEnvironment(name, today, terminal) : checklistFor(tier ?? 'production');
  if (found === undefined) return exitCodes.refused;
  const onlyOpen = call.options.open === true;
  if (call.options.json === true) {
    const rows = found.rows.filter((row) => !(onlyOpen && row.status === 'held'));
    terminal.out(JSON.stringify({ rows }, undefined, 2));
  } else {
    terminal.out(printedChecklist(found, terminal.colour.out, onlyOpen));
  }
  return exitCodes.ok;
}
