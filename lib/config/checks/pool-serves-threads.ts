import type { Check } from './check';

/** A thread that finds no free connection waits for another thread's, and the request with it. */
export const poolServesThreads: Check = ({ app: { pool, threads } }) =>
  pool.size + pool.overflow >= threads
    ? []
    : [
        {
          path: ['app', 'threads'],
          expected: `no more threads than a worker has connections, ${pool.size + pool.overflow}, or a larger app.pool`,
          example: pool.size + pool.overflow,
          arithmetic: `${threads} threads > ${pool.size} pool + ${pool.overflow} overflow = ${pool.size + pool.overflow}`,
        },
      ];
