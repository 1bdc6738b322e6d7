import type { Fixture } from '../../control';
import { EnvironmentView, imageFolder, type JsonObject, type Template } from '../../view';
import { sampleContainer, sampleTask } from '../compute/containers';
import { INSTRUCTIONS, START_COMMANDS } from './image';
import { PROMISES_METADATA } from './rendered-proxy';
import { SOUND_CONF } from './sound-conf';

/** The files of a sound image, except for its configuration. */
export const SOUND_FILES = {
  Dockerfile: ['FROM public.ecr.aws/nginx/nginx-unprivileged:1.30.4-alpine-slim', ...INSTRUCTIONS].join('\n'),
  'nginx.conf': SOUND_CONF,
  'rds.pem': '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n',
  'start-proxy': ['#!/bin/sh', ...START_COMMANDS].join('\n'),
} as const;

/** What differs from a sound environment with one proxy. */
export interface ProxySample {
  /** Files that are other ones; `undefined` for one that is not there. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  /** Properties of the proxy's container. */
  readonly container?: JsonObject;
  readonly build?: JsonObject;
  /** Promises that are other ones. */
  readonly promises?: JsonObject;
  /** Command of the container that copies static files. @default - no such container */
  readonly copies?: readonly string[];
  /** Resources beside the task. */
  readonly beside?: NonNullable<Template['Resources']>;
}

/** What the sound configuration keeps. */
const PROMISES: JsonObject = {
  name: 'ums.example.com',
  port: 8000,
  loadBalancerNetwork: '10.0.0.0/16',
  healthPaths: ['/health', '/health/liveness'],
  loginPaths: ['/api/login'],
  apiPaths: ['/api/'],
  adminPaths: ['/admin/'],
  adminNetworks: ['203.0.113.0/24'],
  staticPaths: ['/static/'],
  staticFolders: ['/srv/app/static'],
  origins: ['https://portal.example.com'],
  limits: { loginsPerMinute: 5, writesPerMinute: 10, requestsPerHour: 1000, bodyKiB: 8, headerKiB: 16 },
};

const HASH = 'f'.repeat(64);
const IMAGE = { 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.us-east-1.\${AWS::URLSuffix}/cdk-assets:${HASH}` };

/** An environment of one web task whose proxy's image is built from such a folder. */
export function proxyFixture(
  name: string,
  { files = {}, container = {}, build, promises = {}, beside = {}, copies }: ProxySample = {},
): Fixture {
  const proxy = sampleContainer('proxy', { Image: IMAGE, ...container });
  const Web = {
    ...sampleTask([
      sampleContainer('volumes'),
      ...(copies ? [sampleContainer('static', { Command: copies })] : []),
      sampleContainer('app'),
      proxy,
    ]),
    Metadata: { [PROMISES_METADATA]: { ...PROMISES, ...promises } },
  };
  const kept = Object.entries({ ...SOUND_FILES, ...files }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const images = new Map([[HASH, imageFolder(Object.fromEntries(kept), build)]]);
  return {
    name,
    environment: new EnvironmentView('fixture', 'production', { stack: { Resources: { Web, ...beside } } }, { images }),
  };
}

/**
 * The sound configuration with pieces of it replaced, everywhere they stand.
 *
 * @throws when it has no such piece: a fixture that changes nothing proves nothing
 */
export function confFixture(name: string, edits: Readonly<Record<string, string>>, promises: JsonObject = {}): Fixture {
  const conf = Object.entries(edits).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${name}: the sound configuration has no ${from}`);
    return text.replaceAll(from, to);
  }, SOUND_CONF);
  return proxyFixture(name, { files: { 'nginx.conf': conf }, promises });
}

/** The environment that every control of the proxy passes. */
export const soundProxy = proxyFixture('a proxy that keeps every promise');
