const CPU_UNITS_PER_VCPU = 1024;

/** 2 × vCPU + 1 from the task's own CPU (row C01), rounded up to whole ones. */
export const workersByRule = (cpu: number): number => Math.ceil((2 * cpu) / CPU_UNITS_PER_VCPU) + 1;

/**
 * gunicorn workers of one copy: those of the rule, unless the environment says fewer. gunicorn's usual formula asks the
 * host, which on Fargate is not the task.
 */
export function workersOf(app: { readonly cpu: number; readonly workers?: number }): number {
  return app.workers ?? workersByRule(app.cpu);
}
