import type { Duration } from 'aws-cdk-lib';
import {
  type ContainerDefinition,
  ContainerDependencyCondition,
  type ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  type HealthCheck,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { nameOf } from '../naming';
import { PROXY_USER } from '../proxy/paths';
import { addHardenedContainer, type HardenedContainerOptions, type WhenLogsStall } from './hardened-container';
import type { Release } from './release';
import { startEntryPoint } from './scripts';
import type { Settings } from './settings';
import type { TaskRoles } from './task-roles';
import { declare, mount, type SharedVolume, sharedVolumes } from './volumes';

/** User of the app's containers: no user of the image, so it owns nothing there and can only read. */
export const APP_USER = '10001:10001';

/** Names of the containers of a task. */
export const containerNames = { volumes: 'volumes', static: 'static', app: 'app', proxy: 'proxy' } as const;

type LogOptions = Partial<Pick<HardenedContainerOptions, 'logGroup' | 'whenLogsStall'>>;

export interface AppTaskProps {
  readonly environment: Environment;
  /** What the task does, such as `web` or `worker-mailer`: part of the family's name. */
  readonly process: string;
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  /** MiB that are kept for the app's container. @default - all of the task */
  readonly appMemory?: number;
  /** What to run in the app's image. */
  readonly command: readonly string[];
  readonly settings: Settings;
  readonly roles: TaskRoles;
  readonly release: Release;
  /** The app's image. */
  readonly image: ContainerImage;
  /** The proxy's image: it prepares the volumes. */
  readonly proxyImage: ContainerImage;
  /** Shared volumes beside `temporary` and `trust`, which every task has. */
  readonly volumes?: readonly SharedVolume[];
  readonly logGroup: ILogGroup;
  readonly whenLogsStall: WhenLogsStall;
  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeout: Duration;
  /** @default - the task counts as healthy while its process runs */
  readonly healthCheck?: HealthCheck;
}

/**
 * A task that runs the app's image: the web service, a worker, a scheduled command, migrations, a one-off command. They
 * differ in command, settings and size, and in nothing else: there is no second way to start the image.
 */
export class AppTask extends Construct {
  readonly definition: FargateTaskDefinition;
  readonly app: ContainerDefinition;
  readonly roles: TaskRoles;
  /** Ends once the volumes are prepared; every other container waits for it. */
  private readonly prepared: ContainerDefinition;
  private readonly log: Pick<AppTaskProps, 'logGroup' | 'whenLogsStall'>;

  constructor(scope: Construct, id: string, props: AppTaskProps) {
    super(scope, id);
    const { environment, roles } = props;
    this.roles = roles;
    this.log = { logGroup: props.logGroup, whenLogsStall: props.whenLogsStall };
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      family: nameOf(environment, props.process),
      cpu: props.cpu,
      memoryLimitMiB: props.memory,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      executionRole: roles.execution,
      taskRole: roles.task,
    });
    props.release.tag(this.definition);
    const volumes = (['temporary', 'trust', ...(props.volumes ?? [])] as const).map((name) => sharedVolumes[name]);
    declare(this.definition, volumes);
    this.prepared = this.prepare(props.proxyImage, volumes);
    this.app = this.addWaiting(containerNames.app, {
      image: props.image,
      essential: true,
      user: APP_USER,
      entryPoint: startEntryPoint(),
      command: [...props.command],
      environment: { ...props.settings.plain },
      secrets: { ...props.settings.secret },
      memoryReservationMiB: props.appMemory ?? props.memory,
      stopTimeout: props.stopTimeout,
      healthCheck: props.healthCheck,
    });
    mount(this.app, sharedVolumes.temporary, { at: '/tmp' });
    mount(this.app, sharedVolumes.trust, { readOnly: true });
  }

  /** Adds a container that waits until the volumes are prepared. */
  addWaiting(name: string, options: Omit<HardenedContainerOptions, 'logGroup' | 'whenLogsStall'> & LogOptions) {
    const container = addHardenedContainer(this.definition, name, { ...this.log, ...options });
    container.addContainerDependencies({ container: this.prepared, condition: ContainerDependencyCondition.SUCCESS });
    return container;
  }

  /**
   * The first container. Mounting is all it does: ECS fills an empty volume from the image when the image declares a
   * VOLUME at that very path, owner and mode included.
   */
  private prepare(image: ContainerImage, volumes: readonly (typeof sharedVolumes)[SharedVolume][]) {
    const container = addHardenedContainer(this.definition, containerNames.volumes, {
      ...this.log,
      image,
      essential: false,
      user: PROXY_USER,
      entryPoint: ['/bin/true'],
      command: [],
    });
    for (const volume of volumes) mount(container, volume);
    return container;
  }
}
