import { except } from '../../../lib/controls/except';
import { printed } from '../../../lib/controls/gate/refusal';
import { content, GatedApp, pack } from '../../support/gated-app';

const exception = {
  finding: 'queue-open',
  reason: 'The queue carries public notices only',
  owner: 'platform@example.com',
  expires: '2027-01-14',
};
const ESCAPE = '\u001b[';

it('says row, what is wrong, where, why and the fix, then the counts', () => {
  const { source } = new GatedApp().judge().refused[0] ?? {};
  expect(printed(new GatedApp().judge())).toBe(`prod (production): 1 finding

  D11  queue-open  Queues
    The queue is open
      at  prod/data/Queue  Properties.Open
          ${source}
    why Anyone could read it.
    fix Close it.

Breakwater refuses: 1 finding. Nothing was left that could be deployed. 2 resources of prod judged by 1 pack, 0 exceptions, as of 2027-01-15.`);
});

it('tells every finding at once, by environment and control, those of the checklist first', () => {
  const several = pack({
    find: () => [
      { id: 'AwsSolutions-X1', rows: [], resource: 'prod/data/Topic' },
      { id: 'queue-open', resource: 'prod/data/Queue' },
      { id: 'queue-open', resource: 'staging/data/Queue' },
      { id: 'queue-open', resource: 'prod/data/Other', remedy: 'Close it, too.' },
    ],
  });
  const lines = printed(new GatedApp({ packs: [several] }).judge()).split('\n');
  const starting = (start: string) => lines.filter((line) => line.trim().startsWith(start)).map((line) => line.trim());
  expect(starting('at ')).toEqual([
    'at  prod/data/Other  Properties.Open',
    'at  prod/data/Queue  Properties.Open',
    'at  prod/data/Topic  Properties.Open',
    'at  staging/data/Queue  Properties.Open',
  ]);
  expect(starting('fix ')).toEqual(['fix Close it, too.', 'fix Close it.', 'fix Close it.', 'fix Close it.']);
  expect(lines.filter((line) => line.includes('finding'))).toEqual([
    'prod (production): 3 findings',
    'staging: 1 finding',
    expect.stringContaining('Breakwater refuses: 4 findings.'),
  ]);
});

it('tells what is wrong with exceptions', () => {
  const made = new GatedApp();
  except(made.queue, exception);
  const text = printed(made.judge());
  expect(text).toContain('Exceptions and proof: 1 problem');
  expect(text).toContain('exception-expired');
  expect(text).toContain('ended on 2027-01-14 (platform@example.com: The queue carries public notices only)');
  expect(text).toContain('Breakwater refuses: 1 finding and 1 problem.');
});

it('is loud about broken glass, and names what it let stand', () => {
  const made = new GatedApp({ breakGlass: 'Incident 4711: rollback of the login outage' });
  except(made.queue, exception);
  const text = printed(made.judge());
  expect(text).toContain('GLASS BROKEN: 1 expired exception let stand. Incident 4711: rollback of the login outage');
  expect(text).toContain('  queue-open at prod/data/Queue, until 2027-01-14 (platform@example.com)');
  expect(text).toContain('Breakwater passes.');
});

it('announces exceptions that are about to expire', () => {
  const made = new GatedApp();
  except(made.queue, { ...exception, expires: '2027-02-01' });
  expect(printed(made.judge())).toContain(
    '1 exception about to expire:\n  queue-open at prod/data/Queue, until 2027-02-01 (platform@example.com)',
  );
});

it('is short when there is nothing to refuse, and names the report', () => {
  expect(printed(new GatedApp({ packs: [content()] }).judge(), { report: 'cdk.out/breakwater-report.json' })).toBe(
    'Breakwater passes. 2 resources of prod judged by 1 pack, 0 exceptions, as of 2027-01-15.\nReport: cdk.out/breakwater-report.json',
  );
});

it('has colours only when told so', () => {
  const verdict = new GatedApp().judge();
  expect(printed(verdict)).not.toContain(ESCAPE);
  expect(printed(verdict, { colour: true })).toContain(ESCAPE);
});
