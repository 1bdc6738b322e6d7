import { everyTier, type Finding, type RuleControl, shown } from '../control';
import {
  type Container,
  containerNamed,
  containersOf,
  hasRole,
  plainSettings,
  TASK_DEFINITION,
} from '../rules/compute/containers';
import { PROMISES_METADATA } from '../rules/proxy/rendered-proxy';
import { proxyFixture, soundProxy } from '../rules/proxy/samples';
import { asList, asObject, at, type EnvironmentView, type Json } from '../view';

/** Every promise, with what it must be. */
const FORMS: Readonly<Record<string, (value: Json | undefined) => boolean>> = {
  name: (value) => typeof value === 'string' && /^[a-z0-9.-]+$/.test(value),
  port: (value) => Number.isInteger(value) && Number(value) > 1023,
  loadBalancerNetwork: (value) => typeof value === 'string' && /^(10|172|192)\.[\d.]+\/\d\d$/.test(value),
  healthPaths: (value) => paths(value) && (value as readonly Json[]).length > 0,
  loginPaths: (value) => paths(value) && (value as readonly Json[]).length > 0,
  apiPaths: (value) => paths(value),
  adminPaths: (value) => paths(value),
  adminNetworks: (value) => Array.isArray(value),
  staticPaths: (value) => paths(value),
  staticFolders: (value) => paths(value),
  origins: (value) => Array.isArray(value) && value.every((each) => /^https:\/\/[^*]+$/.test(String(each))),
  limits: (value) => Object.values(asObject(value)).every((each) => Number(each) > 0),
};
const LIMITS = ['loginsPerMinute', 'writesPerMinute', 'requestsPerHour', 'bodyKiB', 'headerKiB'];

const paths = (value: Json | undefined): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string' && each.startsWith('/'));

export const control: RuleControl = {
  id: 'proxy-promised',
  title:
    'What the environment asks of its proxy stands beside the task, whole, and agrees with the rest of the environment',
  holds: ['E01/enforce'],
  tiers: everyTier,
  why: 'The rendered configuration is held to these words: what is missing here is protected nowhere.',
  remedy: 'Leave the metadata of the task to lib/constructs/proxy/promises.ts.',
  protects: [{ type: TASK_DEFINITION, properties: [] }],
  check: (environment) =>
    containersOf(environment)
      .filter(hasRole('proxy'))
      .flatMap((each) => faults(each, environment)),
  fixtures: {
    pass: [
      soundProxy,
      proxyFixture('static files are copied', { copies: ['/srv/app/static', '/breakwater/static/static'] }),
    ],
    refuse: [
      proxyFixture('no name', { promises: { name: '' } }),
      proxyFixture('another port than the app’s', { promises: { port: 80 } }),
      proxyFixture('the load balancer anywhere', { promises: { loadBalancerNetwork: '0.0.0.0/0' } }),
      proxyFixture('static files from elsewhere', { copies: ['/tmp/static', '/breakwater/static/static'] }),
      proxyFixture('static files to elsewhere', { copies: ['/srv/app/static', '/breakwater/static/other'] }),
      proxyFixture('no health', { promises: { healthPaths: [] } }),
      proxyFixture('no login', { promises: { loginPaths: [] } }),
      proxyFixture('login anywhere', { promises: { loginPaths: [''] } }),
      proxyFixture('no word on admin pages', { promises: { adminPaths: null } }),
      proxyFixture('any origin', { promises: { origins: ['https://*'] } }),
      proxyFixture('a limit less', {
        promises: { limits: { loginsPerMinute: 5, writesPerMinute: 10, bodyKiB: 8, headerKiB: 8 } },
      }),
      proxyFixture('a name without a certificate', {
        beside: {
          Certificate: {
            Type: 'AWS::CertificateManager::Certificate',
            Properties: { DomainName: 'other.example.com' },
          },
        },
      }),
    ],
  },
};

function faults({ task }: Container, environment: EnvironmentView): readonly Finding[] {
  const stated = asObject(task.metadata[PROMISES_METADATA]);
  const fault = (name: string, expected: string): Finding => ({
    resource: task,
    location: `Metadata.${PROMISES_METADATA}.${name}`,
    found: shown(at(stated, name)),
    expected,
  });
  const certificates = environment.ofType('AWS::CertificateManager::Certificate');
  const names = certificates.map(({ properties }) => String(properties.DomainName));
  const app = containerNamed(task, 'app');
  const copied = containerNamed(task, 'static')?.body.Command;
  const folders = asList(stated.staticFolders).map(String);
  const copies = asList(stated.staticPaths).flatMap((path, index) => [
    folders[index] ?? '',
    `/breakwater/static${String(path).replace(/\/+$/, '')}`,
  ]);
  const port = app && plainSettings(app).PORT;
  return [
    ...Object.entries(FORMS)
      .filter(([name, holds]) => !holds(stated[name]))
      .map(([name]) => fault(name, 'as the environment’s file says')),
    ...LIMITS.filter((name) => !(Number(at(stated, `limits.${name}`)) > 0)).map((name) =>
      fault(`limits.${name}`, 'a number'),
    ),
    ...(names.length === 0 || names.includes(String(stated.name)) ? [] : [fault('name', names.join(' or '))]),
    ...(copied === undefined || asList(copied).map(String).join('\n') === copies.join('\n')
      ? []
      : [fault('staticFolders', `${asList(copied).map(String).join(' ')}, as the container static copies`)]),
    ...(port === undefined || Number(port) === Number(stated.port) ? [] : [fault('port', String(port))]),
  ];
}
