import { isRule } from '../../lib/controls/control';
import { controls } from '../../lib/controls/find';
import { campaign, isKilled, isKilledRightly, protectedOnes, rate } from '../support/sabotage/campaign';
import { packRates, sample } from '../support/sabotage/packs';
import { packsBeside, summary, survivors } from '../support/sabotage/report';
import { renderedEnvironment } from '../support/sabotage/subject';
import { subjects } from '../support/sabotage/subjects';

const rules = controls().filter(isRule);

/** Sabotages that the published packs are asked about here; `npm run bench sabotage` asks about many more. */
const ASKED_OF_PACKS = 150;

describe.each(subjects.map((subject) => [subject.name, subject] as const))('%s, weakened', (_name, subject) => {
  const view = renderedEnvironment(subject.environment);
  const result = campaign(view, rules, subject.every, subject.always);
  const { verdicts } = result;

  it('has nothing to refuse before', () => {
    expect(result.standing).toEqual([]);
  });

  it('gets an answer from every control, whatever was done to it', () => {
    expect(result.broken).toEqual([]);
  });

  it('is refused for everything that a control protects, by a control that protects it', () => {
    expect(survivors(protectedOnes(verdicts).filter((each) => !isKilledRightly(each)))).toEqual([]);
  });

  it('is refused for at least nine in ten of everything that matters', () => {
    console.log(summary(result));
    expect(verdicts.length).toBeGreaterThan(500);
    expect(rate(verdicts.filter(isKilled).length, verdicts.length)).toBeGreaterThanOrEqual(0.9);
  });

  it('is told which resource is at fault', () => {
    const killed = verdicts.filter(isKilled);
    expect(rate(killed.filter((each) => each.named).length, killed.length)).toBeGreaterThanOrEqual(0.95);
  });

  if (subject.packs) {
    it('is refused more often than by the published packs', () => {
      const asked = sample(verdicts, ASKED_OF_PACKS);
      const rates = packRates(
        view,
        asked.map((each) => each.sabotage),
      );
      console.log(packsBeside(rates, asked));
      expect(rates.asked).toBeGreaterThan(ASKED_OF_PACKS / 2);
      expect(asked.filter(isKilled).length).toBeGreaterThan(rates.anyPack);
    });
  }
});
