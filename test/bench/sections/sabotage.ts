import { isRule } from '../../../lib/controls/control';
import { controls } from '../../../lib/controls/find';
import { campaign, isKilled } from '../../support/sabotage/campaign';
import { packRates, sample } from '../../support/sabotage/packs';
import { fileCampaign, fileSummary } from '../../support/sabotage/proxy-file-campaign';
import { packsBeside, summary, table } from '../../support/sabotage/report';
import { renderedEnvironment } from '../../support/sabotage/subject';
import { subjects } from '../../support/sabotage/subjects';
import { numberOf, type Output } from '../section';

export const title = 'what the gate refuses of everything that can be weakened';

const DEFAULT_SAMPLE = 600;
const DEAREST = 10;

export const usage = [
  '<subject>…   only these environments (default: all)',
  `--packs=<n>   asks the published packs about n sabotages of each subject; 0 leaves them out (default ${DEFAULT_SAMPLE})`,
];

/**
 * Weakens every subject in every way and prints what was refused, survivors in full, the dearest controls, and the
 * published packs beside.
 */
export function run(args: readonly string[], output: Output): unknown {
  const asked = numberOf(args, 'packs', DEFAULT_SAMPLE);
  const names = args.filter((each) => !each.startsWith('--'));
  const rules = controls().filter(isRule);
  const figures: unknown[] = [];
  for (const subject of subjects.filter(({ name }) => names.length === 0 || names.includes(name))) {
    output.progress(subject.name);
    const view = renderedEnvironment(subject.environment);
    const result = campaign(view, rules);
    output.print(`\n${summary(result, Number.POSITIVE_INFINITY)}\n`);
    const file = fileCampaign(view, rules);
    output.print(`${[fileSummary(subject.name, file), ...file.survivors].join('\n  ')}\n`);
    const each = result.verdicts.length;
    output.print(
      table([
        ['dearest controls', 'ms each'],
        ...result.cost.slice(0, DEAREST).map(([id, ms]) => [id, (ms / each).toFixed(3)]),
      ]),
    );
    const { generated, verdicts, msEach } = result;
    const figure = {
      name: subject.name,
      generated,
      relevant: each,
      refused: verdicts.filter(isKilled).length,
      msEach,
      proxyFile: { generated: file.generated, relevant: file.judged, refused: file.refused },
    };
    if (asked === 0) {
      figures.push(figure);
      continue;
    }
    const sampled = sample(result.verdicts, asked);
    const rates = packRates(
      view,
      sampled.map((verdict) => verdict.sabotage),
    );
    output.print(`\n${packsBeside(rates, sampled)}  (${rates.msEach.toFixed(0)} ms each)`);
    figures.push({ ...figure, packs: { ...rates, refusedOfSample: sampled.filter(isKilled).length } });
  }
  return figures;
}
