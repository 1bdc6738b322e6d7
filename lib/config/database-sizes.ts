/**
 * Engine versions that the kit knows, newest first.
 * Majors leave RDS standard support five years after their community release; 16 and older are not offered.
 */
export const engineVersions = ['18.3', '17.9'] as const;
export type EngineVersion = (typeof engineVersions)[number];

/** Memory of an instance class in GiB (AWS instance type pages, November 2026). */
export const instanceMemoryGiB = {
  't4g.micro': 1,
  't4g.small': 2,
  't4g.medium': 4,
  't4g.large': 8,
  'm7g.large': 8,
  'm7g.xlarge': 16,
  'm7g.2xlarge': 32,
  'm8g.large': 8,
  'm8g.xlarge': 16,
  'r7g.large': 16,
  'r7g.xlarge': 32,
  'r7g.2xlarge': 64,
  'r8g.large': 16,
  'r8g.xlarge': 32,
} as const;

export type InstanceClass = keyof typeof instanceMemoryGiB;
export const instanceClasses = Object.keys(instanceMemoryGiB) as [InstanceClass, ...InstanceClass[]];

const GIB = 1024 ** 3;
const BYTES_PER_CONNECTION = 9_531_392;
const MOST_CONNECTIONS = 5000;

/**
 * What RDS sets `max_connections` to: LEAST(DBInstanceClassMemory / 9531392, 5000).
 * DBInstanceClassMemory is what the operating system and RDS leave, not the advertised memory; a 1 GiB class
 * allows about 112 where the formula on 1 GiB gives 112.6.
 */
export function maxConnections(instanceClass: InstanceClass): number {
  return Math.min(Math.floor((instanceMemoryGiB[instanceClass] * GIB) / BYTES_PER_CONNECTION), MOST_CONNECTIONS);
}
