import { buildApp } from '../../lib/app';
import { loadEnvironments } from '../../lib/config/parse';

/**
 * Renders every shipped environment without judging it, for tests of what is rendered. The gate's own tests judge.
 *
 * @param outdir folder of the assembly
 */
export function render(outdir: string): void {
  // Not concluded: nothing is judged, remembered or moved.
  const judged = { date: '2027-01-01', from: 'argument' } as const;
  buildApp(loadEnvironments(), { outdir, judged }).synth({ skipValidation: true });
}

// Started as a program: `node --import tsx test/support/render.ts <folder>`.
if (require.main === module) render(process.argv[2] ?? '');
