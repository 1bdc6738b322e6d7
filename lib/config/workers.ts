const CPU_UNITS_PER_VCPU = 1024;

/**
 * gunicorn workers of one copy: 2 × vCPU + 1 from the task's own CPU (row C01), rounded up to whole ones, unless the
 * environment says a number. gunicorn's usual formula asks the host, which on Fargate is not the task.
 */
export function workersOf(app: { readonly cpu: number; readonly workers?: number }): number {
  return app.workers ?? Math.ceil((2 * app.cpu) / CPU_UNITS_PER_VCPU) + 1;
}
