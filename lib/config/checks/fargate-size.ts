import { eachOf, heard } from '../mistakes/guarded';
import type { Check, Refusal } from './check';

interface Sizes {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Memory in MiB that Fargate sells with each number of CPU units (ECS developer guide, "Task CPU and memory"). */
const sizes: Readonly<Record<number, Sizes>> = {
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16_384, step: 1024 },
  4096: { from: 8192, to: 30_720, step: 1024 },
  8192: { from: 16_384, to: 61_440, step: 4096 },
};

function memoriesOf(cpu: number): readonly number[] {
  const range = sizes[cpu];
  if (range === undefined) return [512, 1024, 2048];
  const count = (range.to - range.from) / range.step + 1;
  return Array.from({ length: count }, (_, index) => range.from + index * range.step);
}

/** Fargate sells CPU and memory in certain pairs only. */
export const fargateSize: Check = ({ app, processes }) => [
  ...heard(() => unsold(app, ['app'])),
  ...eachOf(processes.workers, (worker, index) => unsold(worker, ['processes', 'workers', index])),
  ...eachOf(processes.scheduled, (command, index) => unsold(command, ['processes', 'scheduled', index])),
];

function unsold(
  { cpu, memory }: { readonly cpu: number; readonly memory: number },
  at: Refusal['path'],
): readonly Refusal[] {
  const sold = memoriesOf(cpu);
  if (sold.includes(memory)) return [];
  const range = sizes[cpu];
  const words = range ? `${range.from} to ${range.to} MiB in steps of ${range.step}` : sold.join(', ').concat(' MiB');
  return [
    {
      path: [...at, 'memory'],
      expected: `${words}, which is what Fargate sells with ${cpu} CPU units`,
      example: sold.find((size) => size >= memory) ?? sold.at(-1),
    },
  ];
}
