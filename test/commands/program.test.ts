import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from '../../lib/commands/shared/command';
import { UserError } from '../../lib/commands/shared/command';
import { commands } from '../../lib/commands/shared/find';
import { runProgram } from '../../lib/commands/shared/program';
import { aboutOptions } from '../../lib/commands/shared/usage';
import { ConfigurationError } from '../../lib/config/parse';
import { judgingDate } from '../../lib/controls/gate/judging-date';
import { version } from '../../package.json';
import { recorder } from '../support/terminal';

const PROJECT = resolve(__dirname, '..', '..');

async function typed(words: readonly string[], known: readonly Command[] = commands()) {
  const { terminal, out, err } = recorder();
  const code = await runProgram(words, known, terminal);
  return { code, out: out(), err: err() };
}

/** A command that ends as told. */
const ending = (run: () => Promise<number>): Command => ({
  name: 'end',
  description: 'Ends.',
  options: [{ flags: '--times <number>', description: 'how often', repeated: true }],
  examples: [],
  load: () => ({ run }),
});

describe('the commands', () => {
  it('are the files of their folder', () => {
    const files = readdirSync(join(PROJECT, 'lib', 'commands')).filter((file) => file.endsWith('.ts'));
    expect(commands().map(({ name }) => `${name.replaceAll(' ', '-')}.ts`)).toEqual(files.sort());
  });

  it.each(commands().map((command) => [command.name, command] as const))(
    '%s explains itself in 80 columns, with examples that it would take',
    async (name, command) => {
      const { code, out } = await typed([...name.split(' '), '--help']);
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
      for (const line of out.split('\n').filter((each) => !each.includes('npx breakwater')))
        expect(line.length).toBeLessThanOrEqual(80);
      for (const { call } of command.examples) {
        const words = (call.match(/"[^"]*"|\S+/g) ?? []).slice(2).map((word) => word.replaceAll('"', ''));
        const taken = await typed(words, [{ ...command, load: () => ({ run: async () => 0 }) }]);
        expect({ call, code: taken.code, err: taken.err }).toEqual({ call, code: 0, err: '' });
      }
    },
  );
});

describe('the program', () => {
  it('lists its commands when asked for help', async () => {
    const { code, out } = await typed(['--help']);
    expect(code).toBe(0);
    for (const { name } of commands()) expect(out).toContain(name.split(' ')[0]);
  });

  it('suggests the command that was meant', async () => {
    const { code, err } = await typed(['sinth']);
    expect(code).toBe(2);
    expect(err).toContain("unknown command 'sinth'");
    expect(err).toContain('Did you mean synth?');
  });

  it.each([
    ['sinth', '--help'],
    ['help', 'sinth'],
    ['sinth', '-h'],
  ])('does not take help about an unknown command (%s %s) for a success', async (...words) => {
    const { code, out, err } = await typed(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Did you mean synth?');
  });

  it.each(commands().map(({ name }) => [name]))('helps with %s either way', async (name) => {
    const words = name.split(' ');
    const { code, out } = await typed(['help', ...words]);
    expect({ code, out }).toEqual({ code: 0, out: (await typed([...words, '--help'])).out });
    expect(out).toContain(`Usage: breakwater ${name} `);
    expect(out).toContain('Exit codes: 0 done, 1 refused');
  });

  it('tells its version', async () => {
    expect(await typed(['--version'])).toEqual({ code: 0, out: version, err: '' });
  });

  it('suggests the option that was meant', async () => {
    const { code, err } = await typed(['synth', '--jsom']);
    expect(code).toBe(2);
    expect(err).toContain('Did you mean --json?');
  });

  it('is told nothing: shows what there is', async () => {
    const { code, err } = await typed([]);
    expect(code).toBe(2);
    expect(err).toContain('Commands:');
  });

  it('gathers an option that is given several times', async () => {
    let times: unknown;
    const command = ending(async () => 0);
    const known: Command = {
      ...command,
      load: () => ({
        run: async ({ options }) => {
          times = options.times;
          return 0;
        },
      }),
    };
    await typed(['end', '--times', '1', '--times', '2'], [known]);
    expect(times).toEqual(['1', '2']);
  });

  it('ends with the code that the command answers', async () => {
    expect((await typed(['end'], [ending(async () => 7)])).code).toBe(7);
  });

  it.each([
    ['a mistake of the caller', new UserError('Say which one.'), 'Say which one.'],
    [
      'a mistake in the configuration',
      new ConfigurationError([
        { path: 'region', value: 'mars', expected: 'an AWS region', example: 'us-east-1', file: 'prod.ts' },
      ]),
      "found     'mars'",
    ],
  ])('tells %s in words, with exit code 1', async (_case, error, said) => {
    const { code, err } = await typed(['end'], [ending(() => Promise.reject(error))]);
    expect(code).toBe(1);
    expect(err).toContain(said);
    expect(err).not.toContain('    at ');
  });

  it('lets a fault of the kit through with its trace', async () => {
    await expect(typed(['end'], [ending(() => Promise.reject(new Error('a fault')))])).rejects.toThrow('a fault');
  });
});

describe('what the kit says about its context values', () => {
  const noCommit = (script?: string) =>
    aboutOptions(judgingError(undefined), ['checklist', '--env', 'prod'], script, '2026-11-21');

  it.each([
    [undefined, 'for example npx breakwater checklist --env prod --today 2026-11-21'],
    ['start', 'for example npm start -- --today 2026-11-21'],
    ['templates', 'for example npm run templates -- --today 2026-11-21'],
  ])('without a commit, says what to type under npm script %s', (script, said) => {
    expect(noCommit(script)).toMatch(new RegExp(`${said}$`));
  });

  it('names the option of the command and not -c', () => {
    expect(aboutOptions(judgingError('soon'), ['synth'], undefined, '2026-11-21')).toBe(
      "--today: 'soon' is no day. Expected YYYY-MM-DD, for example --today 2026-11-21.",
    );
  });

  function judgingError(today: string | undefined): string {
    try {
      judgingDate(today, '/');
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('expected a refusal');
  }
});

describe('bin/breakwater.js', () => {
  const started = (words: readonly string[], cwd: string) =>
    spawnSync(process.execPath, [join(PROJECT, 'bin', 'breakwater.js'), ...words], { cwd, encoding: 'utf8' });

  it('runs from any folder', () => {
    const { status, stdout } = started(['checklist', '--json'], tmpdir());
    expect(status).toBe(0);
    expect(JSON.parse(stdout).rows.length).toBeGreaterThan(100);
  });

  it('hands its exit code on', () => {
    expect(started(['nothing-like-it'], PROJECT).status).toBe(2);
  });
});
