import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOf, Memory } from '../../../lib/controls/gate/memory';

let folder: string;
let memory: Memory;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'memory-')), 'cache');
  memory = new Memory(folder);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const KEY = keyOf('pack', ['one']);
const ANSWER = { findings: [{ id: 'E1' }] };

it('gives back what was answered, to another process too', () => {
  memory.remember(KEY, ANSWER);
  expect(new Memory(folder).recall(KEY)).toEqual(ANSWER);
});

it('knows nothing of another question', () => {
  memory.remember(KEY, ANSWER);
  expect(memory.recall(keyOf('pack', ['other']))).toBeUndefined();
  expect(memory.recall(keyOf('schema', ['one']))).toBeUndefined();
});

describe('an entry that is not to be trusted is no answer', () => {
  const spoilt: [string, (entry: Record<string, unknown>, other: string) => string][] = [
    ['torn', (entry) => JSON.stringify(entry).slice(0, 40)],
    ['empty', () => ''],
    ['no entry', () => 'null'],
    ['without its findings', (entry) => JSON.stringify({ ...entry, answer: { findings: [] } })],
    ['without a digest', (entry) => JSON.stringify({ ...entry, answer: { findings: [] }, digest: undefined })],
    ['of another question', (_entry, other) => other],
  ];

  it.each(spoilt)('%s', (_how, spoil) => {
    const other = keyOf('pack', ['other']);
    memory.remember(KEY, ANSWER);
    memory.remember(other, { findings: [] });
    const [file, otherFile] = [KEY, other].map((key) => join(folder, `${key}.json`)) as [string, string];
    const entry = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, spoil(entry, readFileSync(otherFile, 'utf8')));
    expect(memory.recall(KEY)).toBeUndefined();
  });
});

it('costs no answer where it can not be written', () => {
  writeFileSync(folder, 'a file where the folder should be');
  memory.remember(KEY, ANSWER);
  expect(memory.recall(KEY)).toBeUndefined();
});

it('keeps nothing without a folder', () => {
  const none = new Memory();
  none.remember(KEY, ANSWER);
  expect([none.keeps, none.recall(KEY)]).toEqual([false, undefined]);
});

it('forgets the oldest when there are too many', () => {
  memory.remember(KEY, ANSWER);
  utimesSync(join(folder, `${KEY}.json`), 1, 1);
  for (let index = 0; index < 1_000; index++) writeFileSync(join(folder, `${index}.json`), '');
  memory.remember(keyOf('pack', ['newest']), ANSWER);
  expect(memory.recall(KEY)).toBeUndefined();
  expect(memory.recall(keyOf('pack', ['newest']))).toEqual(ANSWER);
  expect(readdirSync(folder)).toHaveLength(1_000);
});
