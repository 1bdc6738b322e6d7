import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drift, driftText } from '../../lib/review/drift';
import { write, written } from '../../lib/review/files';

const files = (...entries: [string, string][]) => new Map(entries);

describe('drift', () => {
  it('is nothing where all files are the same', () => {
    const same = files(['prod/data.json', '{}\n']);
    expect(drift(same, files(['prod/data.json', '{}\n']))).toEqual([]);
    expect(driftText([])).toBeUndefined();
  });

  it('names each file, the first line that differs and the command to type', () => {
    const before = files(['prod/data.json', 'a\nb\nc\nd'], ['prod/gone.json', '{}']);
    const after = files(['prod/data.json', 'a\nB\nc\nd'], ['prod/new.json', '{}']);
    expect(drift(before, after)).toEqual([
      { path: 'prod/data.json', kind: 'changed', lines: ['line 2', '- b', '+ B'] },
      { path: 'prod/gone.json', kind: 'left over', lines: [] },
      { path: 'prod/new.json', kind: 'missing', lines: [] },
    ]);
    const text = driftText(drift(before, after)) ?? '';
    expect(text).toContain('prod/data.json: changed');
    expect(text).toContain('npm run templates');
  });

  it('shows added and removed lines, and cuts a long difference short', () => {
    const long = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
    expect(drift(files(['a', 'x\ny']), files(['a', 'x\nnew\ny']))[0]?.lines).toEqual(['line 2', '+ new']);
    expect(drift(files(['a', 'x\nold\ny']), files(['a', 'x\ny']))[0]?.lines).toEqual(['line 2', '- old']);
    expect(drift(files(['a', 'x']), files(['a', long]))[0]?.lines.at(-1)).toBe('+ … 18 more');
  });
});

describe('write', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-templates-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes what is rendered, deletes what is no longer, and leaves other files', () => {
    write(folder, files(['prod/data.json', 'old'], ['prod/gone.json', 'old']));
    writeFileSync(join(folder, 'README.md'), 'kept');
    write(folder, files(['prod/data.json', 'new'], ['dev/data.json', 'new']));
    expect([...written(folder)]).toEqual([
      ['dev/data.json', 'new'],
      ['prod/data.json', 'new'],
    ]);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('kept');
    expect(readdirSync(join(folder, 'prod'))).toEqual(['data.json']);
  });

  it('finds nothing in a folder that is not there', () => {
    expect(written(join(folder, 'nowhere')).size).toBe(0);
  });
});
