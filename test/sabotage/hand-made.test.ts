import { loadEnvironments } from '../../lib/config/parse';
import type { Environment } from '../../lib/config/schema';
import { isRule } from '../../lib/controls/control';
import { controls } from '../../lib/controls/find';
import { weakened } from '../support/sabotage/hand-made';
import { Runner } from '../support/sabotage/runner';
import { renderedEnvironment } from '../support/sabotage/subject';
import { data } from './hand-made/data';
import { identity } from './hand-made/identity';
import { network } from './hand-made/network';
import { tasks } from './hand-made/tasks';

const production = loadEnvironments().find(({ name }) => name === 'prod') as Environment;
const view = renderedEnvironment(production);
const runner = new Runner(view, controls().filter(isRule));

describe.each([
  ['tasks', tasks],
  ['identity', identity],
  ['network', network],
  ['data', data],
] as const)('production, weakened by hand: %s', (_group, cases) => {
  it.each(cases.map((each) => [each.what, each] as const))('%s', (_what, each) => {
    expect(runner.refusedBy(weakened(view.templates, each))).not.toEqual([]);
  });
});
