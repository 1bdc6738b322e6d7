import { Duration, Size } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type InstanceClass, instanceMemoryGiB } from '../../config/database-sizes';
import type { RegisteredAlarmProps } from '../alarms/registrar';
import { above, below, FIVE_MINUTES, LASTING, MISSING, NOT_BREACHING } from '../alarms/terms';

/** Row A07: full means over 90 %. */
export const FULL = 0.9;
/** gp3 answers in single milliseconds; this is trouble. */
const SLOW_STORAGE = Duration.millis(50);
/** Requests waiting for the volume; more than a healthy gp3 volume ever queues. */
const QUEUE = 32;
/** Share of burst credits left, %. */
const CREDITS_PERCENT = 20;
/** Credits at which a T instance is about to be billed or slowed: an hour of full load on one vCPU. */
const CPU_CREDITS = 60;

const LOAD = 'database-storage-or-load';

/** What tells that the database has more to do than its size allows: CPU, memory, sessions, storage and its bursts. */
export function addLoadAlarms(
  instanceClass: InstanceClass,
  metric: (name: string, period?: Duration, statistic?: string) => Metric,
  add: (name: string, alarm: RegisteredAlarmProps) => void,
): void {
  const memory = Size.gibibytes(instanceMemoryGiB[instanceClass]).toKibibytes() * 1024;
  const usedUp = { severity: 'warning', rows: ['A07', 'A09'], runbook: LOAD } as const;
  const slow = { severity: 'warning', rows: ['A09'], runbook: LOAD } as const;

  add('DatabaseCpu', {
    title: 'Database CPU is over 90 %',
    metric: metric('CPUUtilization'),
    threshold: FULL * 100,
    ...LASTING,
    comparison: above,
    missingData: MISSING,
    ...usedUp,
  });
  add('DatabaseMemory', {
    title: 'Database memory is over 90 % used',
    metric: metric('FreeableMemory'),
    threshold: Math.round(memory * (1 - FULL)),
    comparison: below,
    periods: 15,
    missingData: MISSING,
    ...usedUp,
  });
  add('DatabaseLoad', {
    title: 'More sessions want to run than the database has CPUs',
    metric: metric('DBLoadRelativeToNumVCPUs'),
    threshold: 1,
    ...LASTING,
    comparison: above,
    missingData: NOT_BREACHING,
    severity: 'warning',
    rows: ['A09', 'D13'],
    runbook: LOAD,
  });
  for (const [name, metricName, what] of [
    ['DatabaseReadLatency', 'ReadLatency', 'reads'],
    ['DatabaseWriteLatency', 'WriteLatency', 'writes'],
  ] as const) {
    add(name, {
      title: `Storage ${what} of the database take longer than ${SLOW_STORAGE.toMilliseconds()} ms`,
      metric: metric(metricName),
      threshold: SLOW_STORAGE.toSeconds({ integral: false }),
      ...LASTING,
      comparison: above,
      missingData: MISSING,
      ...slow,
    });
  }
  add('DatabaseDiskQueue', {
    title: 'Requests queue for the database volume',
    metric: metric('DiskQueueDepth'),
    threshold: QUEUE,
    ...LASTING,
    comparison: above,
    missingData: MISSING,
    ...slow,
  });
  // gp3 has no burst balance of its own; the instance's channel to it has, on these sizes.
  for (const [name, metricName, what] of [
    ['DatabaseIoBurst', 'EBSIOBalance%', 'requests'],
    ['DatabaseThroughputBurst', 'EBSByteBalance%', 'throughput'],
  ] as const) {
    add(name, {
      title: `Less than ${CREDITS_PERCENT} % of the database's burst of storage ${what} is left`,
      metric: metric(metricName, FIVE_MINUTES),
      threshold: CREDITS_PERCENT,
      comparison: below,
      periods: 3,
      missingData: NOT_BREACHING,
      ...slow,
    });
  }
  if (bursts(instanceClass)) {
    add('DatabaseCpuCredits', {
      title: 'The database has used up its CPU credits',
      metric: metric('CPUCreditBalance', FIVE_MINUTES),
      threshold: CPU_CREDITS,
      comparison: below,
      periods: 6,
      missingData: NOT_BREACHING,
      ...slow,
    });
  }
}

/** T classes run on credits. */
const bursts = (instanceClass: InstanceClass): boolean => instanceClass.startsWith('t');
