/**
 * Places inside a task that more than one container uses, and the ports between them.
 *
 * The root file system of every container is read-only, Fargate has no tmpfs, and a bind mount belongs to root with
 * mode 0755, unless the image declares a VOLUME at the path where it is mounted: then owner and mode are taken from
 * the image. So the proxy's image declares these folders with the owner and mode that each needs, a short first
 * container of that image mounts them all at these same paths, and the others start when it has succeeded.
 */
export const taskPaths = {
  /** The app's `/tmp`: mode 1777, because the user's image may run as any user. */
  temporary: '/breakwater/tmp',
  /** Static files of the user's image, copied here when a task starts and served by the proxy: mode 1777. */
  static: '/breakwater/static',
  /** Certificates of the authorities that sign for RDS; read-only for every container. */
  trust: '/breakwater/trust',
  /** The proxy's own certificate and key, made when it starts; nobody else mounts it. */
  tls: '/breakwater/tls',
  /** nginx's buffers for large bodies and answers. */
  proxyCache: '/var/cache/nginx',
  /** nginx's process id file. */
  proxyTemporary: '/tmp',
} as const;

/** The bundle of RDS authorities inside `taskPaths.trust`, for PGSSLROOTCERT. */
export const TRUST_BUNDLE = `${taskPaths.trust}/rds.pem`;

/** Port on which the proxy takes TLS from the load balancer; the only port of a task that the network admits. */
export const PROXY_PORT = 8443;

/** Health of the proxy alone, for its peers: the app is not asked. */
export const PROXY_HEALTH_PATH = '/.breakwater/health';

/** User of the unprivileged nginx image, as `uid:gid`. */
export const PROXY_USER = '101:101';

/**
 * Where the files of a URL prefix lie on the static volume: below a folder of the same path, so that nginx finds them
 * with one `root` and no rewriting, which is where path traversal comes from.
 */
export const staticFolderOf = (path: string): string => `${taskPaths.static}${path.replace(/\/+$/, '')}`;
