import { Size } from 'aws-cdk-lib';
import {
  AwsLogDriverMode,
  Capability,
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  type FargateTaskDefinition,
  LinuxParameters,
  LogDriver,
  UlimitName,
} from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

/** Open files and connections of one container: Fargate's own default, made explicit. */
const OPEN_FILES = 65_535;

/** Bytes of log lines that may wait for CloudWatch where waiting must not stop the container. */
const LOG_BUFFER = Size.mebibytes(25);

/** What happens when CloudWatch Logs can't take lines. */
export type WhenLogsStall =
  /** The container waits: no line is lost. For what is evidence. */
  | 'wait'
  /** Lines are dropped when the buffer is full: requests go on. */
  | 'drop';

export interface HardenedContainerOptions
  extends Omit<
    ContainerDefinitionOptions,
    'logging' | 'readonlyRootFilesystem' | 'linuxParameters' | 'privileged' | 'ulimits' | 'user' | 'pseudoTerminal'
  > {
  /** Numeric `uid:gid`, so that no image decides who root is. */
  readonly user: string;
  readonly logGroup: ILogGroup;
  readonly whenLogsStall: WhenLogsStall;
}

/**
 * Adds a container with everything taken away that no part of a web app needs: a writable root file system, root,
 * Linux capabilities, a terminal. An init process reaps children and hands signals on.
 *
 * Since June 2025 ECS drops log lines by default when CloudWatch is slow. Here each container says what it wants.
 */
export function addHardenedContainer(
  task: FargateTaskDefinition,
  name: string,
  options: HardenedContainerOptions,
): ContainerDefinition {
  const { logGroup, whenLogsStall, ...rest } = options;
  const linuxParameters = new LinuxParameters(task, `${name}-linux`, { initProcessEnabled: true });
  linuxParameters.dropCapabilities(Capability.ALL);
  return task.addContainer(name, {
    ...rest,
    readonlyRootFilesystem: true,
    linuxParameters,
    ulimits: [{ name: UlimitName.NOFILE, softLimit: OPEN_FILES, hardLimit: OPEN_FILES }],
    logging: LogDriver.awsLogs({
      logGroup,
      streamPrefix: name,
      mode: whenLogsStall === 'wait' ? AwsLogDriverMode.BLOCKING : AwsLogDriverMode.NON_BLOCKING,
      ...(whenLogsStall === 'drop' ? { maxBufferSize: LOG_BUFFER } : {}),
    }),
  });
}
