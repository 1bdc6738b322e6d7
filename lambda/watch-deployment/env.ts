/** Names of the function's environment variables, written once for the function and for the construct. */
export const env = {
  /** Name of the cluster. */
  cluster: 'CLUSTER_NAME',
  /** Name of the service whose deployments are watched. */
  service: 'SERVICE_NAME',
  /** Minutes that a new version's tasks may take to become healthy. */
  scaleUpMinutes: 'SCALE_UP_MINUTES',
  /** Minutes after which a deployment that has no task at all is given up. */
  noTaskMinutes: 'NO_TASK_MINUTES',
} as const;
