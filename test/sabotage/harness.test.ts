import { fixture, type RuleControl } from '../../lib/controls/control';
import { guard, is } from '../../lib/controls/expect';
import { campaign, isKilled } from '../support/sabotage/campaign';
import { sabotagesOf } from '../support/sabotage/generators';
import { sample } from '../support/sabotage/packs';
import { Runner } from '../support/sabotage/runner';
import { apply, ChangedNothing, type Sabotage } from '../support/sabotage/sabotage';

const TYPE = 'AWS::Made::Up';
const { environment } = fixture('a resource of a type that nobody knows', {
  Thing: {
    Type: TYPE,
    DeletionPolicy: 'Retain',
    Properties: { Encrypted: true, Depth: { Days: 30, Ports: ['443'] }, Group: { Ref: 'Group' } },
  },
  Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'one' } },
  Other: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'another' } },
});

const rule = (id: string, property: string, value: string | number | boolean): RuleControl => ({
  id,
  title: id,
  holds: [],
  tiers: ['production'],
  why: id,
  remedy: id,
  ...guard(TYPE, { [property]: is(value) }),
  fixtures: { pass: [], refuse: [] },
});
const encrypted = rule('encrypted', 'Encrypted', true);
const kept = rule('kept', 'Depth.Days', 30);

const sabotages = sabotagesOf(environment);
const at = (path: string): readonly Sabotage[] =>
  sabotages.filter((each) => each.logicalId === 'Thing' && each.path === path);
const verdictsAt = (path: string, rules: readonly RuleControl[]) =>
  at(path).map((each) => new Runner(environment, rules).judge(each));

describe('applying a sabotage', () => {
  it('leaves the original as it was and shares what did not change', () => {
    const before = JSON.stringify(environment.templates);
    const [flipped] = at('Encrypted') as [Sabotage];
    const weakened = apply(environment.templates, flipped);
    expect(JSON.stringify(environment.templates)).toBe(before);
    expect(weakened.stack?.Resources?.Thing?.Properties?.Encrypted).toBe(false);
    expect(weakened.stack?.Resources?.Group).toBe(environment.templates.stack?.Resources?.Group);
  });

  it('rejects one that changes nothing', () => {
    const noop = { id: 'noop', edits: [{ at: ['stack', 'Resources', 'Thing', 'Properties', 'Encrypted'], to: true }] };
    expect(() => apply(environment.templates, noop)).toThrow(ChangedNothing);
    const absent = { id: 'absent', edits: [{ at: ['stack', 'Resources', 'Nobody'] }] };
    expect(() => apply(environment.templates, absent)).toThrow(ChangedNothing);
  });

  it('changes something, for every sabotage that is generated', () => {
    for (const each of sabotages) expect(() => apply(environment.templates, each)).not.toThrow();
  });
});

describe('generating sabotages', () => {
  it('covers a type that nobody thought of', () => {
    expect(at('Encrypted').map((each) => each.after)).toEqual([
      false,
      'false',
      undefined,
      { Ref: 'AWS::NoValue' },
      { 'Fn::If': ['Never', true, { Ref: 'AWS::NoValue' }] },
      { 'Fn::Join': ['', ['fal', 'se']] },
      { 'Fn::Sub': ['${hidden}', { hidden: 'false' }] },
      { 'Fn::Select': ['0', ['false', 'true']] },
    ]);
    expect(at('Depth.Days').map((each) => each.after)).toEqual([
      0,
      1,
      3,
      29,
      30_000,
      undefined,
      { 'Fn::Join': ['', ['0', '']] },
      { 'Fn::Sub': ['${hidden}', { hidden: '0' }] },
      { 'Fn::Select': ['0', ['0', '30']] },
    ]);
    expect(at('Depth.Ports').map((each) => each.after)).toEqual([undefined, []]);
    expect(at('Group').map((each) => each.after)).toEqual(
      expect.arrayContaining([undefined, { Ref: 'Other' }, 'sg-0fedcba9876543210']),
    );
    expect(at('^DeletionPolicy').map((each) => each.after)).toEqual([undefined, 'Delete', 'Snapshot']);
    expect(at('').map((each) => each.kind)).toEqual(['resource deleted']);
  });

  it('gives the same ones in the same order, each with its own id', () => {
    const ids = sabotages.map((each) => each.id);
    expect(sabotagesOf(environment).map((each) => each.id)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('takes an even sample', () => {
    expect(sample([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
    expect(sample([0, 1], 4)).toEqual([0, 1]);
  });
});

describe('judging', () => {
  it('names the control that refuses, when it protects the property, and that it named the resource', () => {
    for (const verdict of verdictsAt('Encrypted', [encrypted, kept])) {
      expect(verdict).toMatchObject({ killedBy: ['encrypted'], protectedBy: ['encrypted'], named: true });
    }
  });

  it('lets them through once the control is gone', () => {
    expect(verdictsAt('Encrypted', [encrypted, kept]).every(isKilled)).toBe(true);
    expect(verdictsAt('Encrypted', [kept]).some(isKilled)).toBe(false);
  });

  it('does not count a finding that the untouched environment has as well', () => {
    const wrong = rule('wrong', 'Depth.Days', 365);
    const runner = new Runner(environment, [wrong]);
    expect(runner.standing).toHaveLength(1);
    expect(runner.judge(at('Encrypted')[0] as Sabotage).killedBy).toEqual([]);
  });

  it('does not ask the rules of other tiers', () => {
    const elsewhere: RuleControl = { ...encrypted, tiers: ['development'] };
    expect(verdictsAt('Encrypted', [elsewhere]).some(isKilled)).toBe(false);
  });

  it('sets descriptions aside, and longer retentions', () => {
    const { verdicts, setAside } = campaign(environment, []);
    expect(verdicts.some((each) => each.sabotage.path === 'GroupDescription')).toBe(false);
    expect([...setAside.values()].reduce((sum, each) => sum + each, 0)).toBe(sabotages.length - verdicts.length);
  });
});
