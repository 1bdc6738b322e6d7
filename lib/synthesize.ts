import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BreakwaterApp } from './app';
import { discard, publish } from './assembly';
import { VERDICT_FILE, type Verdict } from './controls/gate/verdict';
import { stampInputs } from './inputs';

/**
 * Synthesizes an app that was built to be concluded, and concludes: what passed is moved to its place with its verdict,
 * and after a refusal nothing but the verdict is there. Everything that writes an assembly for people to deploy must
 * come through here, because the CDK's command line loses findings in several ways.
 *
 * @throws what the synthesis throws when it fails for another reason than the gate's; then nothing deployable is left
 *   either
 */
export function synthesize(app: BreakwaterApp): Verdict {
  try {
    app.synth();
  } catch (error) {
    if (app.gate.verdict?.passed !== false) {
      discard(app.output);
      throw error;
    }
  }
  const { verdict } = app.gate;
  if (!verdict?.passed) discard(app.output);
  if (!verdict) throw new Error('The gate gave no verdict, so nothing was proven. The assembly was deleted.');
  if (app.cacheFolder !== undefined) stampInputs(app.cacheFolder);
  const report = `${JSON.stringify(verdict, undefined, 2)}\n`;
  writeFileSync(join(verdict.passed ? app.outdir : app.output, VERDICT_FILE), report);
  if (verdict.passed) publish(app.output);
  return verdict;
}
