import { Duration } from 'aws-cdk-lib';
import { type CfnTaskDefinition, ContainerDependencyCondition, Protocol } from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { PROXY_PORT, PROXY_USER, staticFolderOf } from '../proxy/paths';
import { PROMISES_METADATA, proxyPromises } from '../proxy/promises';
import { APP_USER, AppTask, type AppTaskProps, containerNames } from './app-task';
import { gunicornCommand } from './gunicorn';
import { aliveCommand, copyEntryPoint } from './scripts';
import { declare, mount, proxyVolumes, sharedVolumes } from './volumes';

/** MiB that the proxy may use: nginx with a few hundred connections needs a quarter of it. */
const PROXY_MEMORY = 128;
/** Of eight CPU shares, how many are the proxy's when both are busy. */
const PROXY_CPU_SHARE = 1 / 8;
/** Seconds beyond the graceful stop before ECS ends a container by force. */
const STOP_MARGIN_SECONDS = 5;

export interface WebTaskProps
  extends Omit<
    AppTaskProps,
    'process' | 'cpu' | 'memory' | 'appMemory' | 'command' | 'volumes' | 'stopTimeout' | 'healthCheck'
  > {
  /** Requests, from the proxy. */
  readonly accessLog: ILogGroup;
}

/** One copy of the web application: gunicorn on loopback, and the proxy in front of it as the only way in. */
export class WebTask extends AppTask {
  constructor(scope: Construct, id: string, props: WebTaskProps) {
    const { environment } = props;
    const { app, limits, domain } = environment;
    super(scope, id, {
      ...props,
      process: 'web',
      cpu: app.cpu,
      memory: app.memory,
      appMemory: app.memory - PROXY_MEMORY,
      command: gunicornCommand(environment),
      volumes: ['static'],
      stopTimeout: Duration.seconds(limits.gracefulStopSeconds + STOP_MARGIN_SECONDS),
      healthCheck: {
        command: ['CMD', ...aliveCommand(app.port, app.health.liveness, domain.name)],
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        retries: 3,
        startPeriod: Duration.seconds(60),
      },
    });
    this.copyStaticFiles(props);
    this.addProxy(props);
  }

  /** Static files are part of the user's image and are served by the proxy: a container of that image carries them over. */
  private copyStaticFiles({ environment, image }: WebTaskProps): void {
    const { staticFiles } = environment.app;
    if (staticFiles.length === 0) return;
    const copier = this.addWaiting(containerNames.static, {
      image,
      essential: false,
      user: APP_USER,
      entryPoint: copyEntryPoint(),
      command: staticFiles.flatMap(({ folder, path }) => [folder, staticFolderOf(path)]),
    });
    mount(copier, sharedVolumes.static);
    this.app.addContainerDependencies({ container: copier, condition: ContainerDependencyCondition.SUCCESS });
  }

  private addProxy({ environment, proxyImage, accessLog }: WebTaskProps): void {
    const { app, limits } = environment;
    declare(this.definition, Object.values(proxyVolumes));
    const proxy = this.addWaiting(containerNames.proxy, {
      image: proxyImage,
      essential: true,
      user: PROXY_USER,
      cpu: Math.floor(app.cpu * PROXY_CPU_SHARE),
      memoryLimitMiB: PROXY_MEMORY,
      portMappings: [{ containerPort: PROXY_PORT, protocol: Protocol.TCP }],
      stopTimeout: Duration.seconds(limits.gracefulStopSeconds + STOP_MARGIN_SECONDS),
      // A handshake proves that nginx runs and has its certificate. Whether the app answers is the app's own check.
      healthCheck: {
        command: ['CMD-SHELL', `openssl s_client -brief -connect 127.0.0.1:${PROXY_PORT} </dev/null`],
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        retries: 3,
        startPeriod: Duration.seconds(15),
      },
      logGroup: accessLog,
      // A line for each request: losing some in an outage of CloudWatch is better than refusing requests.
      whenLogsStall: 'drop',
    });
    const rendered = this.definition.node.defaultChild as CfnTaskDefinition;
    rendered.addMetadata(PROMISES_METADATA, proxyPromises(environment));
    // The proxy starts last, so a copy takes no request before the app answers, and stops first, so it drains while
    // the app still answers.
    proxy.addContainerDependencies({ container: this.app, condition: ContainerDependencyCondition.HEALTHY });
    mount(proxy, sharedVolumes.static, { readOnly: true });
    for (const volume of Object.values(proxyVolumes)) mount(proxy, volume);
  }
}
