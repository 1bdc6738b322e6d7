import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTIONS } from '../../../lib/controls/rules/functions';

const LAMBDA = join(__dirname, '..', '..', '..', 'lambda');
// What functions share has no handler.
const folders = readdirSync(LAMBDA).filter((each) => existsSync(join(LAMBDA, each, 'index.ts')));

it('every function of the kit is listed, and no other', () => {
  expect(Object.keys(FUNCTIONS).sort()).toEqual([...folders].sort());
});

it.each(folders)('the variables of %s are listed as its env.ts has them', (folder) => {
  const file = join(LAMBDA, folder, 'env.ts');
  const { env } = existsSync(file) ? (require(file) as { env: Readonly<Record<string, string>> }) : { env: {} };
  expect([...(FUNCTIONS[folder]?.variables ?? [])].sort()).toEqual(Object.values(env).sort());
});
