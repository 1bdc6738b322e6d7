import { everyTier, fixture, type RuleControl } from '../control';
import { absent, type Guard, guards, is, oneOf, satisfies } from '../expect';
import {
  containerRoles,
  containersOf,
  fault,
  guardContainers,
  sampleContainer,
  sampleTask,
} from '../rules/compute/containers';
import { asList, asObject } from '../view';

/** What a container of the kit may say; everything else (devices, links, host names, security options) opens a door. */
const KNOWN = new Set([
  'Command',
  'Cpu',
  'DependsOn',
  'EntryPoint',
  'Environment',
  'Essential',
  'HealthCheck',
  'Image',
  'LinuxParameters',
  'LogConfiguration',
  'Memory',
  'MemoryReservation',
  'MountPoints',
  'Name',
  'PortMappings',
  'ReadonlyRootFilesystem',
  'Secrets',
  'StopTimeout',
  'Ulimits',
  'User',
]);

const notRoot = satisfies('a user and group by number, neither of them 0', (value) =>
  /^[1-9]\d{0,4}:[1-9]\d{0,4}$/.test(String(value)),
);
const onlyFiles = satisfies('a limit of 65535 open files, alone', (value) => {
  const [limit, ...others] = asList(value).map(asObject);
  return others.length === 0 && limit?.Name === 'nofile' && limit.SoftLimit === 65_535 && limit.HardLimit === 65_535;
});

/** A container has no other properties than those. */
const closedContainers: Guard = {
  protects: [],
  check: (environment) =>
    containersOf(environment).flatMap((each) =>
      Object.keys(each.body)
        .filter((name) => !KNOWN.has(name))
        .map((name) => fault(each, name, `${name}, which this kit never sets`, 'nothing')),
    ),
};

const container = (changes: Parameters<typeof sampleContainer>[1]) => ({
  Task: sampleTask([sampleContainer('volumes'), sampleContainer('app', changes)]),
});

export const control: RuleControl = {
  id: 'containers-hardened',
  title: 'No container runs as root, writes to its own file system, or keeps a privilege',
  holds: ['C05/enforce'],
  tiers: everyTier,
  why: 'Whoever breaks into the app could change its code, gain the host’s privileges, or stay after the request.',
  remedy: 'Add containers with addHardenedContainer() and leave its settings as they are.',
  ...guards(
    guardContainers({
      Name: oneOf(...containerRoles),
      User: notRoot,
      ReadonlyRootFilesystem: is(true),
      'LinuxParameters.InitProcessEnabled': is(true),
      'LinuxParameters.Capabilities.Drop': satisfies('["ALL"]', (value) => asList(value).includes('ALL')),
      'LinuxParameters.Capabilities.Add': absent,
      'LinuxParameters.Devices': absent,
      'LinuxParameters.Tmpfs': absent,
      Ulimits: onlyFiles,
    }),
    closedContainers,
  ),
  fixtures: {
    pass: [fixture('a hardened container', container({}))],
    refuse: [
      fixture('the user of the image', container({ User: null })),
      fixture('root by name', container({ User: 'root' })),
      fixture('root by number', container({ User: '0:0' })),
      fixture("root's group", container({ User: '10001:0' })),
      fixture('a writable root file system', container({ ReadonlyRootFilesystem: false })),
      fixture('nothing said about the root file system', container({ ReadonlyRootFilesystem: null })),
      fixture('every capability kept', container({ LinuxParameters: { InitProcessEnabled: true } })),
      fixture(
        'a capability added',
        container({
          LinuxParameters: { InitProcessEnabled: true, Capabilities: { Drop: ['ALL'], Add: ['SYS_PTRACE'] } },
        }),
      ),
      fixture('no init process', container({ LinuxParameters: { Capabilities: { Drop: ['ALL'] } } })),
      fixture('privileged', container({ Privileged: true })),
      fixture('a terminal', container({ PseudoTerminal: true })),
      fixture('a limit of something else', container({ Ulimits: [{ Name: 'core', SoftLimit: -1, HardLimit: -1 }] })),
      fixture('an option that the kit never sets', container({ DockerSecurityOptions: ['no-new-privileges:false'] })),
      fixture('a container of another name', { Task: sampleTask([sampleContainer('app', { Name: 'shell' })]) }),
    ],
  },
};
