import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
