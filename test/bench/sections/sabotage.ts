import { isRule } from '../../../lib/controls/control';
import { controls } from '../../../lib/controls/find';
import { campaign } from '../../support/sabotage/campaign';
import { packRates, sample } from '../../support/sabotage/packs';
import { packsBeside, summary, table } from '../../support/sabotage/report';
import { renderedEnvironment } from '../../support/sabotage/subject';
import { subjects } from '../../support/sabotage/subjects';

const DEFAULT_SAMPLE = 600;
const DEAREST = 10;

/**
 * Weakens every subject in every way and prints what was refused, survivors in full, the dearest controls, and the
 * published packs beside.
 *
 * @param args `--packs=<n>` asks the packs about n sabotages of each subject (0: none); a name picks one subject
 */
export function run(args: readonly string[]): void {
  const asked = Number(args.find((each) => each.startsWith('--packs='))?.slice('--packs='.length) ?? DEFAULT_SAMPLE);
  const names = args.filter((each) => !each.startsWith('--'));
  const rules = controls().filter(isRule);
  for (const subject of subjects.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const view = renderedEnvironment(subject.environment);
    const result = campaign(view, rules);
    console.log(`\n${summary(result, Number.POSITIVE_INFINITY)}\n`);
    const each = result.verdicts.length;
    console.log(
      table([
        ['dearest controls', 'ms each'],
        ...result.cost.slice(0, DEAREST).map(([id, ms]) => [id, (ms / each).toFixed(3)]),
      ]),
    );
    if (asked === 0) continue;
    const sampled = sample(result.verdicts, asked);
    const rates = packRates(
      view,
      sampled.map((verdict) => verdict.sabotage),
    );
    console.log(`\n${packsBeside(rates, sampled)}  (${rates.msEach.toFixed(0)} ms each)`);
  }
}
