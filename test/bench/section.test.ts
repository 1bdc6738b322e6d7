import { numberOf, sections, UsageError } from './section';
import { median } from './synth/measure';

it('finds every section with its title and its arguments', () => {
  expect([...sections().keys()]).toEqual(expect.arrayContaining(['sabotage', 'synth']));
  for (const { title, usage } of sections().values()) expect([title, ...usage].join('')).not.toBe('');
});

it.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

it('has no median of nothing', () => expect(() => median([])).toThrow('no median of nothing'));

it.each([
  [['--rounds=7'], 7],
  [['--growth=1'], 5],
  [[], 5],
])('reads a number from %j', (args, expected) => expect(numberOf(args, 'rounds', 5)).toBe(expected));

it.each(['--rounds=', '--rounds=x', '--rounds=-1', '--rounds=1.5'])('refuses %s', (arg) =>
  expect(() => numberOf([arg], 'rounds', 5)).toThrow(UsageError),
);
