import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../lib/commands/shared/find';
import { runProgram } from '../../lib/commands/shared/program';
import { loadEnvironments } from '../../lib/config/parse';
import { renderNginxConf } from '../../lib/constructs/proxy/nginx-conf';
import { recorder } from '../support/terminal';

async function typed(...words: string[]) {
  const { terminal, out, err } = recorder();
  const code = await runProgram(['proxy', 'render', ...words], commands(), terminal);
  return { code, out: out(), err: err() };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-render-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('prints the configuration and nothing else', async () => {
  for (const environment of loadEnvironments()) {
    const { code, out, err } = await typed('--env', environment.name);
    expect([code, err]).toEqual([0, '']);
    expect(`${out}\n`).toBe(renderNginxConf(environment));
  }
});

it('writes the whole image folder', async () => {
  const into = join(folder, 'new', 'image');
  const { code, out, err } = await typed('--env', 'prod', '--output', into);
  expect([code, out]).toEqual([0, '']);
  expect(readdirSync(into).sort()).toEqual(['Dockerfile', 'nginx.conf', 'rds.pem', 'start-proxy']);
  expect(err).toContain(join(into, 'nginx.conf'));
  expect(readFileSync(join(into, 'nginx.conf'), 'utf8')).toContain('server_name ums.example.com;');
});

it('writes into no folder that holds anything', async () => {
  writeFileSync(join(folder, 'mine'), 'x');
  const { code, err } = await typed('--env', 'prod', '--output', folder);
  expect(code).toBe(1);
  expect(err).toMatch(/--output: '.*' holds mine\. Expected an empty or a new folder, for example/);
  expect(readdirSync(folder)).toEqual(['mine']);
  expect((await typed('--env', 'prod', '--output', join(folder, 'mine'))).err).toMatch(/can't be written \(EEXIST\)/);
});

it('tells of an environment that there is not, and asks for one', async () => {
  expect(await typed('--env', 'prid')).toMatchObject({
    code: 1,
    err: expect.stringContaining("no environment 'prid'"),
  });
  expect(await typed('--env', 'dev,prod')).toMatchObject({ code: 1, err: expect.stringContaining('several') });
  expect(await typed()).toMatchObject({ code: 2, err: expect.stringContaining('for example --env prod') });
});
