import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import type { Cache } from '../cache/cache';
import type { Database } from '../database/database';
import type { LogClasses } from '../logs/log-classes';
import { ProxyImage } from '../proxy/proxy-image';
import type { ApplicationSecrets } from '../secrets/application-secrets';
import { AppTask, type AppTaskProps } from './app-task';
import type { Release } from './release';
import { type DatabaseLogin, settingsOf } from './settings';
import { ImagePull, TaskRoles } from './task-roles';
import { WebTask } from './web-task';

const PROJECT = join(__dirname, '..', '..', '..');

/** Size of tasks that run one command: a Python process with the app imported. */
const COMMAND_SIZE = { cpu: 512, memory: 1024 } as const;
/** Fargate's longest time between SIGTERM and SIGKILL. */
const LONGEST_STOP = Duration.seconds(120);

export interface AppTasksProps {
  readonly environment: Environment;
  readonly logs: LogClasses;
  readonly database: Database;
  readonly secrets: ApplicationSecrets;
  readonly cache?: Cache;
  readonly release: Release;
}

/** A process of the app's image, such as a worker. */
export type ProcessOptions = Pick<AppTaskProps, 'process' | 'cpu' | 'memory' | 'command' | 'stopTimeout'>;

/**
 * Makes every kind of task from the same image, settings and roles. Whatever logs in as the application shares one pair
 * of roles; migrations have their own, so that only they can be given the other login.
 */
export class AppTasks extends Construct {
  /** gunicorn and the proxy. */
  readonly web: WebTask;
  /** `app.migrate`, as the migration login. */
  readonly migrate: AppTask;
  /** Any command that a person gives, as the application's login. Its output is evidence. */
  readonly oneOff: AppTask;
  private readonly roles: Readonly<Record<DatabaseLogin, TaskRoles>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AppTasksProps,
  ) {
    super(scope, id);
    const { environment, logs } = props;
    const pull = new ImagePull(this, 'ImagePull');
    this.roles = {
      app: new TaskRoles(this, 'AppRoles', { of: 'the application', pull }),
      migrate: new TaskRoles(this, 'MigrateRoles', { of: 'migrations', pull }),
    };
    const image = this.appImage();
    const proxy = new ProxyImage(this, 'Proxy', { environment });
    this.shared = {
      environment,
      image,
      proxyImage: proxy.image,
      release: props.release,
      logGroup: logs.groups.application,
      // The app's lines carry its audit and security events, and none of those may be lost.
      whenLogsStall: 'wait',
    };
    this.web = new WebTask(this, 'Web', { ...this.shared, ...this.login('app', 'web'), accessLog: logs.groups.access });
    this.migrate = new AppTask(this, 'Migrate', {
      ...this.shared,
      ...this.login('migrate', 'migrate'),
      ...COMMAND_SIZE,
      process: 'migrate',
      command: environment.app.migrate,
      stopTimeout: LONGEST_STOP,
      logGroup: logs.groups.audit,
    });
    this.oneOff = new AppTask(this, 'OneOff', {
      ...this.shared,
      ...this.login('app', 'one-off'),
      ...COMMAND_SIZE,
      process: 'one-off',
      // Whoever starts the task gives the command; without one it says what it is and ends.
      command: ['python3', '-c', 'print("Give a command: breakwater task run -- <command>")'],
      stopTimeout: LONGEST_STOP,
      logGroup: logs.groups.audit,
    });
  }

  private readonly shared: Pick<
    AppTaskProps,
    'environment' | 'image' | 'proxyImage' | 'release' | 'logGroup' | 'whenLogsStall'
  >;

  /** Adds a task for a further process, as the application's login. */
  add(id: string, options: ProcessOptions): AppTask {
    return new AppTask(this, id, { ...this.shared, ...this.login('app', options.process), ...options });
  }

  private login(login: DatabaseLogin, process: string): Pick<AppTaskProps, 'roles' | 'settings'> {
    const { environment, database, secrets, cache, release } = this.props;
    return {
      roles: this.roles[login],
      settings: settingsOf({ environment, database, secrets, cache, release: release.commit, process, login }),
    };
  }

  /** The user's image: by digest from the account's registry, or built from a folder and named by its hash. */
  private appImage(): ContainerImage {
    const { image } = this.props.environment.app;
    if ('dockerfile' in image) {
      const directory = join(PROJECT, image.dockerfile);
      return ContainerImage.fromDockerImageAsset(
        new DockerImageAsset(this, 'Image', { directory, platform: Platform.LINUX_ARM64 }),
      );
    }
    const repository = Repository.fromRepositoryName(this, 'Repository', image.repository);
    return ContainerImage.fromEcrRepository(repository, image.digest);
  }
}
