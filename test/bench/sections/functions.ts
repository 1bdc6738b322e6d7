import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../../lib/constructs/functions/bundle';
import { numberOf, type Output } from '../section';
import { median } from '../synth/measure';

const PROJECT = join(__dirname, '..', '..', '..');

export const title = 'Functions: size of each bundle, and the time that a cold start spends in loading it';
export const usage = ['--times=7   processes for each function'];

interface Measured {
  readonly name: string;
  /** Bytes. */
  readonly code: number;
  readonly map: number;
  /** Milliseconds, without and with the sources' places. */
  readonly load: number;
  readonly mapped: number;
  /** Milliseconds for the clients of the AWS SDK that it loads, which the runtime brings along. */
  readonly sdk: number;
}

export function run(args: readonly string[], output: Output): readonly Measured[] {
  const times = numberOf(args, 'times', 7);
  const names = readdirSync(join(PROJECT, 'lambda')).filter((name) => name !== 'common');
  const measured = names.map((name) => {
    output.progress(name);
    return measure(name, times);
  });
  const row = (cells: readonly (string | number)[]) =>
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(28) : String(cell).padStart(12))).join('');
  output.print(
    [
      row(['', 'code KB', 'map KB', 'load ms', 'mapped ms', 'SDK ms']),
      ...measured.map(({ name, code, map, load, mapped, sdk }) =>
        row([name, kilobytes(code), kilobytes(map), load.toFixed(1), mapped.toFixed(1), sdk.toFixed(0)]),
      ),
    ].join('\n'),
  );
  return measured;
}

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);

function measure(name: string, times: number): Measured {
  const { code, map } = build(name);
  const folder = mkdtempSync(join(tmpdir(), 'bench-functions-'));
  try {
    writeFileSync(join(folder, 'function.js'), code);
    writeFileSync(join(folder, 'function.js.map'), map);
    const clients = new Set(
      Buffer.from(code)
        .toString('utf8')
        .match(/@aws-sdk\/client-[\w-]+/g) ?? [],
    );
    const samples = (sourceMaps: boolean) =>
      Array.from({ length: times }, () => loaded(join(folder, 'function.js'), [...clients], sourceMaps));
    const [plain, mapped] = [samples(false), samples(true)];
    return {
      name,
      code: code.byteLength,
      map: map.byteLength,
      load: median(plain.map(({ load }) => load)),
      mapped: median(mapped.map(({ load }) => load)),
      sdk: median(plain.map(({ sdk }) => sdk)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds in a process of its own: first the clients, then the bundle. */
function loaded(file: string, clients: readonly string[], sourceMaps: boolean): { load: number; sdk: number } {
  const program = `
    process.setSourceMapsEnabled(${sourceMaps});
    const start = process.hrtime.bigint();
    for (const client of ${JSON.stringify(clients)}) require(client);
    const between = process.hrtime.bigint();
    require(${JSON.stringify(file)});
    const end = process.hrtime.bigint();
    console.log(JSON.stringify({ sdk: Number(between - start) / 1e6, load: Number(end - between) / 1e6 }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      NODE_PATH: join(PROJECT, 'node_modules'),
      AWS_REGION: 'us-east-1',
      NODE_NO_WARNINGS: '1',
    },
  });
  if (!stdout) throw new Error(`${file} can't be loaded: ${stderr}`);
  return JSON.parse(stdout);
}
