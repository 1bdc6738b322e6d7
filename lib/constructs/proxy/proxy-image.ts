import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { databaseAuthorities } from './authorities';
import { renderNginxConf } from './nginx-conf';

const SOURCES = join(__dirname, 'image');
/** Files of the image that are the same in every environment. */
const FIXED = ['Dockerfile', 'start-proxy'] as const;

/**
 * Writes everything that the proxy's image is built from into an empty folder: the fixed files, the rendered
 * configuration and the bundle of authorities. Nothing in them depends on the machine or on the folder's place.
 */
export function writeProxyImageFolder(environment: Environment, folder: string): void {
  for (const file of FIXED) copyFileSync(join(SOURCES, file), join(folder, file));
  writeFileSync(join(folder, 'nginx.conf'), renderNginxConf(environment));
  writeFileSync(
    join(folder, 'rds.pem'),
    databaseAuthorities(environment.region, { proxy: environment.database.proxy }),
  );
}

export interface ProxyImageProps {
  readonly environment: Environment;
}

/**
 * The image of the proxy for one environment, built and pushed by `cdk deploy`. Its tag is the hash of the folder's
 * content, so an unchanged proxy is not built again and a running one is known by what it is made of.
 */
export class ProxyImage extends Construct {
  readonly asset: DockerImageAsset;
  readonly image: ContainerImage;

  constructor(scope: Construct, id: string, props: ProxyImageProps) {
    super(scope, id);
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-proxy-'));
    writeProxyImageFolder(props.environment, folder);
    this.asset = new DockerImageAsset(this, 'Asset', { directory: folder, platform: Platform.LINUX_ARM64 });
    this.image = ContainerImage.fromDockerImageAsset(this.asset);
    // The assembly has its own copy by now, unless staging is off: then the assembly points at this folder.
    const staged = !this.node.tryGetContext('aws:cdk:disable-asset-staging');
    if (staged) rmSync(folder, { recursive: true });
  }
}
