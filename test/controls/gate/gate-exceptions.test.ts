import { EXCEPTIONS_METADATA, type Exception, except } from '../../../lib/controls/except';
import { content, GatedApp, pack } from '../../support/gated-app';

const exception: Exception = {
  finding: 'queue-open',
  reason: 'The queue carries public notices only',
  owner: 'platform@example.com',
  expires: '2027-11-30',
};

function judged(exceptions: readonly Partial<Exception>[], props: ConstructorParameters<typeof GatedApp>[0] = {}) {
  const made = new GatedApp(props);
  except(made.queue, ...exceptions.map((each) => ({ ...exception, ...each })));
  return made.judge();
}

const problemIds = (verdict: ReturnType<typeof judged>): string[] => verdict.problems.map((problem) => problem.id);

describe('an exception', () => {
  it('lets one finding of one resource through, on record', () => {
    const verdict = judged([{}]);
    expect(verdict.passed).toBe(true);
    expect(verdict.thrown).toBe('');
    expect(verdict.refused).toEqual([]);
    expect(verdict.excepted.map((each) => [each.finding.id, each.exception.resource, each.exception.owner])).toEqual([
      ['queue-open', 'prod/data/Queue', 'platform@example.com'],
    ]);
  });

  it('does not reach another finding of the resource', () => {
    const two = pack({ find: () => [{}, { id: 'queue-lost' }] });
    expect(judged([{}], { packs: [two] }).refused.map((finding) => finding.id)).toEqual(['queue-lost']);
  });

  it('does not reach the same finding of another resource', () => {
    const two = pack({ find: () => [{}, { resource: 'prod/data/Topic' }] });
    expect(judged([{}], { packs: [two] }).refused.map((finding) => finding.resource)).toEqual(['prod/data/Topic']);
  });

  it('counts only as it stands in the template, where reviewers see it', () => {
    const made = new GatedApp();
    except(made.queue, exception);
    made.queue.addOverride(`Metadata.${EXCEPTIONS_METADATA}`, undefined);
    expect(made.judge().refused.map((finding) => finding.id)).toEqual(['queue-open']);
  });

  it('holds through its last day', () => {
    expect(judged([{ expires: '2027-01-15' }]).passed).toBe(true);
  });

  it('is announced in the last sixty days', () => {
    expect(judged([{ expires: '2027-03-15' }]).expiring.map((each) => each.finding)).toEqual(['queue-open']);
    expect(judged([{ expires: '2027-03-16' }]).expiring).toEqual([]);
  });
});

describe('an exception that may not stand refuses the synth', () => {
  it('when it has expired, and the finding refuses too', () => {
    const verdict = judged([{ expires: '2027-01-14' }]);
    expect(problemIds(verdict)).toEqual(['exception-expired']);
    expect(verdict.problems[0]?.description).toContain('2027-01-14');
    expect(verdict.refused.map((finding) => finding.id)).toEqual(['queue-open']);
    expect(verdict.thrown).toContain('exception-expired');
  });

  it('when no gating check has that id', () => {
    expect(problemIds(judged([{}, { finding: 'queue-opne' }]))).toEqual(['exception-unknown']);
  });

  it('when only a reporting pack has that id', () => {
    const reporting = pack({ name: 'Report', gating: false, find: () => [{ id: 'report-only' }] });
    const verdict = judged([{ finding: 'report-only' }], { packs: [content(), reporting] });
    expect(problemIds(verdict)).toEqual(['exception-unknown']);
  });

  it('when the finding is not there any more', () => {
    expect(problemIds(judged([{}], { packs: [content()] }))).toEqual(['exception-unused']);
  });

  it('when it stands twice', () => {
    expect(problemIds(judged([{}, { reason: 'Said once more, with other words' }]))).toEqual(['exception-duplicate']);
  });

  it('when it was written past except() and lacks a field', () => {
    const made = new GatedApp();
    made.queue.addMetadata(EXCEPTIONS_METADATA, [{ finding: 'queue-open', reason: 'short' }]);
    const verdict = made.judge();
    expect(problemIds(verdict)).toEqual(['exception-malformed']);
    expect(verdict.refused).toHaveLength(1);
  });

  it('naming the line that made the resource', () => {
    expect(judged([{ expires: '2027-01-14' }]).problems[0]?.source).toMatch(/^test\/support\/gated-app\.ts:\d+$/);
  });
});

describe('breaking the glass', () => {
  const breakGlass = 'Incident 4711: rollback of the login outage';

  it('lets an expired exception stand, on record', () => {
    const verdict = judged([{ expires: '2027-01-14' }], { breakGlass });
    expect(verdict.passed).toBe(true);
    expect(verdict.breakGlass).toEqual({
      reason: breakGlass,
      exceptions: [expect.objectContaining({ finding: 'queue-open', resource: 'prod/data/Queue' })],
    });
  });

  it('lets nothing else through', () => {
    const verdict = judged([{ finding: 'queue-lost' }, { finding: 'no-such-check' }], { breakGlass });
    expect(problemIds(verdict).sort()).toEqual(['exception-unknown', 'exception-unused']);
    expect(verdict.refused.map((finding) => finding.id)).toEqual(['queue-open']);
  });
});
