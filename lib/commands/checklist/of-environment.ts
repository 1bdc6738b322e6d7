import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../app';
import { printed } from '../../controls/gate/refusal';
import { synthesize } from '../../synthesize';
import type { Terminal } from '../shared/command';
import { environmentNamed } from '../shared/environments';
import { BREAK_GLASS_CALL } from '../shared/usage';
import { checklistFor } from './checklist-for';
import type { Checklist } from './print';

/** The checklist as an environment holds it now; nothing, and the refusal is printed, when the gate refuses it. */
export function ofEnvironment(name: string, today: string | undefined, terminal: Terminal): Checklist | undefined {
  const environment = environmentNamed(name);
  const outdir = mkdtempSync(join(tmpdir(), 'breakwater-'));
  try {
    terminal.err(`Rendering and judging ${name} …`);
    const app = buildApp([environment], { concluded: true, outdir, today, breakGlassCall: BREAK_GLASS_CALL });
    const verdict = synthesize(app);
    if (!verdict.passed) {
      terminal.err(printed(verdict, { colour: terminal.colour.err }));
      return undefined;
    }
    const { tier } = environment;
    return checklistFor(tier, `${name} (${tier})`, new Set(verdict.excepted.map(({ finding }) => finding.id)));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
