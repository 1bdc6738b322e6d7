import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BreakwaterApp } from './app';
import { discard, withdraw } from './assembly';
import { VERDICT_FILE, type Verdict } from './controls/gate/verdict';
import { stampInputs } from './inputs';

/**
 * Synthesizes an app and concludes: after a refusal nothing deployable is left in the folder, only the verdict.
 * Everything that writes an assembly for people to deploy must come through here, because the CDK's command line
 * loses findings in several ways.
 *
 * @throws what the synthesis throws when it fails for another reason than the gate's; then nothing deployable is left
 *   either
 */
export function synthesize(app: BreakwaterApp): Verdict {
  withdraw(app.outdir);
  try {
    app.synth();
  } catch (error) {
    if (app.gate.verdict?.passed !== false) {
      discard(app.outdir);
      throw error;
    }
  }
  const { verdict } = app.gate;
  if (!verdict?.passed) discard(app.outdir);
  if (!verdict) throw new Error('The gate gave no verdict, so nothing was proven. The assembly was deleted.');
  if (app.cacheFolder !== undefined) stampInputs(app.cacheFolder);
  writeFileSync(join(app.outdir, VERDICT_FILE), `${JSON.stringify(verdict, undefined, 2)}\n`);
  return verdict;
}
