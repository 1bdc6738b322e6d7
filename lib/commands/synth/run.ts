import { join } from 'node:path';
import { buildApp } from '../../app';
import { refuseForeign, withdraw } from '../../assembly';
import { printed } from '../../controls/gate/refusal';
import { reviewable, TEMPLATES_FOLDER, write } from '../../review/files';
import { synthesize } from '../../synthesize';
import { type Call, exitCodes, listOption, type Terminal, textOption, UserError } from '../shared/command';
import { environmentsNamed } from '../shared/environments';
import { counted } from '../shared/text';
import { BREAK_GLASS_CALL } from '../shared/usage';
import { printedSummary } from './print';
import { summaryOf } from './summary';

const PROJECT = join(__dirname, '..', '..', '..');

/** Synthesizes as `cdk synth` does, through the same app and the same gate, and tells what came of it. */
export async function run(call: Call, terminal: Terminal): Promise<number> {
  const names = listOption(call, 'env');
  const asJson = call.options.json === true;
  const writes = call.options.writeTemplates === true;
  if (writes && names.length > 0)
    throw new UserError('--write-templates writes those of every environment. Leave --env out.');
  const outdir = textOption(call, 'output') ?? join(PROJECT, 'cdk.out');
  refuseForeign(outdir);
  // First of all: a mistake in an environment's file must leave no earlier assembly that passes for this one's result.
  withdraw(outdir);
  const environments = environmentsNamed(names);
  terminal.err(`Building ${environments.map(({ name }) => name).join(', ')} …`);
  const app = buildApp(environments, {
    concluded: true,
    outdir,
    today: textOption(call, 'today'),
    breakGlass: textOption(call, 'breakGlass'),
    breakGlassCall: BREAK_GLASS_CALL,
  });
  terminal.err('Rendering and judging …');
  const verdict = synthesize(app);
  if (verdict.passed && writes) {
    const files = reviewable(app.output);
    write(TEMPLATES_FOLDER, files);
    terminal.err(`Wrote ${counted(files.size, 'template')} to test/templates.`);
  }
  const summary = summaryOf(app, verdict);
  if (asJson) {
    terminal.out(JSON.stringify(summary, undefined, 2));
  } else if (verdict.passed) {
    const exceptions = call.options.exceptions === true;
    terminal.out(`\n${printedSummary(summary, { colour: terminal.colour.out, exceptions })}\n`);
  }
  terminal.err(printed(verdict, { colour: terminal.colour.err }));
  return verdict.passed ? exitCodes.ok : exitCodes.refused;
}
