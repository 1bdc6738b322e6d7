import type { Environment } from '../../config/schema';
import { PROXY_PORT, taskPaths } from './paths';

/** Of a vCPU, in Fargate's units. */
const CPU_UNITS_OF_A_CORE = 1024;
/** Seconds that a client may pause between two pieces of its headers or body. */
const PATIENCE_SECONDS = 15;

/**
 * Where the proxy runs: what a task on Fargate and a folder on somebody's machine don't have in common. Everything else
 * in the rendered file comes from the environment, so a trial shows what production does.
 */
export interface ProxyPlace {
  /** What nginx listens on: a port, or an address and a port such as `127.0.0.1:8443`. */
  readonly listen: string;
  /** HTTP/2 beside HTTP/1.1. The load balancer speaks HTTP/1.1 to its targets, so a task has no use for it. */
  readonly http2: boolean;
  /** Where the app listens, as `address:port`. */
  readonly app: string;
  /** The one host name that requests may carry. */
  readonly name: string;
  /** What the app is told as Host: the name, and the port where that is not 443. */
  readonly host: string;
  /** Port of the address that users open, for X-Forwarded-Port. */
  readonly publicPort: number;
  /** Networks whose last entry of X-Forwarded-For is believed, and which may ask for health under any name. */
  readonly trustedPeers: readonly string[];
  /** nginx's worker processes. */
  readonly workers: number;
  /** Seconds that a client may pause between two pieces of its headers or body before its connection is closed. */
  readonly patienceSeconds: number;
  /** Folder of `certificate.pem` and `key.pem`. */
  readonly tlsFolder: string;
  /** Folder below which static files lie under the path of their URL. */
  readonly staticFolder: string;
  /** Folder for bodies and answers that are too large for memory. */
  readonly cacheFolder: string;
  readonly pidFile: string;
  /** Where the access log goes; errors go to standard error. */
  readonly accessLog: string;
}

/** The place in a task: behind the load balancer, which is the only peer that the network lets connect. */
export function inTask({ app, domain, network }: Environment): ProxyPlace {
  return {
    listen: String(PROXY_PORT),
    http2: false,
    app: `127.0.0.1:${app.port}`,
    name: domain.name,
    host: domain.name,
    publicPort: 443,
    trustedPeers: [network.cidr],
    // From the task's CPU: nginx would count the cores of the host.
    workers: Math.max(1, Math.ceil(app.cpu / CPU_UNITS_OF_A_CORE)),
    patienceSeconds: PATIENCE_SECONDS,
    tlsFolder: taskPaths.tls,
    staticFolder: taskPaths.static,
    cacheFolder: taskPaths.proxyCache,
    pidFile: `${taskPaths.proxyTemporary}/nginx.pid`,
    accessLog: '/dev/stdout',
  };
}
