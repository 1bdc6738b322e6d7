import type { Fixture } from '../control';
import { EnvironmentView, imageFolder, type JsonObject } from '../view';
import { sampleContainer, sampleTask } from './containers';
import { INSTRUCTIONS, START_COMMANDS } from './proxy-image';

/** The files of a sound image, except for its configuration. */
export const SOUND_FILES = {
  Dockerfile: ['FROM public.ecr.aws/nginx/nginx-unprivileged:1.30.4-alpine-slim', ...INSTRUCTIONS].join('\n'),
  'nginx.conf': '',
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
}

const HASH = 'f'.repeat(64);
const IMAGE = { 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.us-east-1.\${AWS::URLSuffix}/cdk-assets:${HASH}` };

/** An environment of one web task whose proxy's image is built from such a folder. */
export function proxyFixture(name: string, { files = {}, container = {}, build }: ProxySample = {}): Fixture {
  const proxy = sampleContainer('proxy', { Image: IMAGE, ...container });
  const Web = sampleTask([sampleContainer('volumes'), sampleContainer('app'), proxy]);
  const kept = Object.entries({ ...SOUND_FILES, ...files }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const images = new Map([[HASH, imageFolder(Object.fromEntries(kept), build)]]);
  return {
    name,
    environment: new EnvironmentView('fixture', 'production', { stack: { Resources: { Web } } }, { images }),
  };
}
