import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../app';
import { loadEnvironments } from '../../config/parse';
import { printed } from '../../controls/refusal';
import { synthesize } from '../../synthesize';
import type { Terminal } from '../shared/command';
import { checklistFor } from './checklist-for';
import type { Checklist } from './print';

/** The checklist as an environment holds it now; nothing, and the refusal is printed, when the gate refuses it. */
export function ofEnvironment(name: string, terminal: Terminal): Checklist | undefined {
  const outdir = mkdtempSync(join(tmpdir(), 'breakwater-'));
  try {
    terminal.err(`Rendering and judging ${name} …`);
    const app = buildApp(loadEnvironments([name]), { concluded: true, outdir });
    const verdict = synthesize(app);
    const tier = app.environments[0]?.environment.tier;
    if (!verdict.passed || tier === undefined) {
      terminal.err(printed(verdict, { colour: terminal.colour.err }));
      return undefined;
    }
    return checklistFor(tier, `${name} (${tier})`, new Set(verdict.excepted.map(({ finding }) => finding.id)));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
