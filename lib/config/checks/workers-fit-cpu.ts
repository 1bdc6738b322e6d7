import { workersByRule } from '../workers';
import type { Check } from './check';

/** More workers than the task's CPU can run wait for each other and hold memory and connections (row C01). */
export const workersFitCpu: Check = ({ app: { cpu, workers } }) => {
  const most = workersByRule(cpu);
  return workers === undefined || workers <= most
    ? []
    : [
        {
          path: ['app', 'workers'],
          expected: `at most ${most}, or a larger app.cpu; left out it is ${most}`,
          example: most,
          arithmetic: `2 × ${cpu} CPU units / 1024, rounded up, + 1 = ${most} workers`,
        },
      ];
};
