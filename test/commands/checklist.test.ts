import { readFileSync } from 'node:fs';
import { checklistFor } from '../../lib/commands/checklist/checklist-for';
import { page } from '../../lib/commands/checklist/page';
import { printedChecklist } from '../../lib/commands/checklist/print';
import { PAGE, run } from '../../lib/commands/checklist/run';
import { rowIds } from '../../lib/controls/rows';
import { drift } from '../../lib/review/drift';
import { recorder } from '../support/terminal';

async function typed(options: Record<string, string | boolean>) {
  const { terminal, out, err } = recorder();
  const code = await run({ options, words: [] }, terminal);
  return { code, out: out(), err: err() };
}

describe('checklist', () => {
  it('is for production unless told otherwise', async () => {
    expect((await typed({})).out).toBe((await typed({ tier: 'production' })).out);
    expect((await typed({ tier: 'development' })).out).toMatch(/development: \d+ of 135 rows held/);
  });

  it('gives machines exactly id, status, how and controls of every row', async () => {
    const { out, code } = await typed({ json: true });
    const { rows, ...rest } = JSON.parse(out) as { rows: Record<string, unknown>[] };
    expect({ code, rest }).toEqual({ code: 0, rest: {} });
    expect(rows.map(({ id }) => id)).toEqual(rowIds);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(['id', 'status', 'how', 'controls']);
      expect(['held', 'partial', 'open']).toContain(row.status);
    }
  });

  it('fits 80 columns', async () => {
    for (const line of (await typed({})).out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shows only what is not held, when asked', async () => {
    const { out } = await typed({ open: true, json: true });
    const { rows } = JSON.parse(out) as { rows: { status: string }[] };
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ status }) => status === 'held')).toEqual([]);
  });

  it('says what a begun part lacks', () => {
    const rows = [{ id: 'D02', status: 'open', how: { enforce: 'open' }, controls: ['c'] }] as const;
    const open = [{ row: 'D02', part: 'enforce', lacks: 'the half at the client', claimed: true }] as const;
    const text = printedChecklist({ subject: 'production', rows, open }, false, false);
    expect(text).toContain('enforce lacks: the half at the client');
    expect(text).toContain('production: 0 of 1 rows held, 0 in part, 1 open.');
    expect(page({ subject: 'production', rows, open })).toContain('enforce open (lacks: the half at the client)');
  });

  it('says what the parts of a row are, in the terminal and on the page', () => {
    const none = { subject: 'production', rows: [], open: [] };
    expect(printedChecklist(none, false, false)).toContain('\n  probe      a check of the running endpoint\n');
    expect(page(none)).toContain('\n- probe: a check of the running endpoint\n');
  });

  it.each([
    [{ env: 'prod', tier: 'staging' }, '--env has a tier of its own'],
    [{ write: true, env: 'prod' }, '--write is about production'],
    [{ today: '2027-06-30' }, '--today is the day'],
    [{ env: 'prd' }, "--env: there is no environment 'prd'"],
    [{ env: 'dev,prod' }, "--env: 'dev,prod' names several environments"],
  ])('refuses %j', async (options, said) => {
    await expect(typed(options as Record<string, string | boolean>)).rejects.toThrow(said);
  });
});

describe('checklist --env', () => {
  it('judges the exceptions by the day given', async () => {
    const { code, err } = await typed({ env: 'dev', today: '2099-01-01' });
    expect(code).toBe(1);
    expect(err).toContain('exception-expired');
    expect(err).toContain('as of 2099-01-01');
  });
});

describe('CHECKLIST.md', () => {
  it('says what the controls say; if not, run npx breakwater checklist --write', () => {
    const files = (text: string) => new Map([['CHECKLIST.md', text]]);
    expect(drift(files(readFileSync(PAGE, 'utf8')), files(page(checklistFor('production'))))).toEqual([]);
  });
});
