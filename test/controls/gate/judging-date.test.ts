import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgingDate } from '../../../lib/controls/gate/judging-date';
import { UsageError } from '../../../lib/controls/gate/usage-error';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dated-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(words: readonly string[], variables: Readonly<Record<string, string>> = {}): void {
  const who = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];
  execFileSync('git', [...who, ...words], { cwd: folder, stdio: 'ignore', env: { ...process.env, ...variables } });
}

it('is the day that the argument says', () => {
  expect(judgingDate('2027-06-30', folder)).toEqual({ date: '2027-06-30', from: 'argument' });
});

it.each(['', 'tomorrow', '2027-6-30', '2027-02-30', '20270630', '2027-06-30T00:00:00Z', 20270630, true])(
  'refuses %p as an argument, in words and with an example',
  (today) => {
    expect(() => judgingDate(today, folder)).toThrow(UsageError);
    expect(() => judgingDate(today, folder)).toThrow('-c today=2027-06-30');
  },
);

it('is the day of the commit without an argument, whenever it is asked', () => {
  git(['init', '--quiet']);
  const day = '2026-03-04T23:30:00+0000';
  git(['commit', '--quiet', '--allow-empty', '-m', 'One'], {
    GIT_AUTHOR_DATE: '2020-01-01T12:00:00+0000',
    GIT_COMMITTER_DATE: day,
  });
  expect(judgingDate(undefined, folder)).toEqual({ date: '2026-03-04', from: 'commit' });
});

describe('an argument where there is a commit', () => {
  beforeEach(() => {
    git(['init', '--quiet']);
    git(['commit', '--quiet', '--allow-empty', '-m', 'One'], { GIT_COMMITTER_DATE: '2026-03-04T12:00:00+0000' });
  });

  it.each(['2026-03-04', '2027-06-30'])('may be the day of the commit or a later one: %s', (today) =>
    expect(judgingDate(today, folder)).toEqual({ date: today, from: 'argument' }),
  );

  it('may not be an earlier one, on which what has ended since would stand', () => {
    expect(() => judgingDate('2026-03-03', folder)).toThrow(UsageError);
    expect(() => judgingDate('2026-03-03', folder)).toThrow(
      /'2026-03-03' is before the day of the commit.*Expected 2026-03-04 or later, for example -c today=2026-03-04\./s,
    );
  });
});

it('asks for the argument where there is no commit yet', () => {
  git(['init', '--quiet']);
  expect(() => judgingDate(undefined, folder)).toThrow(/git gave none \(.+\).*-c today=/s);
});

it('asks for the argument outside a repository', () => {
  expect(() => judgingDate(undefined, folder)).toThrow(/not a git repository.*-c today=/s);
});

it('asks for the argument where git can not be started', () => {
  expect(() => judgingDate(undefined, join(folder, 'missing'))).toThrow(/ENOENT.*-c today=/s);
});
