import { type Control, type EvidenceControl, everyTier, fixture, type RuleControl } from '../../lib/controls/control';
import { coverage, openParts } from '../../lib/controls/coverage';
import { checklist, rowIds } from '../../lib/controls/rows';
import type { EnvironmentView } from '../../lib/controls/view';

const ALARM = 'AWS::CloudWatch::Alarm';
const KEY = 'AWS::KMS::Key';

const base = { id: 'a-control', title: 't', tiers: everyTier, why: 'w', remedy: 'r' };

/** A rule that wants a resource of a type. */
const wanting = (type: string, holds: Control['holds'], changes: Partial<RuleControl> = {}): RuleControl => ({
  ...base,
  holds,
  protects: [{ type, properties: [] }],
  check: (environment: EnvironmentView) =>
    environment.resources
      .filter(() => environment.ofType(type).length === 0)
      .map((resource) => ({ resource, location: '', found: 'none', expected: 'one' })),
  fixtures: {
    pass: [fixture('with it', { Wanted: { Type: type }, Other: { Type: 'AWS::SNS::Topic' } })],
    refuse: [fixture('without it', { Other: { Type: 'AWS::SNS::Topic' } })],
  },
  ...changes,
});

const evidence = (changes: Partial<EvidenceControl['evidence']> = {}): EvidenceControl => ({
  ...base,
  id: 'coverage',
  holds: ['D11/enforce'],
  evidence: { file: 'lib/controls/coverage.ts', test: 'test/controls/coverage.test.ts', ...changes },
});

const row = (id: string, controls: readonly Control[], excepted?: ReadonlySet<string>) =>
  coverage(controls, { tier: 'production', excepted }).find((each) => each.id === id);
const lacks = (id: string, controls: readonly Control[]) =>
  openParts(controls, { tier: 'production' }).filter((each) => each.row === id);

describe('coverage', () => {
  it('has every row and each part that it asks for', () => {
    const rows = coverage([], { tier: 'production' });
    expect(rows.map(({ id }) => id)).toEqual(rowIds);
    for (const { id, how } of rows) expect(Object.keys(how)).toEqual([...checklist[id].how]);
  });

  it('holds nothing without controls', () => {
    for (const { status, controls } of coverage([], { tier: 'production' }))
      expect({ status, controls }).toEqual({ status: 'open', controls: [] });
    expect(lacks('D11', [])).toEqual([
      { row: 'D11', part: 'enforce', lacks: 'no control holds it yet', claimed: false },
    ]);
  });

  it('holds a part that a proven rule claims', () => {
    expect(row('D11', [wanting(KEY, ['D11/enforce'])])).toEqual({
      id: 'D11',
      status: 'held',
      how: { enforce: 'held' },
      controls: ['a-control'],
    });
  });

  it('holds a row in part when some of its parts are', () => {
    expect(row('D14', [wanting(KEY, ['D14/enforce'])])).toMatchObject({
      status: 'partial',
      how: { enforce: 'held', gate: 'open' },
    });
  });

  it('does not count a control of other tiers', () => {
    const weaker = wanting(KEY, ['D11/enforce'], { tiers: ['development'] });
    expect(row('D11', [weaker])).toMatchObject({ status: 'open', controls: [] });
  });

  it('does not count a control whose findings an exception lets through', () => {
    const controls = [wanting(KEY, ['D11/enforce'])];
    expect(row('D11', controls, new Set(['a-control']))?.status).toBe('open');
  });

  it.each<[string, Partial<RuleControl>, string]>([
    ['without fixtures of both kinds', { fixtures: { pass: [], refuse: [] } }, 'lacks fixtures of both kinds'],
    ['that never refuses', { check: () => [] }, "passes its fixture 'without it'"],
  ])('does not hold a part by a rule %s', (_case, changes, said) => {
    const controls = [wanting(KEY, ['D11/enforce'], changes)];
    expect(row('D11', controls)?.status).toBe('open');
    expect(lacks('D11', controls)[0]).toMatchObject({ lacks: expect.stringContaining(said), claimed: true });
  });

  it('does not hold a part by a rule that refuses what it should pass', () => {
    const topic = fixture('a bare topic', { Other: { Type: 'AWS::SNS::Topic' } });
    const controls = [wanting(KEY, ['D11/enforce'], { fixtures: { pass: [topic], refuse: [topic] } })];
    expect(lacks('D11', controls)[0]?.lacks).toBe("a-control refuses its fixture 'a bare topic'");
  });

  it('holds an alarm only by a rule that refuses when the alarm is gone', () => {
    expect(row('D13', [wanting(ALARM, ['D13/alarm'])])?.how.alarm).toBe('held');
    const other = [wanting(KEY, ['D13/alarm'])];
    expect(row('D13', other)?.how.alarm).toBe('open');
    expect(lacks('D13', other).map((each) => each.lacks)).toContain('no control requires the alarm');
  });

  it('holds a part by evidence whose file and test exist, and whose test names the control', () => {
    expect(row('D11', [evidence()])?.status).toBe('held');
  });

  it.each([
    [{ file: 'lib/nowhere.ts' }, 'coverage names lib/nowhere.ts, which does not exist'],
    [{ test: 'test/nowhere.test.ts' }, 'coverage names test/nowhere.test.ts, which does not exist'],
    [{ test: 'LICENSE' }, 'LICENSE does not name coverage'],
  ])('does not hold a part by evidence %j', (changes, said) => {
    expect(lacks('D11', [evidence(changes)])[0]?.lacks).toBe(said);
  });
});
