import type { Environment } from '../../config/schema';
import { workersOf } from '../../config/workers';

/** Seconds that gunicorn keeps an idle connection of the proxy open: longer than nginx, which closes at 60. */
const KEEP_ALIVE_SECONDS = 75;

/**
 * gunicorn's command line (row C01). It listens on loopback, where only the proxy of the same task can reach it, and
 * believes the forwarding headers of nobody else. Its own access log stays off: the proxy writes one for each request,
 * with the client's real address.
 */
export function gunicornCommand({ app, limits }: Environment): string[] {
  return [
    'gunicorn',
    app.wsgi,
    ...flag('bind', `127.0.0.1:${app.port}`),
    ...flag('workers', workersOf(app)),
    ...flag('worker-class', 'gthread'),
    ...flag('threads', app.threads),
    ...flag('timeout', limits.workerSeconds),
    ...flag('graceful-timeout', limits.gracefulStopSeconds),
    ...flag('keep-alive', KEEP_ALIVE_SECONDS),
    // Heartbeats of the workers: /tmp is the task's own volume and the only place that the root file system lets us write.
    ...flag('worker-tmp-dir', '/tmp'),
    ...flag('forwarded-allow-ips', '127.0.0.1'),
    ...flag('log-level', app.logLevel.toLowerCase()),
    ...flag('error-logfile', '-'),
  ];
}

const flag = (name: string, value: string | number): string[] => [`--${name}`, String(value)];
