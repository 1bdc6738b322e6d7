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
 * Share of the advertised memory that the formula's DBInstanceClassMemory is taken to be. Operating system and RDS take
 * theirs first: on 2 GiB (t4g.small, PostgreSQL 18) the server reports 181 connections where 2 GiB would give 225.
 */
const SHARE_LEFT_BY_RDS = 0.8;

/**
 * Connections that PostgreSQL accepts on an instance class, reserved ones included. RDS sets `max_connections` to
 * LEAST(DBInstanceClassMemory / 9531392, 5000); a class of 1 GiB advertises 112 and is counted with 90 here.
 */
export function maxConnections(instanceClass: InstanceClass): number {
  const memory = instanceMemoryGiB[instanceClass] * GIB * SHARE_LEFT_BY_RDS;
  return Math.min(Math.floor(memory / BYTES_PER_CONNECTION), MOST_CONNECTIONS);
}

/**
 * Per cent of `max_connections` that RDS Proxy may hold for the application. The rest is for what goes past it: migrations,
 * functions, dumps and people.
 */
export const PROXY_CONNECTIONS_PERCENT = 80;
