import { everyTier, type Finding, fixture, type RuleControl } from '../control';
import {
  containerNamed,
  fault,
  flagOf,
  sampleContainer,
  sampleTask,
  TASK_DEFINITION,
  words,
} from '../rules/compute/containers';
import type { Resource } from '../view';

const CPU_UNITS_PER_VCPU = 1024;

/** 2 × vCPU + 1, rounded up to whole workers (row C01). */
const mostWorkers = (cpu: number): number => Math.ceil((2 * cpu) / CPU_UNITS_PER_VCPU) + 1;

const web = (workers: string, Cpu: string) => ({
  Task: sampleTask(
    [
      sampleContainer('volumes'),
      sampleContainer('app', { Command: ['gunicorn', 'run:app', '--workers', workers] }),
      sampleContainer('proxy'),
    ],
    { Cpu },
  ),
});

export const control: RuleControl = {
  id: 'workers-fit-cpu',
  title: 'gunicorn has no more workers than the CPU of its task can run: 2 × vCPU + 1',
  holds: ['C01/enforce', 'C08/enforce'],
  tiers: everyTier,
  why: 'Workers beyond the CPU answer nobody sooner; each holds memory and a pool of connections, until the task is killed or the database refuses.',
  remedy: 'Leave app.workers out, or give app.cpu what the workers need.',
  protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.Command'] }],
  check: (environment) => environment.ofType(TASK_DEFINITION).flatMap(faults),
  fixtures: {
    pass: [
      fixture('a quarter of a CPU', web('2', '256')),
      fixture('one CPU', web('3', '1024')),
      fixture('two CPUs', web('5', '2048')),
      fixture('fewer than it may have', web('1', '4096')),
      fixture('a process without a proxy', {
        Task: sampleTask([sampleContainer('app', { Command: ['celery', 'worker', '--concurrency', '64'] })]),
      }),
    ],
    refuse: [
      fixture('64 workers on a quarter of a CPU', web('64', '256')),
      fixture('one too many', web('4', '1024')),
      fixture('a number that is none', web('many', '1024')),
      fixture('a task that does not say its CPU', web('3', '')),
    ],
  },
};

function faults(task: Resource): Finding[] {
  const app = containerNamed(task, 'app');
  if (!app || !containerNamed(task, 'proxy')) return [];
  const workers = Number(flagOf(words(app.body.Command), '--workers'));
  const cpu = Number(task.properties.Cpu);
  return cpu > 0 && workers >= 1 && workers <= mostWorkers(cpu)
    ? []
    : [
        fault(
          app,
          'Command',
          `${workers} workers on ${cpu} CPU units`,
          cpu > 0 ? `from 1 to ${mostWorkers(cpu)} workers` : 'workers that fit the CPU of the task',
        ),
      ];
}
