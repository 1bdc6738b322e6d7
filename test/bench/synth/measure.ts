import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stampOf } from '../../../lib/inputs';
import type { ChildReport, Task } from './task';

const CHILD = join(__dirname, 'child.ts');

/** What is remembered of earlier syntheses when a measured one starts. */
export type Memory = 'none' | 'all' | 'all-but-one';

/** One thing to measure. */
export interface Variant extends Pick<Task, 'variant' | 'environments' | 'copies'> {
  readonly name: string;
  /** @default 'none' */
  readonly memory?: Memory;
}

/** One process from its start to its end, in milliseconds. */
export interface Sample {
  readonly wallMs: number;
  /** Time of processors, of all threads together. */
  readonly cpuMs: number;
}

/** Medians of one variant. */
export interface Figure extends Sample {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/**
 * Runs every variant once in each round, so that what else the machine does falls on all of them alike.
 *
 * @param progress told before each process
 */
export async function measure(
  variants: readonly Variant[],
  rounds: number,
  progress: (text: string) => void,
): Promise<ReadonlyMap<string, Figure>> {
  const samples = new Map<string, Sample[]>(variants.map(({ name }) => [name, []]));
  const folder = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const variant of variants) {
        progress(`round ${round} of ${rounds}: ${variant.name}`);
        samples.get(variant.name)?.push(await sample(variant, round, folder));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return new Map(
    [...samples].map(([name, each]) => [
      name,
      {
        name,
        wallMs: median(each.map(({ wallMs }) => wallMs)),
        cpuMs: median(each.map(({ cpuMs }) => cpuMs)),
        samples: each,
      },
    ]),
  );
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('there is no median of nothing');
  return (low + high) / 2;
}

async function sample({ name, memory = 'none', ...task }: Variant, round: number, folder: string): Promise<Sample> {
  if (memory === 'none') return await synthesized(task, folder);
  const cacheFolder = join(folder, 'cache');
  // Not measured: a synthesis that remembers its answers, so that the next one starts as after an earlier one.
  await synthesized({ ...task, cacheFolder }, folder);
  const before = answersIn(cacheFolder);
  const edited = memory === 'all-but-one' ? `Edited for ${name} in round ${round}` : undefined;
  // Whoever edits a template has edited a source first.
  if (edited) rmSync(stampOf(cacheFolder));
  const result = await synthesized({ ...task, cacheFolder, edited }, folder);
  const validated = answersIn(cacheFolder) - before;
  if (validated !== (edited ? 1 : 0))
    throw new Error(`${name}: ${validated} templates were validated anew; did a source change meanwhile?`);
  return result;
}

const answersIn = (cacheFolder: string): number =>
  readdirSync(cacheFolder).filter((file) => file.startsWith('schema-')).length;

async function synthesized(work: Omit<Task, 'outdir'>, folder: string): Promise<Sample> {
  const task: Task = { ...work, outdir: mkdtempSync(join(folder, 'out-')) };
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // In CI nothing is remembered, and here that is part of what is measured.
    env: { ...process.env, CI: '' },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const wallMs = performance.now() - began;
  if (code !== 0) throw new Error(`a synthesis ended with code ${code}:\n${err}`);
  rmSync(task.outdir, { recursive: true, force: true });
  const report = JSON.parse(out.trim().split('\n').at(-1) ?? '') as ChildReport;
  if (report.passed === false) throw new Error('the gate refuses the shipped environments; mend them first');
  return { wallMs, cpuMs: report.cpuMs };
}
