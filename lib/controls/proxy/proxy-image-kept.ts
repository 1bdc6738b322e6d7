import { everyTier, type Finding, type RuleControl, shown } from '../control';
import { type Container, containersOf, fault, hasRole, TASK_DEFINITION } from '../rules/compute/containers';
import { BASE_IMAGE, commandsOf, IMAGE_FILES, INSTRUCTIONS, START_COMMANDS } from '../rules/proxy/image';
import { unreadable } from '../rules/proxy/rendered-proxy';
import { confFixture, proxyFixture, SOUND_FILES } from '../rules/proxy/samples';
import type { EnvironmentView, ImageFolder } from '../view';

const { Dockerfile, 'start-proxy': start } = SOUND_FILES;
const edited = (name: string, from: string, to: string) =>
  proxyFixture(name, { files: { Dockerfile: Dockerfile.replace(from, to) } });

export const control: RuleControl = {
  id: 'proxy-image-kept',
  title:
    'The proxy’s image is built here, from an exact release of nginx and the files of the kit, and from nothing else',
  holds: ['E01/enforce', 'C05/enforce'],
  tiers: everyTier,
  why: 'Every password and session passes through the proxy in clear: whoever changes its image reads them all.',
  remedy:
    'Leave the image to ProxyImage; change lib/constructs/proxy/image together with lib/controls/rules/proxy/image.ts.',
  protects: [{ type: TASK_DEFINITION, properties: ['ContainerDefinitions.Image'] }],
  check: (environment) =>
    containersOf(environment)
      .filter(hasRole('proxy'))
      .flatMap((each) => judge(each, environment)),
  fixtures: {
    pass: [
      proxyFixture('as the kit writes it'),
      edited('by digest', ':1.30.4-alpine-slim', `@sha256:${'0'.repeat(64)}`),
    ],
    refuse: [
      proxyFixture('an image from elsewhere', {
        container: { Image: `123456789012.dkr.ecr.us-east-1.amazonaws.com/nginx@sha256:${'1'.repeat(64)}` },
      }),
      edited('another base', 'nginx/nginx-unprivileged', 'someone/nginx'),
      edited('a tag that moves', '1.30.4-alpine-slim', 'stable-alpine-slim'),
      edited('a release of the mainline', '1.30.4', '1.31.0'),
      edited('runs as root', '\nUSER 101:101', ''),
      edited('drops what is in flight', 'STOPSIGNAL SIGQUIT', 'STOPSIGNAL SIGTERM'),
      edited('one more command', 'apk add --no-cache openssl', 'apk add --no-cache openssl curl'),
      edited('a second stage', 'USER root', 'FROM scratch\nUSER root'),
      proxyFixture('another start', { files: { 'start-proxy': start.replace('umask 077', 'umask 000') } }),
      proxyFixture('another shell', { files: { 'start-proxy': start.replace('#!/bin/sh', '#!/bin/sh -x') } }),
      proxyFixture('no start', { files: { 'start-proxy': undefined } }),
      proxyFixture('a file more', { files: { 'conf.d/extra.conf': 'server {}' } }),
      confFixture('a configuration that nginx can’t read', { 'http {': 'http {{' }),
      proxyFixture('another builder', { build: { platform: 'linux/arm64', executable: ['sh', '-c', 'true'] } }),
      proxyFixture('for another processor', { build: { platform: 'linux/amd64' } }),
    ],
  },
};

function judge(container: Container, environment: EnvironmentView): readonly Finding[] {
  const folder = environment.imageFolder(container.body.Image);
  if (!folder) {
    return [fault(container, 'Image', shown(container.body.Image), 'an image that this deployment builds')];
  }
  return [
    ...files(folder),
    ...build(folder),
    ...configuration(folder),
    ...dockerfile(folder),
    ...startScript(folder),
  ].map(([found, expected]) => fault(container, 'Image', found, expected));
}

type Faults = readonly (readonly [found: string, expected: string])[];

function files(folder: ImageFolder): Faults {
  const found = folder.files.join(', ');
  return found === IMAGE_FILES.join(', ') ? [] : [[`the files ${found}`, IMAGE_FILES.join(', ')]];
}

function build({ build: options }: ImageFolder): Faults {
  const found = JSON.stringify(options);
  return found === '{"platform":"linux/arm64"}' ? [] : [[`built with ${found}`, 'the platform linux/arm64 alone']];
}

function configuration(folder: ImageFolder): Faults {
  const why = unreadable(folder.text('nginx.conf') ?? '');
  return why === undefined ? [] : [[`nginx.conf: ${why}`, 'a file that nginx can read']];
}

function dockerfile(folder: ImageFolder): Faults {
  const [from = 'nothing', ...rest] = commandsOf(folder.text('Dockerfile') ?? '');
  const base: Faults = BASE_IMAGE.test(from)
    ? []
    : [[`Dockerfile: ${from}`, 'FROM nginx-unprivileged by an exact release of a stable branch, or by digest']];
  return [...base, ...differences('Dockerfile', rest, INSTRUCTIONS)];
}

function startScript(folder: ImageFolder): Faults {
  const text = folder.text('start-proxy') ?? '';
  const shell: Faults = text.startsWith('#!/bin/sh\n')
    ? []
    : [[`start-proxy: ${text.split('\n')[0] || 'nothing'}`, '#!/bin/sh']];
  return [...shell, ...differences('start-proxy', commandsOf(text), START_COMMANDS)];
}

/** The first line that differs. */
function differences(file: string, found: readonly string[], expected: readonly string[]): Faults {
  const length = Math.max(found.length, expected.length);
  const index = Array.from({ length }, (_, at) => at).find((at) => found[at] !== expected[at]);
  if (index === undefined) return [];
  return [[`${file}: ${found[index] ?? 'the end'}`, expected[index] ?? 'the end']];
}
