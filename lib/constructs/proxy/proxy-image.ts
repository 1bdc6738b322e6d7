import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { Environment } from '../../config/schema';
import { writeProxyImageFolder } from './image-folder';

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
