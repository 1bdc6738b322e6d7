import type { Environment } from '../../config/schema';

/** Key of a task definition's metadata under which the promises stand. */
export const PROMISES_METADATA = 'Breakwater::Proxy';

/**
 * What the environment asks of its proxy, in a few words beside the task: reviewers see in the template when a path loses
 * its limit or a network is let in, and the checklist holds the rendered file to it.
 */
export const proxyPromises = ({ app, adminNetworks, domain, limits, network }: Environment) => ({
  name: domain.name,
  port: app.port,
  loadBalancerNetwork: network.cidr,
  healthPaths: [app.health.path, app.health.liveness, app.health.readiness],
  loginPaths: app.loginPaths,
  apiPaths: app.apiPaths,
  adminPaths: app.adminPaths,
  adminNetworks,
  staticPaths: app.staticFiles.map(({ path }) => path),
  /** Where each of them lies in the app's image. */
  staticFolders: app.staticFiles.map(({ folder }) => folder),
  origins: app.corsOrigins,
  limits: {
    loginsPerMinute: limits.loginsPerMinute,
    writesPerMinute: limits.writesPerMinute,
    requestsPerHour: limits.requestsPerHour,
    bodyKiB: limits.bodyKiB,
    headerKiB: limits.headerKiB,
  },
});
