import { isRule } from '../../lib/controls/control';
import { controls } from '../../lib/controls/find';
import { checklist, type RowId } from '../../lib/controls/rows';

describe.each(controls().map((control) => [control.id, control] as const))('control %s', (_id, control) => {
  it('claims parts that its rows ask for', () => {
    for (const claim of control.holds) {
      const [row, part] = claim.split('/') as [RowId, string];
      expect(checklist[row]?.how).toContain(part);
    }
  });

  if (!isRule(control)) return;

  it.each(control.fixtures.pass.map((fixture) => [fixture.name, fixture] as const))('passes: %s', (_name, fixture) => {
    expect(control.check(fixture.environment)).toEqual([]);
  });

  it.each(control.fixtures.refuse.map((fixture) => [fixture.name, fixture] as const))(
    'refuses: %s',
    (_name, fixture) => {
      expect(control.check(fixture.environment)).not.toEqual([]);
    },
  );

  it('has fixtures of both kinds', () => {
    expect(control.fixtures.pass.length).toBeGreaterThan(0);
    expect(control.fixtures.refuse.length).toBeGreaterThan(0);
  });
});
