import type { ContainerDefinition, FargateTaskDefinition, MountPoint } from 'aws-cdk-lib/aws-ecs';
import { taskPaths } from '../proxy/paths';

/**
 * Volumes that containers share. See this folder's README for how a container that is neither root nor allowed to
 * write to its own file system gets a `/tmp`.
 */
export const sharedVolumes = {
  /** The app's `/tmp`. */
  temporary: { volume: 'temporary', preparedAt: taskPaths.temporary },
  /** Static files on their way from the app's image to the proxy. */
  static: { volume: 'static', preparedAt: taskPaths.static },
  /** Authorities that sign for RDS. */
  trust: { volume: 'trust', preparedAt: taskPaths.trust },
} as const;
export type SharedVolume = keyof typeof sharedVolumes;

/** Volumes of the proxy alone; its image prepares each at the place where the proxy mounts it. */
export const proxyVolumes = {
  tls: { volume: 'proxy-tls', preparedAt: taskPaths.tls },
  cache: { volume: 'proxy-cache', preparedAt: taskPaths.proxyCache },
  temporary: { volume: 'proxy-temporary', preparedAt: taskPaths.proxyTemporary },
} as const;

/** Mounts a volume where the proxy's image prepared it, or elsewhere. */
export function mount(
  container: ContainerDefinition,
  { volume, preparedAt }: { readonly volume: string; readonly preparedAt: string },
  options: { readonly at?: string; readonly readOnly?: boolean } = {},
): void {
  const point: MountPoint = {
    sourceVolume: volume,
    containerPath: options.at ?? preparedAt,
    readOnly: options.readOnly ?? false,
  };
  container.addMountPoints(point);
}

/** Declares empty volumes in a task. */
export function declare(task: FargateTaskDefinition, volumes: readonly { readonly volume: string }[]): void {
  for (const { volume } of volumes) task.addVolume({ name: volume });
}
